"""Take readings together: over five minutes, an hour, a day. Pure functions of readings and rows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from hub.core.store import Series, StatisticRow

# A meter that tells less than nine tenths of what it told before began anew; a smaller dip is its own doubt.
_RESET_BELOW = 0.9


class Reading(NamedTuple):
    """A number from `at` on; None is a time in which there was none. `reset` begins a meter anew."""

    at: float
    value: float | None
    reset: bool = False


@dataclass(slots=True)
class Carried:
    """What one period hands on to the next: the number it ended with, the meter's, and the sum so far."""

    value: float | None = None
    meter: float | None = None
    sum: float | None = None


def summarise(
    series: Series, readings: Iterable[Reading], carried: Carried, start: float, end: float
) -> StatisticRow | None:
    """Take the readings of one period together, and move `carried` on to its end.

    The mean is weighted by the time that each number lasted. None if there was no number in it.
    """
    spans: list[tuple[float, float]] = []
    told = list(readings)
    # What ended in the moment in which the period begins belongs to the one before.
    lasted = carried.value is not None and not (told and told[0].at <= start)
    seen = [carried.value] if lasted and carried.value is not None else []
    since, value = start, carried.value
    for reading in told:
        if value is not None:
            spans.append((value, reading.at - since))
        since, value = reading.at, reading.value
        if value is not None:
            seen.append(value)
            _meter(series, carried, value, reading.reset)
    if value is not None:
        spans.append((value, end - since))
    carried.value = value
    if not seen:
        return None
    mean = (_angle if series.kind == "measurement_angle" else _mean)(spans, seen)
    return StatisticRow(
        series.entity,
        int(start),
        mean,
        min(seen),
        max(seen),
        seen[-1],
        carried.sum if _sums(series) else None,
    )


def _sums(series: Series) -> bool:
    return series.kind in ("total", "total_increasing")


def _meter(series: Series, carried: Carried, value: float, reset: bool) -> None:
    """Let the sum grow by what a meter went on; a meter that began anew went on from nothing."""
    if not _sums(series):
        return
    before = carried.meter
    carried.meter = value
    if before is None or carried.sum is None:
        carried.sum = carried.sum or 0.0
        return
    if series.kind == "total_increasing":
        reset = reset or value < before * _RESET_BELOW
    carried.sum += value if reset else value - before


def _mean(spans: Sequence[tuple[float, float]], seen: Sequence[float]) -> float:
    total = sum(length for _, length in spans)
    if total <= 0:
        return seen[-1]
    return sum(value * length for value, length in spans) / total


def _angle(spans: Sequence[tuple[float, float]], seen: Sequence[float]) -> float | None:
    """Return the mean direction in degrees: of 350 and 10 it is 0. None if they cancel each other out."""
    weighed = spans if sum(length for _, length in spans) > 0 else [(seen[-1], 1.0)]
    x = sum(math.cos(math.radians(value)) * length for value, length in weighed)
    y = sum(math.sin(math.radians(value)) * length for value, length in weighed)
    if math.hypot(x, y) < 1e-9 * sum(length for _, length in weighed):
        return None
    return math.degrees(math.atan2(y, x)) % 360 % 360  # the first of a hair below 0 is 360


def together(rows: Sequence[StatisticRow], start: int, *, angle: bool = False) -> StatisticRow:
    """Take the rows of one entity together to one that begins at `start`."""
    means = [row.mean for row in rows if row.mean is not None]
    lows = [row.min for row in rows if row.min is not None]
    highs = [row.max for row in rows if row.max is not None]
    mean = None
    if means:
        equal = [(mean, 1.0) for mean in means]
        mean = _angle(equal, means) if angle else _mean(equal, means)
    return StatisticRow(
        rows[-1].entity,
        start,
        mean,
        min(lows, default=None),
        max(highs, default=None),
        rows[-1].last,
        rows[-1].sum,
    )
