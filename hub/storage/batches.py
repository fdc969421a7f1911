"""Make rows of what happened. Names and sets of attributes get numbers, and are written once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any, Literal, cast

import orjson

from hub.core.cause import Cause
from hub.core.echoes import MessageCause
from hub.core.events import Event, StateChanged
from hub.core.store import MICRO, Batch, CauseRow, ChangeRow, Contents, EventRow, Series

REMOVED = "state_removed"
"""An entity went: told to the batcher only, with the time that `StateChanged` does not have."""
Recordable = tuple[StateChanged | Event, Cause | None]
# So many sets of attributes are found again when an entity comes back to one.
_KNOWN_SETS = 20_000
_KNOWN_CAUSES = 2_000
_MEASURED = ("sensor", "number", "input_number", "counter")
_CLASSES = ("measurement", "measurement_angle", "total", "total_increasing")
_SeriesKind = Literal["measurement", "measurement_angle", "total", "total_increasing"]


class _Track:
    """What was recorded last of one entity."""

    __slots__ = ("at", "attributes", "id", "number", "series")

    def __init__(self, id: int) -> None:
        self.id = id
        self.at = 0
        self.attributes: Mapping[str, Any] | None = None
        self.number: int | None = None
        self.series: Series | None = None


class Batcher:
    """Gives out numbers and makes batches; it knows what the store has."""

    def __init__(self, contents: Contents) -> None:
        self._tracks = {entity_id: _Track(id) for entity_id, id in contents.entities.items()}
        by_id = {track.id: track for track in self._tracks.values()}
        for series in contents.series:
            by_id[series.entity].series = series
        self._next_entity = max(contents.entities.values(), default=0) + 1
        self._next_attributes = max((id for id, _, _ in contents.attributes), default=0) + 1
        self._next_cause = contents.last_cause + 1
        self._sets: OrderedDict[tuple[int, str], int] = OrderedDict(
            ((entity, data), id) for id, entity, data in reversed(contents.attributes)
        )
        self._causes: OrderedDict[Cause, int] = OrderedDict()

    def build(self, happened: Iterable[Recordable]) -> Batch:
        """Return the rows of what happened, in order."""
        batch = Batch()
        changes = batch.changes
        tracks = self._tracks
        for event, cause in happened:
            if type(event) is not StateChanged:
                self._event(cast(Event, event), batch)
                continue
            track = tracks.get(event.entity_id)
            if track is None:
                track = self._admit(event.entity_id, batch)
            new = event.new
            if new is None:
                continue
            at = int(new.updated * MICRO)
            if at <= track.at < at + MICRO:  # in one microsecond, or by a clock that hardly went back
                at = track.at + 1
            track.at = at
            attributes = new.attributes
            if attributes is not track.attributes:
                if attributes != track.attributes:
                    self._describe(track, event.entity_id, attributes, batch)
                track.attributes = attributes
            changes.append(
                (
                    track.id,
                    at,
                    new.state if "\0" not in new.state else new.state.replace("\0", "�"),
                    track.number,
                    self._cause(cause, at, batch) if cause is not None else None,
                    None if new.changed == new.updated else int(new.changed * MICRO),
                )
            )
        return batch

    def forget_sets(self, entity: int) -> None:
        """Look up no more what sets of attributes an entity had: some are deleted."""
        for key in [key for key in self._sets if key[0] == entity]:
            del self._sets[key]
        for track in self._tracks.values():
            if track.id == entity:
                track.attributes = None
                track.number = None

    def _admit(self, entity_id: str, batch: Batch) -> _Track:
        track = self._tracks[entity_id] = _Track(self._next_entity)
        self._next_entity += 1
        batch.entities.append((track.id, entity_id))
        return track

    def _gone(self, entity_id: str, at: int, cause: int | None, batch: Batch) -> ChangeRow:
        track = self._tracks.get(entity_id) or self._admit(entity_id, batch)
        track.at = at = max(at, track.at + 1)
        return track.id, at, None, None, cause, None

    def _describe(self, track: _Track, entity_id: str, attributes: Mapping[str, Any], batch: Batch) -> None:
        data = as_json(attributes)
        key = (track.id, data)
        number = self._sets.get(key)
        if number is None:
            number = self._next_attributes
            self._next_attributes += 1
            batch.attributes.append((number, track.id, data))
            self._sets[key] = number
            if len(self._sets) > _KNOWN_SETS:
                self._sets.popitem(last=False)
        else:
            self._sets.move_to_end(key)
        track.number = number
        series = series_of(track.id, entity_id, attributes)
        if series is not None and series != track.series:
            track.series = series
            batch.series.append(series)

    def _cause(self, cause: Cause | None, at: int, batch: Batch) -> int | None:
        """Return the number of a cause that tells something, None of one that doesn't."""
        if cause is None:
            return None
        if isinstance(cause, MessageCause):  # nearly every change comes with one, and its state says the same
            return self._cause(cause.parent, at, batch)
        known = self._causes.get(cause)
        if known is not None:
            return known
        parent = self._cause(cause.parent, at, batch)
        if parent is None and not (cause.origin or cause.user_id or cause.because):
            return None
        number = self._causes[cause] = self._next_cause
        self._next_cause += 1
        if len(self._causes) > _KNOWN_CAUSES:
            self._causes.popitem(last=False)
        batch.causes.append(
            CauseRow(number, at, cause.id, parent, cause.user_id, cause.origin, cause.because)
        )
        return number

    def _event(self, event: Event, batch: Batch) -> None:
        at = int(event.fired * MICRO)
        cause = self._cause(event.cause, at, batch)
        if event.event_type == REMOVED:
            batch.changes.append(self._gone(event.data["entity_id"], at, cause, batch))
            return
        batch.events.append(EventRow(at, event.event_type, as_json(event.data), cause))


def as_json(data: Mapping[str, Any]) -> str:
    """Return JSON for what attributes and events hold; what JSON has no form for is told as text."""
    try:
        text = orjson.dumps(dict(data), default=_plain, option=orjson.OPT_NON_STR_KEYS).decode()
        return text if "\\u0000" not in text else orjson.dumps(_clean(data, 8)).decode()
    except TypeError:  # half a character, or a whole number beyond 64 bits
        return orjson.dumps(_clean(data, 8)).decode()


def _plain(value: Any) -> Any:
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    as_dict = getattr(value, "as_dict", None)
    if callable(as_dict):
        return as_dict()
    return dict(value) if isinstance(value, Mapping) else str(value)


def _clean(value: Any, depth: int) -> Any:
    if value is None or isinstance(value, (bool, float)):
        return value
    if isinstance(value, int):
        return value if abs(value) < 1 << 63 else float(value)
    if isinstance(value, Mapping) and depth:
        return {text_of(key): _clean(item, depth - 1) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)) and depth:
        return [_clean(item, depth - 1) for item in value]
    return text_of(value)


def text_of(value: Any) -> str:
    """Take out what no store can hold: half characters, and the character that ends a text in C."""
    return str(value).encode(errors="replace").decode().replace("\0", "�")


def series_of(id: int, entity_id: str, attributes: Mapping[str, Any]) -> Series | None:
    """Tell how an entity's readings are taken together; None if it has none."""
    if entity_id.partition(".")[0] not in _MEASURED:
        return None
    kind = attributes.get("state_class")
    unit = attributes.get("unit_of_measurement")
    if kind not in _CLASSES:
        if unit is None:
            return None
        kind = "measurement"
    return Series(id, cast(_SeriesKind, kind), text_of(unit) if unit is not None else "")
