"""Ask for the time, and be woken at it. The only place that knows the machine's clock.

Wall time is for people, monotonic time for durations. A `Clock` is handed to whoever needs one, so
that tests and `hub test` can move it.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

Detach = Callable[[], None]
"""What stops something that was started. Calling it twice does no harm."""


def nothing() -> None:
    """Stop nothing: the `Detach` of what needs no stopping."""


def together(stops: Sequence[Detach]) -> Detach:
    """Return one `Detach` for several."""
    if len(stops) == 1:
        return stops[0]

    def detach() -> None:
        for stop in stops:
            stop()

    return detach


class Clock(Protocol):
    """Wall time in UTC, monotonic seconds, and timers."""

    def now(self) -> datetime:
        """Return the wall time, aware, in UTC."""
        ...

    def timestamp(self) -> float:
        """Return the wall time in seconds since 1970."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never jump."""
        ...

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Detach:
        """Call `callback` once, `seconds` of monotonic time from now."""
        ...

    def call_at(self, when: datetime, callback: Callable[[], None]) -> Detach:
        """Call `callback` once, when the wall clock reaches `when` (also if the wall clock is moved)."""
        ...


class SystemClock:
    """The machine's clock on the running event loop."""

    # A timer far away looks again now and then, so that a wall clock that was set is noticed.
    LONGEST_SLEEP = 60.0

    def now(self) -> datetime:
        return datetime.now(UTC)

    # Asked several times for each message: the functions themselves, with nothing around them.
    timestamp = staticmethod(time.time)
    monotonic = staticmethod(time.monotonic)

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Detach:
        return asyncio.get_running_loop().call_later(max(0.0, seconds), callback).cancel

    def call_at(self, when: datetime, callback: Callable[[], None]) -> Detach:
        loop = asyncio.get_running_loop()
        due = when.timestamp()
        handle: asyncio.TimerHandle

        def look() -> None:
            left = due - time.time()
            if left <= 0:
                callback()
            else:
                sleep(left)

        def sleep(left: float) -> None:
            nonlocal handle
            handle = loop.call_later(min(max(0.0, left), self.LONGEST_SLEEP), look)

        sleep(due - time.time())
        return lambda: handle.cancel()


class SimulatedClock:
    """A clock that moves only when told to. Timers run in the order in which they fall due."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)
        self._mono = 1000.0
        self._order = itertools.count()
        self._timers: list[tuple[datetime, int, Callable[[], None]]] = []
        self._cancelled: set[int] = set()

    def now(self) -> datetime:
        return self._now

    def timestamp(self) -> float:
        return self._now.timestamp()

    def monotonic(self) -> float:
        return self._mono

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Detach:
        return self.call_at(self._now + timedelta(seconds=max(0.0, seconds)), callback)

    def call_at(self, when: datetime, callback: Callable[[], None]) -> Detach:
        number = next(self._order)
        heapq.heappush(self._timers, (max(when.astimezone(UTC), self._now), number, callback))
        return lambda: self._cancelled.add(number)

    def next_due(self) -> datetime | None:
        """Return when the next timer runs, None if there is none."""
        self._drop_cancelled()
        return self._timers[0][0] if self._timers else None

    def run_next(self, until: datetime) -> bool:
        """Move to the next timer that is due by `until` and run it; False if there is none."""
        due = self.next_due()
        if due is None or due > until:
            self._move(until)
            return False
        self._move(due)
        _, number, callback = heapq.heappop(self._timers)
        self._cancelled.discard(number)
        callback()
        return True

    def _move(self, to: datetime) -> None:
        if to > self._now:
            self._mono += (to - self._now).total_seconds()
            self._now = to

    def _drop_cancelled(self) -> None:
        while self._timers and self._timers[0][1] in self._cancelled:
            self._cancelled.discard(heapq.heappop(self._timers)[1])
