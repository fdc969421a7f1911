"""Make one value of the members' values of an attribute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from math import atan2, cos, degrees, radians, sin
from typing import Any

from hub.api import State


def values(states: Iterable[State], name: str) -> list[Any]:
    """Return an attribute of all states that have it."""
    return [value for state in states if (value := state.attributes.get(name)) is not None]


def reduced(
    states: Iterable[State], name: str, reduce: Callable[[list[Any]], Any], default: Any = None
) -> Any:
    """Return the one value there is, or what `reduce` makes of several."""
    found = values(states, name)
    if not found:
        return default
    return found[0] if len(found) == 1 else reduce(found)


def mean(numbers: list[Any]) -> int:
    return int(sum(numbers) / len(numbers))


def mean_of_each(colors: list[Any]) -> tuple[float, ...]:
    return tuple(sum(parts) / len(parts) for parts in zip(*colors, strict=False))


def mean_hue(colors: list[Any]) -> tuple[float, float]:
    """Return the mean of hues on their circle, and of saturations."""
    x = sum(cos(radians(hue)) for hue, _ in colors)
    y = sum(sin(radians(hue)) for hue, _ in colors)
    return degrees(atan2(y, x)) % 360, sum(saturation for _, saturation in colors) / len(colors)


def most_common(found: list[Any]) -> Any:
    return Counter(found).most_common(1)[0][0] if found else None
