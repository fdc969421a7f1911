"""Turn names into ids by Home Assistant's rules."""

from __future__ import annotations

from collections.abc import Callable

from slugify import slugify as _slugify


def slugify(text: str | None, separator: str = "_") -> str:
    """Return `text` in lower-case ASCII letters and digits joined by `separator`.

    Other alphabets are transliterated; what has no letter at all becomes `unknown`.
    """
    if not text:
        return ""
    return _slugify(str(text), separator=separator) or "unknown"


def unique(wanted: str, taken: Callable[[str], bool]) -> str:
    """Return `wanted`, or `wanted_2`, `wanted_3` … whichever is not taken."""
    candidate = wanted
    number = 1
    while taken(candidate):
        number += 1
        candidate = f"{wanted}_{number}"
    return candidate
