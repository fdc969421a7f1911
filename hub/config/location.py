"""Find the path in the YAML for the location that pydantic gives an error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hub.config.problems import Key, KeyPath

_KEY_MARK = "[key]"


def is_key(location: Sequence[Key]) -> bool:
    """Say whether an error is about a key of a mapping, not about its value."""
    return bool(location) and location[-1] == _KEY_MARK


def path_of(data: object, location: Sequence[Key], *, missing: bool = False) -> KeyPath:
    """Return the path in `data`; `location` has more steps: tags of unions, names of validators.

    A tag may be spelt like a key, so of all ways to read the location the one that explains most counts.
    With `missing` the last step is a key that the data lack.
    """
    steps = tuple(location[:-1]) if is_key(location) else tuple(location)
    return _Tracer(steps, missing).trace(data, 0)[2]


class _Tracer:
    def __init__(self, steps: KeyPath, missing: bool) -> None:
        self._steps = steps
        self._missing = missing
        self._known: dict[tuple[int, int], tuple[bool, int, KeyPath]] = {}

    def trace(self, value: object, index: int) -> tuple[bool, int, KeyPath]:
        """Return whether the last step was used, how many steps were used, and these."""
        if index == len(self._steps):
            return False, 0, ()
        known = (index, id(value))
        if known not in self._known:
            self._known[known] = self._best(value, index)
        return self._known[known]

    def _best(self, value: object, index: int) -> tuple[bool, int, KeyPath]:
        step, last = self._steps[index], index == len(self._steps) - 1
        if last and self._missing and isinstance(value, Mapping):
            return True, 1, (step,)
        skipped = self.trace(value, index + 1)
        has, child = _child(value, step)
        if not has:
            return skipped
        ended, count, path = self.trace(child, index + 1)
        taken = (ended or last, count + 1, (step, *path))
        return max(taken, skipped, key=lambda way: way[:2])


def _child(value: object, step: Key) -> tuple[bool, object]:
    if isinstance(value, Mapping):
        return step in value, value.get(step)
    if isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
        return True, value[step]
    return False, None


def value_at(data: object, path: KeyPath) -> object:
    """Return what lies at `path` in `data`, None if nothing does."""
    for step in path:
        data = _child(data, step)[1]
    return data


def path_to(data: object, wanted: object) -> KeyPath | None:
    """Return the path in `data` to the very object `wanted`, None if it is not there."""
    todo: list[tuple[object, KeyPath]] = [(data, ())]
    seen: set[int] = set()
    while todo:
        value, path = todo.pop()
        if value is wanted:
            return path
        if id(value) not in seen:
            seen.add(id(value))
            todo += [(child, (*path, step)) for step, child in _children(value)]
    return None


def _children(value: object) -> list[tuple[Key, object]]:
    if isinstance(value, Mapping):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []
