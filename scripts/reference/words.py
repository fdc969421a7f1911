"""Types, defaults and bounds of a model's fields, in words."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from zoneinfo import ZoneInfo

from pydantic import AliasChoices, BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

_NAMES: dict[Any, str] = {
    str: "text",
    bool: "`true` or `false`",
    int: "whole number",
    float: "number",
    timedelta: "duration",
    datetime: "date and time",
    date: "date",
    time: "time of day",
    Path: "path",
    ZoneInfo: "time zone",
    Any: "any value",
    type(None): "nothing",
}
_BY_CLASS = {
    "Duration": "duration",
    "Template": "template",
    "PayloadTemplate": "template",
    "Value": "value, or template",
    "Variables": "mapping of names to values",
    "Trigger": "trigger",
    "Condition": "condition",
    "Action": "action",
    "Secret": "text",
    "SecretStr": "text",
}
_BY_VALIDATOR = {"entity_id": "entity id", "_entity_ids": "one or several entity ids"}


def shown_key(name: str, field: FieldInfo) -> str:
    """Return the key that people write."""
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        spellings = [str(choice) for choice in alias.choices]
        return name if name in spellings else spellings[0]
    return str(alias or field.alias or name)


def in_words(field: FieldInfo) -> str:
    """Return what a field takes."""
    for each in field.metadata:
        known = _BY_VALIDATOR.get(getattr(getattr(each, "func", None), "__name__", ""))
        if known:
            return known
    return _words(field.annotation) + _bounds(field)


def _words(kind: Any) -> str:
    if kind in _NAMES:
        return _NAMES[kind]
    origin = get_origin(kind)
    if origin is Annotated:
        base, *metadata = get_args(kind)
        names = (_BY_VALIDATOR.get(getattr(getattr(each, "func", None), "__name__", "")) for each in metadata)
        return next(filter(None, names), None) or _words(base)
    if origin in (Union, types.UnionType):
        return ", or ".join(dict.fromkeys(_words(each) for each in get_args(kind) if each is not type(None)))
    if origin is Literal:
        return ", ".join(f"`{_yaml(each)}`" for each in get_args(kind))
    if origin is not None and isinstance(origin, type):
        return _collection(origin, get_args(kind))
    return _class(kind)


def _collection(origin: type, of: tuple[Any, ...]) -> str:
    if issubclass(origin, Mapping):
        return f"mapping of names to: {_words(of[1])}" if len(of) > 1 else "mapping"
    if issubclass(origin, (Sequence, set, frozenset)):
        fixed = issubclass(origin, tuple) and Ellipsis not in of
        inner = " and ".join(map(_words, of)) if fixed else _words(of[0]) if of else "any value"
        return inner if fixed else f"one or several: {inner}"
    return origin.__name__.lower()


def _class(kind: Any) -> str:
    name = getattr(kind, "__name__", str(kind))
    if name in _BY_CLASS:
        return _BY_CLASS[name]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return ", ".join(f"`{each.value}`" for each in kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return f"[{_spaced(name)}](#{_spaced(name).replace(' ', '-')})"
    return _spaced(name)


def _spaced(name: str) -> str:
    name = name.removeprefix("_").removesuffix("Model").removesuffix("Options")
    return "".join(f" {each.lower()}" if each.isupper() else each for each in name).strip()


title = _spaced


def _bounds(field: FieldInfo) -> str:
    found = {}
    for each in field.metadata:
        for bound in ("ge", "gt", "le", "lt", "min_length", "max_length"):
            value = getattr(each, bound, None)
            if value is not None:
                found[bound] = value
    if "ge" in found and "le" in found:
        return f", {_bare(found['ge'])} to {_bare(found['le'])}"
    said = {
        "ge": "at least {}",
        "gt": "above {}",
        "le": "at most {}",
        "lt": "below {}",
        "max_length": "at most {} long",
    }
    return "".join(
        f", {words.format(_bare(found[bound]))}" for bound, words in said.items() if bound in found
    )


def default(field: FieldInfo) -> str:
    """Return what holds if nothing is said."""
    if field.is_required():
        return "needed"
    value = field.default
    if field.default_factory is not None:
        value = field.default_factory()  # type: ignore[call-arg]
    if value is PydanticUndefined or value is None or value in ((), "", [], {}):
        return ""
    if isinstance(value, BaseModel):
        return "" if value == type(value).model_construct() or not value.model_fields_set else "see there"
    return f"`{_bare(value)}`" if _plain(value) else ""


def _plain(value: Any) -> bool:
    if isinstance(value, (tuple, list)):
        return all(isinstance(each, (str, int, float)) for each in value) and len(value) < 8
    return isinstance(value, (str, int, float, bool, timedelta, Path, Enum, ZoneInfo))


def _bare(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, timedelta):
        return _duration(value)
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, (tuple, list)):
        return ", ".join(map(_bare, value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("|", "\\|")


def _yaml(value: Any) -> str:
    return _bare(value)


def _duration(value: timedelta) -> str:
    minutes, seconds = divmod(value.total_seconds(), 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours:02}:{minutes:02}:{seconds:02.0f}"


def inner(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models that stand within a type."""
    if isinstance(annotation, type) and get_origin(annotation) is None:
        if issubclass(annotation, BaseModel):
            yield annotation
        return
    for each in get_args(annotation):
        if each is not Ellipsis:
            yield from inner(each)
