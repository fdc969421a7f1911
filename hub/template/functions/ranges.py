"""Fit a number into a range: clamp, wrap, remap."""

from __future__ import annotations

import math
from typing import Any

from hub.template.sources import Sources
from hub.template.table import Function


def clamp(value: Any, min_value: Any, max_value: Any) -> float:
    """Return the nearest number within both bounds."""
    number, low, high = _floats(value, min_value, max_value)
    return max(low, min(high, number))


def wrap(value: Any, min_value: Any, max_value: Any) -> float:
    """Go round: the upper bound is the lower one again."""
    number, low, high = _floats(value, min_value, max_value)
    return low if high == low else (number - low) % (high - low) + low


def remap(
    value: Any,
    in_min: Any,
    in_max: Any,
    out_min: Any,
    out_max: Any,
    *,
    steps: int = 0,
    edges: str = "none",
) -> float:
    """Map a number from one range to another.

    `edges` says what happens to one outside: none (goes on), clamp, wrap, mirror. `steps` above 0
    gives that many steps.
    """
    number, low, high, out_low, out_high = _floats(value, in_min, in_max, out_min, out_max)
    number = _within(number, low, high, edges)
    if steps <= 0 and (low, high) == (out_low, out_high):
        return number
    share = (number - low) / (high - low)
    if steps > 0:
        share = round(share * steps) / steps
    return out_low + share * (out_high - out_low)


def _within(number: float, low: float, high: float, edges: str) -> float:
    if edges == "clamp":
        return max(low, min(high, number))
    if edges not in ("wrap", "mirror"):
        return number
    size = high - low
    if size == 0:
        raise ValueError(f"in_min={low} must not equal in_max={high}")
    if edges == "wrap":
        return (number - low) % size + low
    rounds, rest = divmod(number - low, size)
    return low + (size - rest if rounds < 0 or math.fmod(rounds, 2) else rest)


def _floats(*values: Any) -> list[float]:
    try:
        return [float(value) for value in values]
    except (ValueError, TypeError) as error:
        raise ValueError(f"function requires numeric arguments, got {values}") from error


def functions(sources: Sources) -> list[Function]:
    return [Function("clamp", clamp), Function("wrap", wrap), Function("remap", remap)]
