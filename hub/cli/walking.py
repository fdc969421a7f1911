"""Walk through YAML data, each part with the path at which messages name it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hub.config.document import Document
from hub.config.problems import KeyPath, Problem
from hub.fields import looks_like_template


def mappings(part: Any, path: KeyPath) -> Iterator[tuple[Mapping[str, Any], KeyPath]]:
    """Yield every mapping in `part`, from outside inwards."""
    if isinstance(part, Mapping):
        yield part, path
        for key, value in part.items():
            yield from mappings(value, (*path, key))
    elif isinstance(part, list):
        for index, value in enumerate(part):
            yield from mappings(value, (*path, index))


def lists(part: Any, path: KeyPath) -> Iterator[tuple[list[Any], KeyPath]]:
    """Yield every list in `part`."""
    if isinstance(part, list):
        yield part, path
    items = part.items() if isinstance(part, Mapping) else enumerate(part) if isinstance(part, list) else ()
    for step, value in items:
        yield from lists(value, (*path, step))


def texts(value: Any, key: str) -> Iterator[tuple[str, KeyPath]]:
    """Yield the texts of a value that may be one or a list; templates are left out."""
    if isinstance(value, str) and not looks_like_template(value):
        yield value, (key,)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, str) and not looks_like_template(item):
                yield item, (key, index)


def has_template(value: Any) -> bool:
    """Say whether a template is anywhere in `value`."""
    if isinstance(value, Mapping):
        return any(has_template(item) for item in value.values())
    if isinstance(value, list):
        return any(has_template(item) for item in value)
    return looks_like_template(value)


def as_items(value: Any) -> list[Any]:
    """Return a list as it is, and one thing as a list of one."""
    return value if isinstance(value, list) else [] if value is None else [value]


def either(data: Mapping[str, Any], *keys: str) -> Any:
    """Return the value of the first of several spellings of a key that is there."""
    return next((data[key] for key in keys if key in data), None)


_ALIKE = 4


def near(name: str, known: Iterable[str]) -> str:
    """Return the hint that names what is spelt nearly as `name`, or nothing."""
    domain, _, rest = name.partition(".")
    # To compare texts letter by letter takes long: only with what begins or ends alike.
    start, end = name[: len(domain) + 2], rest[-_ALIKE:]
    alike = [one for one in known if one.startswith(start) or one.endswith(end)]
    found = difflib.get_close_matches(name, alike, 1, 0.75)
    return f"Did you mean {found[0]}?" if found else ""


def doubt(document: Document, container: Any, step: KeyPath, at: KeyPath, text: str, hint: str) -> Problem:
    """Make a warning about what lies at `step` in `container`, which messages call `at`."""
    spot = document.locate(container, step)
    return document.problem(spot, text, hint, path=(*at, *step), severity="warning")
