"""The values that a state or an attribute may have: one or several, texts or typed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import PlainValidator, ValidationInfo

from hub.api import Word, plain, refuse

EVERY = "*"
"""What Home Assistant takes for any value."""


def _choices(value: Any, info: ValidationInfo) -> tuple[Any, ...] | None:
    if value is None:
        return None
    items = value if isinstance(value, (list, tuple)) else [value]
    if len(items) == 1 and isinstance(items[0], str) and items[0] == EVERY:
        return None
    if info.data.get("attribute") is None:
        return tuple(_state_text(item) for item in items)
    return tuple(choice for item in items for choice in _attribute_value(item))


def _state_text(value: Any) -> str:
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        word = "on" if value else "off"
        raise refuse("a state is a text, not a YAML boolean", f"Write '{word}' in quotes.")
    if isinstance(value, (int, float)):
        raise refuse("a state is a text, not a number", f"Write '{value}' in quotes.")
    raise refuse("a state should be a text or a list of texts")


def _attribute_value(value: Any) -> tuple[Any, ...]:
    # `on` without quotes is true to YAML 1.1; an attribute may hold the text or the truth.
    return (value.truth, str(value)) if isinstance(value, Word) else (plain(value),)


Choices = Annotated[tuple[Any, ...] | None, PlainValidator(_choices)]
"""One value or several. Texts, or with `attribute` (a field declared before) any type; None is any value."""


def in_words(choices: Iterable[Any]) -> str:
    """Return `'on' or 'off'`."""
    return " or ".join(repr(choice) for choice in choices) or "nothing"
