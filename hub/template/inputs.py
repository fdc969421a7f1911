"""Say that a template function was given what it cannot use."""

from __future__ import annotations

import reprlib
from typing import Any

_SHOWN = 200


class _Missing:
    """Stands for an argument that was not given, since None is a value in templates."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Any = _Missing()


class BadInput(ValueError):
    """A function got what it cannot use and no default was given."""

    def __init__(self, function: str, value: Any) -> None:
        # A short form: what is nested in itself has no end.
        shown = value if isinstance(value, str) else reprlib.repr(value)
        if len(shown) > _SHOWN:
            shown = shown[:_SHOWN] + "…"
        super().__init__(f"{function} got invalid input '{shown}'")
        self.function = function


class TooMuch(Exception):
    """A template that wants more than a template may have: loops, memory or time."""


def fallback(function: str, value: Any, default: Any) -> Any:
    """Return `default`, or raise `BadInput` where none was given."""
    if default is MISSING:
        raise BadInput(function, value)
    return default
