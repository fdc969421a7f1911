"""What can be told of samples and their times: means, spreads, changes, counts, moments.

Each takes the samples, their times in seconds and the percentile asked for; None is unknown.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise

Samples = Sequence[float]
Result = float | int | datetime | None
Characteristic = Callable[[Samples, Samples, int], Result]


def _of_values(calculate: Callable[[Samples], float]) -> Characteristic:
    return lambda values, ages, percentile: calculate(values) if values else None


def _of_two(calculate: Callable[[Samples, Samples], Result], single: float | None) -> Characteristic:
    """`single` is the result for one sample; None gives that sample."""

    def characteristic(values: Samples, ages: Samples, percentile: int) -> Result:
        if not values:
            return None
        if len(values) == 1:
            return values[0] if single is None else single
        return calculate(values, ages)

    return characteristic


def _linear(values: Samples, ages: Samples) -> float:
    pairs = zip(pairwise(values), pairwise(ages), strict=True)
    return _over(sum(0.5 * (b + a) * (t1 - t0) for (a, b), (t0, t1) in pairs), ages, values)


def _step(values: Samples, ages: Samples) -> float:
    area = sum(a * (t1 - t0) for (a, _), (t0, t1) in zip(pairwise(values), pairwise(ages), strict=True))
    return _over(area, ages, values)


def _over(area: float, ages: Samples, values: Samples) -> float:
    span = ages[-1] - ages[0]
    return area / span if span else values[-1]


def _change_sample(values: Samples, ages: Samples, percentile: int) -> Result:
    return (values[-1] - values[0]) / (len(values) - 1) if len(values) > 1 else None


def _change_second(values: Samples, ages: Samples, percentile: int) -> Result:
    span = ages[-1] - ages[0] if ages else 0
    return (values[-1] - values[0]) / span if span > 0 else None


def _circular(values: Samples) -> float:
    sines = sum(math.sin(math.radians(value)) for value in values)
    cosines = sum(math.cos(math.radians(value)) for value in values)
    return (math.degrees(math.atan2(sines, cosines)) + 360) % 360


def _differences(values: Samples, ages: Samples) -> float:
    return sum(abs(b - a) for a, b in pairwise(values))


def _rises(values: Samples, ages: Samples) -> float:
    return sum(b - a if b >= a else b for a, b in pairwise(values))


def _noise(values: Samples, ages: Samples) -> float:
    return _differences(values, ages) / (len(values) - 1)


def _deviation(values: Samples, ages: Samples) -> float:
    return statistics.stdev(values)


def _percentile(values: Samples, ages: Samples, percentile: int) -> Result:
    if len(values) < 2:
        return values[0] if values else None
    return statistics.quantiles(values, n=100, method="exclusive")[percentile - 1]


def _at(choose: Callable[[Samples], int]) -> Characteristic:
    def moment(values: Samples, ages: Samples, percentile: int) -> Result:
        return datetime.fromtimestamp(ages[choose(values)], UTC) if values else None

    return moment


def _count(values: Samples, ages: Samples, percentile: int) -> Result:
    return len(values)


MOMENTS: dict[str, Characteristic] = {
    "datetime_newest": _at(lambda values: len(values) - 1),
    "datetime_oldest": _at(lambda values: 0),
    "datetime_value_max": _at(lambda values: list(values).index(max(values))),
    "datetime_value_min": _at(lambda values: list(values).index(min(values))),
}
KEEPS_UNIT: dict[str, Characteristic] = {
    "average_linear": _of_two(_linear, None),
    "average_step": _of_two(_step, None),
    "average_timeless": _of_values(statistics.mean),
    "change": _of_values(lambda values: values[-1] - values[0]),
    "distance_95_percent_of_values": _of_two(lambda values, ages: 2 * 1.96 * statistics.stdev(values), 0.0),
    "distance_99_percent_of_values": _of_two(lambda values, ages: 2 * 2.58 * statistics.stdev(values), 0.0),
    "distance_absolute": _of_values(lambda values: max(values) - min(values)),
    "mean": _of_values(statistics.mean),
    "mean_circular": _of_values(_circular),
    "median": _of_values(statistics.median),
    "noisiness": _of_two(_noise, 0.0),
    "percentile": _percentile,
    "standard_deviation": _of_two(_deviation, 0.0),
    "sum": _of_values(sum),
    "sum_differences": _of_two(_differences, 0.0),
    "sum_differences_nonnegative": _of_two(_rises, 0.0),
    "total": _of_values(sum),
    "value_max": _of_values(max),
    "value_min": _of_values(min),
}
NUMERIC: dict[str, Characteristic] = {
    **KEEPS_UNIT,
    **MOMENTS,
    "change_sample": _change_sample,
    "change_second": _change_second,
    "count": _count,
    "variance": _of_two(lambda values, ages: statistics.variance(values), 0.0),
}
UNIT_SUFFIXES = {"variance": "²", "change_sample": "/sample", "change_second": "/s"}


def _share(values: Samples) -> float:
    return 100.0 / len(values) * sum(values)


def _share_of_time(values: Samples, ages: Samples, percentile: int) -> Result:
    if not values:
        return None
    return 100.0 * (values[0] if len(values) == 1 else _step(values, ages))


PERCENTAGES: dict[str, Characteristic] = {
    "average_step": _share_of_time,
    "average_timeless": _of_values(_share),
    "mean": _of_values(_share),
}
BINARY: dict[str, Characteristic] = {
    **PERCENTAGES,
    "count": _count,
    "count_on": lambda values, ages, percentile: int(sum(values)),
    "count_off": lambda values, ages, percentile: len(values) - int(sum(values)),
    "datetime_newest": MOMENTS["datetime_newest"],
    "datetime_oldest": MOMENTS["datetime_oldest"],
}
"""For binary sensors, whose samples are 1 and 0."""
