"""The types of values that services of several domains take: numbers that may be text, times, codes."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field

from hub.api import ServiceData, refuse
from hub.api import Text as _Text

T = TypeVar("T", int, float)


def _number(value: Any) -> Any:
    if isinstance(value, bool):
        raise refuse("should be a number, not true or false")
    return value.strip() if isinstance(value, str) else value


def _text(value: Any) -> Any:
    # A template makes a container of a text that spells one; who asks for text wants that text.
    rendered = getattr(value, "rendered", None)
    return rendered if isinstance(rendered, str) else value


def _whole(value: Any) -> Any:
    value = _number(value)
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return value
    # As Home Assistant does, the fraction is dropped.
    return int(value) if isinstance(value, float) and value == value and abs(value) < 1e15 else value


Text = Annotated[_Text, BeforeValidator(_text)]
"""A text; numbers and booleans are taken as they would be printed."""

Number = Annotated[float, BeforeValidator(_number), Field(allow_inf_nan=False)]
"""A number; text such as "21.5" is taken as one."""

Whole = Annotated[int, BeforeValidator(_whole)]
"""A whole number; fractions are cut off."""

Percent = Annotated[Whole, Field(ge=0, le=100)]
Byte = Annotated[Whole, Field(ge=0, le=255)]


def clamped(low: T, high: T) -> AfterValidator:
    """Return a validator that brings a number into a range instead of refusing it."""
    return AfterValidator(lambda value: min(max(value, low), high))


Transition = Annotated[Number, clamped(0.0, 6553.0)]
"""Seconds that a change may take."""


class CodeData(ServiceData):
    """A service that may need a code."""

    code: Text | None = None
