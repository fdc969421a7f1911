"""Find a place in JSON by a path such as `$.entry[0].data`: the part of JSONPath that names one place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from hub.core.errors import HubError

_STEP = re.compile(
    r"""(?P<deep>\.\.)?\.?(?:(?P<name>[\w-]+)|(?P<any>\*)|\[\s*(?:
    '(?P<single>[^']*)'|"(?P<double>[^"]*)"|(?P<index>-?\d+)|(?P<each>\*))\s*\])""",
    re.VERBOSE,
)
Step = tuple[bool, str | int | None]
"""Whether it may be at any depth, and the key or index; None is any child."""


@lru_cache(maxsize=256)
def steps_of(path: str) -> tuple[Step, ...]:
    """Return the steps of a path. Raises `HubError`."""
    rest = path.strip().removeprefix("$")
    steps: list[Step] = []
    while rest:
        found = _STEP.match(rest)
        if found is None or not found.end():
            raise HubError(f"{path!r} is no JSON path", remedy="Write it as $.entry[0].data.")
        key: str | int | None = found["name"] or found["single"] or found["double"]
        if found["index"] is not None:
            key = int(found["index"])
        steps.append((bool(found["deep"]), key))
        rest = rest[found.end() :]
    return tuple(steps)


def json_at(content: Any, path: str) -> Any:
    """Return the first that is at a path, None if there is nothing. Raises `HubError` for what is no path."""
    return next(_found(content, steps_of(path)), None)


def _found(content: Any, steps: tuple[Step, ...]) -> Iterator[Any]:
    if not steps:
        yield content
        return
    (deep, key), rest = steps[0], steps[1:]
    for child in _children(content, key):
        yield from _found(child, rest)
    if deep:
        for child in _children(content, None):
            yield from _found(child, steps)


def _children(content: Any, key: str | int | None) -> Iterator[Any]:
    if isinstance(content, dict):
        if key is None:
            yield from content.values()
        elif key in content:
            yield content[key]
    elif isinstance(content, list):
        if key is None:
            yield from content
        elif isinstance(key, int) and -len(content) <= key < len(content):
            yield content[key]
