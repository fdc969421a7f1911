"""Convert between a device's range of numbers and percent.

The lowest number is the first step above zero: in a range of 1 to 4, 1 is 25 percent.
"""

from __future__ import annotations


def to_percent(low: float, high: float, value: float) -> int:
    """Return the percentage that `value` is; a range may run backwards."""
    return int((value - low + 1) * 100 // (high - low + 1))


def from_percent(low: float, high: float, percent: float) -> float:
    return percent * (high - low + 1) / 100 + low - 1


def scaled(value: float, high: float, other_high: float) -> float:
    """Return `value` of a range from 1 to `high` in one from 1 to `other_high`."""
    return value * other_high / high
