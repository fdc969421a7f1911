"""Measure how fast a client may speak."""

from __future__ import annotations

from hub.core.clock import Clock

PLENTY = 1 << 60


class Allowance:
    """A bucket of messages that fills with time."""

    __slots__ = ("_at", "_burst", "_clock", "_left", "_rate")

    def __init__(self, rate: float | None, burst: int, clock: Clock) -> None:
        self._rate = rate
        self._burst = float(burst)
        self._clock = clock
        self._left = self._burst
        self._at = clock.monotonic()

    def is_of(self, rate: float | None, burst: int) -> bool:
        return (rate, float(burst)) == (self._rate, self._burst)

    def left(self) -> int:
        """Return how many messages may be read now."""
        if self._rate is None:
            return PLENTY
        now = self._clock.monotonic()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        return int(self._left)

    def spend(self, count: int) -> None:
        self._left -= count

    def wait(self) -> float:
        """Return the seconds until a tenth of the burst, at least one message, may be read again."""
        if self._rate is None:
            return 0.0
        wanted = max(1.0, self._burst / 10)
        # Not nothing: what a rounding leaves over would be waited for again and again in the same moment.
        return max(0.001, (wanted - self._left) / self._rate)
