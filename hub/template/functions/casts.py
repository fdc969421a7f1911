"""Turn values into numbers and booleans, forgiving only where a default is given."""

from __future__ import annotations

import math
from numbers import Number
from typing import Any

from hub.template.inputs import MISSING, fallback
from hub.template.sources import Sources
from hub.template.table import BOTH, FILTER, TEST, Function

_TRUE = frozenset({"1", "true", "yes", "on", "enable"})
_FALSE = frozenset({"0", "false", "no", "off", "disable"})


def to_float(value: Any, default: Any = MISSING) -> Any:
    try:
        return float(value)
    except (ValueError, TypeError):
        return fallback("float", value, default)


def to_int(value: Any, default: Any = MISSING, base: int = 10) -> Any:
    try:
        return int(value, base) if isinstance(value, str) else int(value)
    except (ValueError, TypeError):
        pass
    try:
        return int(float(value))  # "12.7" and 1e3 as text
    except (ValueError, TypeError, OverflowError):
        return fallback("int", value, default)


def to_bool(value: Any, default: Any = MISSING) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        word = value.lower().strip()
        if word in _TRUE:
            return True
        if word in _FALSE:
            return False
    elif isinstance(value, Number):
        return bool(value)
    return fallback("bool", value, default)


def is_number(value: Any) -> bool:
    try:
        return math.isfinite(float(value))
    except (ValueError, TypeError, OverflowError):
        return False


def round_to(value: Any, precision: int = 0, method: str = "common", default: Any = MISSING) -> Any:
    """Round; `method` is common, floor, ceil or half (to the next half)."""
    try:
        number = float(value)
        scale = 10.0**precision
        if method == "ceil":
            number = math.ceil(number * scale) / scale
        elif method == "floor":
            number = math.floor(number * scale) / scale
        elif method == "half":
            number = round(number * 2) / 2
        else:
            number = round(number, precision)
        return int(number) if precision == 0 else number
    except (ValueError, TypeError, OverflowError):
        return fallback("round", value, default)


def functions(sources: Sources) -> list[Function]:
    return [
        Function("float", to_float),
        Function("int", to_int),
        Function("bool", to_bool),
        Function("is_number", is_number, BOTH | TEST),
        Function("round", round_to, FILTER),
    ]
