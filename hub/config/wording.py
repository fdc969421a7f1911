"""Say pydantic's errors in plain words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import ErrorDetails

from hub.config.problems import did_you_mean
from hub.config.scalars import Input
from hub.core.errors import HubError

_QUOTES = "Put it in quotes"
_LONGEST = 60

# What a value of the wrong type should have been.
_EXPECTED = {
    "string": "a text",
    "int": "a whole number",
    "float": "a number",
    "decimal": "a number",
    "finite_number": "a finite number",
    "bool": "true or false",
    "list": "a list",
    "tuple": "a list",
    "set": "a list",
    "frozen_set": "a list",
    "iterable": "a list",
    "dict": "a mapping",
    "mapping": "a mapping",
    "model": "a mapping",
    "model_attributes": "a mapping",
    "dataclass": "a mapping",
    "time_delta": "a time span such as 00:05:00",
    "time": "a time of day such as 06:30",
    "date": "a date such as 2026-03-01",
    "date_from_datetime": "a date such as 2026-03-01",
    "datetime": "a date and time such as 2026-03-01 06:30",
    "datetime_from_date": "a date and time such as 2026-03-01 06:30",
    "timezone_aware": "a time with a time zone",
    "url": "an address such as http://example.org",
    "none_required": "empty",
    "bytes": "a text",
    "uuid": "a UUID",
    "path": "a file name",
    "callable": "a function",
}
_TYPE_SUFFIX = re.compile(r"_(type|parsing|parsing_size|from_float|inexact|scheme|syntax_violation|unicode)$")

_LIMITS = {
    "greater_than": "should be more than {gt}",
    "greater_than_equal": "should be at least {ge}",
    "less_than": "should be less than {lt}",
    "less_than_equal": "should be at most {le}",
    "multiple_of": "should be a multiple of {multiple_of}",
    "string_too_short": "should have at least {min_length} characters",
    "string_too_long": "should have at most {max_length} characters",
    "string_pattern_mismatch": "should match the pattern {pattern}",
    "too_short": "should have at least {min_length} entries",
    "too_long": "should have at most {max_length} entries",
}


@dataclass(frozen=True, slots=True)
class Complaint:
    """`expected` is set where a value of another type was wanted; such complaints can be joined."""

    text: str
    hint: str = ""
    expected: str = ""


def complaint(error: ErrorDetails, *, secret: bool = False) -> Complaint:
    """Return the words for one of pydantic's errors; a secret value is not quoted."""
    kind, context, value = error["type"], error.get("ctx", {}), error["input"]
    if kind == "missing":
        return Complaint("is missing")
    if kind == "extra_forbidden":
        return Complaint("unknown key")
    if kind in ("value_error", "assertion_error"):
        return _raised(context.get("error"), error["msg"])
    if kind in ("literal_error", "enum"):
        return _choice(str(context.get("expected", "")), value, secret=secret)
    if kind.startswith("union_tag"):
        return _tag(kind, context, value)
    if kind in _LIMITS:
        return Complaint(_LIMITS[kind].format(**context) + but_is(value, secret=secret))
    expected = _EXPECTED.get(_TYPE_SUFFIX.sub("", kind))
    if expected:
        return Complaint("", _type_hint(kind, value), expected)
    if error["msg"].startswith("Input should"):
        return Complaint(error["msg"].removeprefix("Input ") + but_is(value, secret=secret))
    return Complaint(error["msg"], str(context.get("hint") or context.get("remedy") or ""))


def but_is(value: object, *, secret: bool = False) -> str:
    return "" if secret else f", but is {shown(value)}"


def shown(value: object) -> str:
    """Write a value as in YAML, short."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list | tuple | set):
        return "a list"
    if isinstance(value, Input):
        return f"'{value}'"
    text = str(value)
    text = text if len(text) <= _LONGEST else text[:_LONGEST] + "..."
    return f"'{text}'" if isinstance(value, str) else text


def _raised(error: object, message: str) -> Complaint:
    """Read what a validator raised: `ValueError(text)` or `ValueError(text, hint)`, or a HubError's words."""
    told = error if isinstance(error, HubError) else getattr(error, "__cause__", None)
    if isinstance(told, HubError):
        return Complaint(told.problem, told.remedy)
    if not isinstance(error, Exception) or not error.args:
        return Complaint(message)
    return Complaint(str(error.args[0]), str(error.args[1]) if len(error.args) > 1 else "")


def _choice(expected: str, value: object, *, secret: bool) -> Complaint:
    choices = re.findall(r"'([^']*)'", expected)
    listed = ", ".join(choices) if choices else expected
    text = f"should be one of {listed}" if len(choices) != 1 else f"should be {listed}"
    hint = "" if secret or not isinstance(value, str) else did_you_mean(value, choices)
    return Complaint(text + but_is(value, secret=secret), hint)


def _tag(kind: str, context: Mapping[str, Any], value: object) -> Complaint:
    key = str(context.get("discriminator", "")).strip("'").removesuffix("()")
    if kind == "union_tag_not_found":
        if not isinstance(value, Mapping):
            return Complaint("", "", "a mapping")
        return Complaint(f"'{key}' is missing")
    choices = re.findall(r"'([^']*)'", str(context.get("expected_tags", "")))
    tag = context.get("tag", "")
    return Complaint(
        f"'{tag}' is no {key}", did_you_mean(tag, choices) or f"Take one of {', '.join(choices)}"
    )


def _type_hint(kind: str, value: object) -> str:
    if isinstance(value, Input):
        return "Only a blueprint has inputs"
    if kind == "string_type" and isinstance(value, bool | int | float):
        return _QUOTES
    return ""
