"""Choose a few points of many so that a plot looks the same: no peak and no dip is lost."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence


def numbers(states: Sequence[str | None]) -> list[float | None]:
    """Return the finite numbers among texts, None for what is none."""
    try:
        values = list(map(float, states))  # type: ignore[arg-type]  # None is a TypeError, as it should be
    except (TypeError, ValueError):
        return [number(state) for state in states]
    return list(values) if math.isfinite(sum(values)) else [number(state) for state in states]


def number(state: str | None) -> float | None:
    """Return the finite number that a text is, or None."""
    if state is None:
        return None
    try:
        value = float(state)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def extremes(times: Sequence[float], values: Sequence[float], most: int) -> list[int]:
    """Return the indices of at most `most` points: the first, the last, and the lowest and highest between.

    Time is cut into equal pieces, and each gives its lowest and its highest point, in their order.
    """
    count = len(times)
    if count <= most:
        return list(range(count))
    if most < 4:
        return sorted({0, count - 1} if most > 1 else {count - 1})
    pieces = (most - 2) // 2
    begin, width = times[0], (times[-1] - times[0]) / pieces
    chosen = {0, count - 1}
    low = 0
    for piece in range(1, pieces + 1):
        high = count if piece == pieces else bisect_left(times, begin + piece * width, low)
        if high > low:
            part = values[low:high]
            chosen.add(low + part.index(min(part)))
            chosen.add(low + part.index(max(part)))
            low = high
    return sorted(chosen)


def latest(times: Sequence[float], most: int) -> list[int]:
    """Return the indices of at most `most` points: the first, and the last of each piece of time."""
    count = len(times)
    if count <= most:
        return list(range(count))
    if most < 2:
        return [count - 1]
    begin, width = times[0], (times[-1] - times[0]) / (most - 1)
    ends = (bisect_left(times, begin + piece * width) for piece in range(1, most))
    return sorted({0, count - 1, *(max(end - 1, 0) for end in ends)})[-most:]
