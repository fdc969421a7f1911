"""Know the names of Home Assistant's integrations: none of them is a misspelling of one of ours."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path

_NEAR = 0.8
_CUSTOM = "custom_components"


@cache
def names() -> frozenset[str]:
    """Return the names of all that Home Assistant has or once had, and of some that people add to it."""
    text = files("hub").joinpath("foreign.txt").read_text(encoding="utf-8")
    return frozenset(text.split())


def misspelt(name: str, offered: Iterable[str], folder: Path | None) -> str | None:
    """Return the name among `offered` that somebody meant who wrote `name`; None if it can be one of its own.

    `folder` is the configuration's: what it has under `custom_components/` is no misspelling.
    """
    known = list(offered)
    near = difflib.get_close_matches(name, known, 1, _NEAR)
    if not near or name in names() or _is_made_of(name, known):
        return None
    if folder is not None and (folder / _CUSTOM / name).is_dir():
        return None
    return near[0]


def _is_made_of(name: str, known: Iterable[str]) -> bool:
    """Tell whether a name has a known one among its words, as `generic_thermostat_pid` has."""
    return any(f"_{other}_" in f"_{name}_" for other in known)
