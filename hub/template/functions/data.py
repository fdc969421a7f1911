"""Turn data into other forms: JSON, bytes, and choices between values."""

from __future__ import annotations

import json
import logging
import struct
from collections.abc import Mapping
from typing import Any

import orjson
from jinja2 import Undefined

from hub.template.bounds import widest
from hub.template.inputs import MISSING, fallback
from hub.template.sources import Sources
from hub.template.table import CALL, FILTER, TEST, Function

log = logging.getLogger("hub.template")

_JSON = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS


class JsonFunctions:
    """To and from JSON; what is written is weighed first."""

    def __init__(self, sources: Sources) -> None:
        self._budget = sources.budget

    def to_json(
        self, value: Any, ensure_ascii: bool = False, pretty_print: bool = False, sort_keys: bool = False
    ) -> str:
        if isinstance(value, (list, tuple, dict)):
            self._budget.weigh(value)
        if ensure_ascii:  # the quick library writes UTF-8 only
            indent = 2 if pretty_print else None
            return json.dumps(value, ensure_ascii=True, indent=indent, sort_keys=sort_keys)
        option = _JSON
        if pretty_print:
            option |= orjson.OPT_INDENT_2
        if sort_keys:
            option |= orjson.OPT_SORT_KEYS
        return orjson.dumps(value, _plain, option).decode()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, tuple):
        return list(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def from_json(value: Any, default: Any = MISSING) -> Any:
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return fallback("from_json", value, default)


def pack(value: Any, format_string: str) -> bytes | None:
    """Put a number into bytes; None, with a warning, where it does not fit."""
    try:
        widest(struct.calcsize(format_string))
        return struct.pack(format_string, value)
    except struct.error as error:
        log.warning("pack: %r does not fit into '%s': %s", value, format_string, error)
        return None


def unpack(value: bytes, format_string: str, offset: int = 0) -> Any:
    """Take the first number out of bytes; None, with a warning, where there is none."""
    try:
        return struct.unpack_from(format_string, value, offset)[0]
    except struct.error as error:
        log.warning("unpack: %r holds no '%s' at %s: %s", value, format_string, offset, error)
        return None


def iif(value: Any, if_true: Any = True, if_false: Any = False, if_none: Any = MISSING) -> Any:
    """Choose by whether a value is true, false or (if that is given) None."""
    if value is None and if_none is not MISSING:
        return if_none
    return if_true if value else if_false


def is_defined(value: Any) -> Any:
    """Return the value, or fail if it is undefined."""
    if isinstance(value, Undefined):
        value()  # raises what Jinja says of it
    return value


def typeof(value: Any) -> str:
    return type(value).__name__


def contains(collection: Any, value: Any) -> bool:
    return value in collection


def functions(sources: Sources) -> list[Function]:
    return [
        Function("to_json", JsonFunctions(sources).to_json, FILTER),
        Function("from_json", from_json, FILTER),
        Function("from_hex", bytes.fromhex, FILTER),
        Function("pack", pack),
        Function("unpack", unpack),
        Function("iif", iif),
        Function("is_defined", is_defined, FILTER),
        Function("typeof", typeof),
        Function("contains", contains, FILTER | TEST),
        Function("zip", zip, CALL),
        Function("list", lambda value: isinstance(value, list), TEST),
        Function("set", lambda value: isinstance(value, set), TEST),
        Function("tuple", lambda value: isinstance(value, tuple), TEST),
    ]
