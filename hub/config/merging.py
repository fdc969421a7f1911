"""Join mappings and lists of a document into new ones in which every place stays known."""

from __future__ import annotations

from hub.config.document import Document, Marks, Spot
from hub.config.problems import Key


class Clash(Exception):
    """A key that two mappings give a value that cannot be joined."""

    def __init__(self, key: Key, first: Spot, second: Spot) -> None:
        super().__init__(key)
        self.key = key
        self.first = first
        self.second = second


class Merger:
    """Makes new containers of one document; what it is given stays as it is."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def joined(self, first: object, second: object) -> dict[Key, object] | list[object]:
        """Join two values as packages are: mappings by key, all the way down, and lists end to end.

        Beside a list a mapping is an item. Raise Clash for a key with two texts or numbers.
        """
        if isinstance(first, dict) and isinstance(second, dict):
            return self._joined_mappings(first, second)
        return self.joined_lists(self.as_list(first), self.as_list(second))

    def joined_lists(self, first: list[object], second: list[object]) -> list[object]:
        marks = Marks(self._document.spot_of(first or second))
        spots = [
            self._document.locate(items, (step,)) for items in (first, second) for step in range(len(items))
        ]
        marks.values.update(enumerate(spots))
        return self._kept([*first, *second], marks)

    def as_list(self, value: object) -> list[object]:
        """Return a list as it is, a mapping as a list's only item, and nothing as an empty list."""
        if isinstance(value, list):
            return value
        if not isinstance(value, dict) or not value:
            return []
        spot = self._document.spot_of(value)
        marks = Marks(spot)
        marks.values[0] = spot
        return self._kept([value], marks)

    def without(self, mapping: dict[Key, object], key: Key) -> dict[Key, object]:
        """Return a mapping less one key."""
        rest = {name: value for name, value in mapping.items() if name != key}
        return self._kept_mapping(rest, [mapping])

    def _joined_mappings(self, first: dict[Key, object], second: dict[Key, object]) -> dict[Key, object]:
        joined = dict(first)
        for key, value in second.items():
            mine = joined.get(key)
            if mine is None:
                joined[key] = value
            elif isinstance(mine, dict | list) and isinstance(value, dict | list):
                joined[key] = self.joined(mine, value)
            elif value is not None:
                raise Clash(key, self._key_spot(first, key), self._key_spot(second, key))
        return self._kept_mapping(joined, [first, second])

    def _key_spot(self, mapping: dict[Key, object], key: Key) -> Spot:
        return self._document.locate(mapping, (key,), key=True)

    def _kept_mapping(
        self, mapping: dict[Key, object], sources: list[dict[Key, object]]
    ) -> dict[Key, object]:
        marks = Marks(self._document.spot_of(sources[0]))
        for key in mapping:
            given = [source for source in sources if key in source]
            source = next((source for source in given if source[key] is not None), given[0])
            marks.keys[key] = self._key_spot(source, key)
            marks.values[key] = self._document.locate(source, (key,))
        self._document.keep(mapping, marks)
        return mapping

    def _kept(self, items: list[object], marks: Marks) -> list[object]:
        self._document.keep(items, marks)
        return items
