"""The types of values that several helpers take: names, icons, numbers that may be text."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from hub.api import Text, refuse, slugify


def _slug(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise refuse(f"{value!r} can't be a helper's name")
    slug = slugify(value)
    if value != slug:
        raise refuse(
            f"{value!r} can't be a helper's name",
            f"Write {slug or 'holiday'}: lower-case letters, digits, underscores; `name:` may be any text.",
        )
    return value


Slug = Annotated[str, BeforeValidator(_slug)]
"""The name under which a helper stands in the YAML; the end of its entity id."""


def _icon(text: str) -> str:
    if ":" not in text:
        raise refuse(f"{text!r} is no icon", "Write prefix:name, such as mdi:lamp.")
    return text


Icon = Annotated[Text, AfterValidator(_icon)]


def _number(value: Any) -> Any:
    if isinstance(value, bool):
        raise refuse("should be a number, not true or false")
    return value.strip() if isinstance(value, str) else value


def _whole(value: Any) -> Any:
    value = _number(value)
    # As Home Assistant does, the fraction is dropped.
    return int(value) if isinstance(value, float) and value == value and abs(value) < 1e15 else value


Number = Annotated[float, BeforeValidator(_number), Field(allow_inf_nan=False)]
"""A number; text such as "21.5" is taken as one."""

Whole = Annotated[int, BeforeValidator(_whole)]
"""A whole number; fractions are cut off."""


def _said(value: Any) -> Any:
    # A template makes a container of a text that spells one; who asks for text wants that text.
    rendered = getattr(value, "rendered", None)
    return rendered if isinstance(rendered, str) else value


SaidText = Annotated[Text, BeforeValidator(_said)]
"""A text in a service's data."""
