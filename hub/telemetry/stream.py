"""Follow one stream while it runs: place its samples in time, mark gaps, cut chunks, watch alarms."""

from __future__ import annotations

from collections.abc import Callable

from hub.core.store import MICRO
from hub.telemetry.alarm import Alarm
from hub.telemetry.chunk import Chunk
from hub.telemetry.payload import Samples

# A message may come so much earlier or later than its samples say, and they still follow one another.
_JITTER_SECONDS = 0.5
_JITTER_STEPS = 2.5

Finished = Callable[[Chunk], None]


class Stream:
    """Takes samples and gives chunks; `finished` is called with each."""

    def __init__(
        self,
        rate: float,
        chunk_seconds: float,
        alarms: list[Alarm],
        finished: Finished,
        *,
        after_gap: bool = False,
    ) -> None:
        self._rate = rate
        self._longest = chunk_seconds
        self.alarms = alarms
        self._finished = finished
        self._start = 0
        self._step = 0
        self._values: list[float] = []
        self._gap = after_gap
        self._next: int | None = None
        self.last: float | None = None
        self.gaps = 0

    def take(self, samples: Samples, arrived: float) -> list[Alarm]:
        """Take the samples of a message that came at `arrived`; return the alarms that began or ended."""
        step = round(MICRO / (samples.rate or self._rate))
        count = len(samples.values)
        if samples.start is not None:
            begin = round(samples.start * MICRO)
        else:  # the last of them was taken just now
            begin = round(arrived * MICRO) - (count - 1) * step
        begin = self._placed(begin, step, exact=samples.start is not None)
        if not self._values:
            self._start, self._step = begin, step
        self._values += samples.values
        self._next = begin + count * step
        self.last = samples.values[-1]
        changed = self._watch(begin, step, samples.values)
        if (self._next - self._start) >= self._longest * MICRO:
            self.cut()
        return changed

    def cut(self) -> None:
        """Finish the chunk under way."""
        if self._values:
            chunk = Chunk(self._start, self._step, tuple(self._values), self._gap)
            self._values = []
            self._gap = False
            self._finished(chunk)

    def _placed(self, begin: int, step: int, *, exact: bool) -> int:
        """Return when the samples begin: right after those before, unless there is a gap between."""
        if self._next is None:
            return begin
        slack = max(0.0 if exact else _JITTER_SECONDS * MICRO, _JITTER_STEPS * step)
        if abs(begin - self._next) <= slack:
            if step != self._step:
                self.cut()
            return self._next
        if begin < self._next:  # told again, or a clock that was set back
            self.cut()
            return begin
        self.cut()
        self._gap = True
        self.gaps += 1
        for alarm in self.alarms:
            alarm.interrupt()
        return begin

    def _watch(self, begin: int, step: int, values: list[float]) -> list[Alarm]:
        changed: dict[int, Alarm] = {}
        for alarm in self.alarms:
            for index, value in enumerate(values):
                if alarm.feed((begin + index * step) / MICRO, value):
                    changed[id(alarm)] = alarm
        return list(changed.values())
