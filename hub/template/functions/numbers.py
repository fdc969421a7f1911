"""Calculate: trigonometry, roots, bits, and the constants."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from hub.template.inputs import MISSING, fallback
from hub.template.sources import Sources
from hub.template.table import CALL, FILTER, Function


def _real(name: str, compute: Callable[[float], float]) -> Function:
    def function(value: Any, default: Any = MISSING) -> Any:
        try:
            return compute(float(value))
        except (ValueError, TypeError):
            return fallback(name, value, default)

    return Function(name, function)


_REAL: dict[str, Callable[[float], float]] = {
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "sqrt": math.sqrt,
}


def log(value: Any, base: Any = math.e, default: Any = MISSING) -> Any:
    try:
        base = float(base)
    except (ValueError, TypeError):
        return fallback("log", base, default)
    try:
        return math.log(float(value), base)
    except (ValueError, TypeError):
        return fallback("log", value, default)


def atan2(*args: Any, default: Any = MISSING) -> Any:
    """`atan2(y, x)` or `atan2([y, x])`; the argument after them is the default."""
    pair = args
    if 1 <= len(args) <= 2 and isinstance(args[0], (list, tuple)):
        pair = tuple(args[0])
        if len(args) == 2 and default is MISSING:
            default = args[1]
    elif len(args) == 3 and default is MISSING:
        default = args[2]
    try:
        return math.atan2(float(pair[0]), float(pair[1]))
    except (ValueError, TypeError, IndexError):
        return fallback("atan2", args, default)


def add(value: Any, amount: Any, default: Any = MISSING) -> Any:
    try:
        return float(value) + amount
    except (ValueError, TypeError):
        return fallback("add", value, default)


def multiply(value: Any, amount: Any, default: Any = MISSING) -> Any:
    try:
        return float(value) * amount
    except (ValueError, TypeError):
        return fallback("multiply", value, default)


def _bits(name: str, compute: Callable[[Any, Any], Any]) -> Function:
    def function(first_value: Any, second_value: Any) -> Any:
        return compute(first_value, second_value)

    return Function(name, function)


def functions(sources: Sources) -> list[Function]:
    return [
        *(_real(name, compute) for name, compute in _REAL.items()),
        Function("log", log),
        Function("atan2", atan2),
        Function("add", add, FILTER),
        Function("multiply", multiply, FILTER),
        _bits("bitwise_and", operator.and_),
        _bits("bitwise_or", operator.or_),
        _bits("bitwise_xor", operator.xor),
        Function("pi", math.pi, CALL),
        Function("e", math.e, CALL),
        Function("tau", math.tau, CALL),
        Function("inf", math.inf, CALL),
    ]
