"""The filters that smooth or thin out the values of a sensor, one after the other."""

from __future__ import annotations

import statistics
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from hub.api import HubError, Period


@dataclass(frozen=True, slots=True)
class Sample:
    """A value and when it came, in seconds."""

    at: float
    value: Any

    @property
    def number(self) -> float:
        if isinstance(self.value, (int, float)):
            return float(self.value)
        raise HubError(f"{self.value!r} is no number")


Filter = Callable[[Sample], Sample | None]
"""What a filter makes of a sample; None is nothing for now."""


class Running:
    """A filter at work: `reset` when the unit changes."""

    def __init__(self, options: FilterOptions) -> None:
        self._options = options
        self.work, self.reset = options.begin()

    def __call__(self, sample: Sample) -> Sample | None:
        return self.work(sample)


class FilterOptions(BaseModel):
    """What all filters can be told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    precision: int | None = None

    def begin(self) -> tuple[Filter, Callable[[], None]]:
        """Return the filter at work, and what lets it forget."""
        raise NotImplementedError

    def rounded(self, sample: Sample) -> Sample:
        if self.precision is None or not isinstance(sample.value, (int, float)):
            return sample
        value = round(float(sample.value), self.precision)
        return replace(sample, value=int(value) if self.precision == 0 else value)


class Range(FilterOptions):
    """Keeps values within bounds."""

    filter: Literal["range"]
    lower_bound: float | None = None
    upper_bound: float | None = None

    def begin(self) -> tuple[Filter, Callable[[], None]]:
        return self._work, _nothing

    def _work(self, sample: Sample) -> Sample:
        value = sample.number
        if self.upper_bound is not None and value > self.upper_bound:
            value = self.upper_bound
        elif self.lower_bound is not None and value < self.lower_bound:
            value = self.lower_bound
        return self.rounded(replace(sample, value=value))


class Outlier(FilterOptions):
    """Puts the median in the place of a value that is further from it than `radius`."""

    filter: Literal["outlier"]
    window_size: Annotated[int, Field(ge=1)] = 1
    radius: float = 2.0

    def begin(self) -> tuple[Filter, Callable[[], None]]:
        last: deque[float] = deque(maxlen=self.window_size)

        def work(sample: Sample) -> Sample:
            value = sample.number
            median = statistics.median(last) if last else 0.0
            outside = len(last) == last.maxlen and abs(value - median) > self.radius
            last.append(value)
            return self.rounded(replace(sample, value=median if outside else value))

        return work, last.clear


class Lowpass(FilterOptions):
    """Lets a value move only by a part, the smaller the greater the time constant."""

    filter: Literal["lowpass"]
    precision: int | None = 2
    window_size: Annotated[int, Field(ge=1)] = 1
    time_constant: Annotated[int, Field(ge=1)] = 10

    def begin(self) -> tuple[Filter, Callable[[], None]]:
        last: deque[float] = deque(maxlen=1)

        def work(sample: Sample) -> Sample:
            value = sample.number
            if last:
                weight = 1.0 / self.time_constant
                value = (1.0 - weight) * last[-1] + weight * value
            result = self.rounded(replace(sample, value=value))
            last.append(result.number)
            return result

        return work, last.clear


class MovingAverage(FilterOptions):
    """The mean over a period, each value weighted by how long it lasted."""

    filter: Literal["time_simple_moving_average"]
    precision: int | None = 2
    window_size: Period
    type: Literal["last"] = "last"

    def begin(self) -> tuple[Filter, Callable[[], None]]:
        window = self.window_size.total_seconds()
        queue: deque[Sample] = deque()
        left: list[Sample] = []

        def work(sample: Sample) -> Sample:
            sample = replace(sample, value=sample.number)
            while queue and queue[0].at + window <= sample.at:
                left[:] = [queue.popleft()]
            queue.append(sample)
            total, since = 0.0, sample.at - window
            before = left[0] if left else queue[0]
            for each in queue:
                total += (each.at - since) * before.number
                since, before = each.at, each
            return self.rounded(replace(sample, value=total / window))

        return work, _nothing


class Throttle(FilterOptions):
    """Lets one of `window_size` values through."""

    filter: Literal["throttle"]
    window_size: Annotated[int, Field(ge=1)] = 1

    def begin(self) -> tuple[Filter, Callable[[], None]]:
        seen: deque[Sample] = deque(maxlen=self.window_size)

        def work(sample: Sample) -> Sample | None:
            passes = not seen or len(seen) == seen.maxlen
            if passes:
                seen.clear()
            seen.append(sample)
            return self.rounded(sample) if passes else None

        return work, seen.clear


class TimeThrottle(FilterOptions):
    """Lets one value in each period through."""

    filter: Literal["time_throttle"]
    window_size: Period

    def begin(self) -> tuple[Filter, Callable[[], None]]:
        window = self.window_size.total_seconds()
        passed: deque[float] = deque(maxlen=1)

        def work(sample: Sample) -> Sample | None:
            if passed and passed[0] > sample.at - window:
                return None
            passed.append(sample.at)
            return self.rounded(sample)

        return work, _nothing


def _nothing() -> None:
    pass


AnyFilter = Annotated[
    Range | Outlier | Lowpass | MovingAverage | Throttle | TimeThrottle, Field(discriminator="filter")
]
