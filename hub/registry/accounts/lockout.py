"""Make guessing slow: after a few wrong passwords an account, and an address, must wait ever longer."""

from __future__ import annotations

from dataclasses import dataclass

from hub.core.clock import Clock
from hub.core.errors import HubError

FREE = 5
"""Wrong tries that cost nothing: people mistype."""
LONGEST = 15 * 60.0
FORGET = 24 * 3600.0
MOST_KEPT = 10_000


class Locked(HubError):
    """Too many wrong tries; `seconds` says when the next is looked at."""

    def __init__(self, seconds: float) -> None:
        super().__init__("too many wrong passwords", remedy=f"Try again in {max(1, round(seconds))} s.")
        self.seconds = seconds


@dataclass(slots=True)
class _Tries:
    wrong: int = 0
    until: float = 0.0
    last: float = 0.0


class LockOut:
    """Counts wrong tries by key. A key is locked for twice as long after each further one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tries: dict[str, _Tries] = {}

    def check(self, *keys: str) -> None:
        """Raise `Locked` if one of these keys has to wait."""
        now = self._clock.monotonic()
        waits = [tries.until - now for key in keys if (tries := self._tries.get(key)) is not None]
        if waits and max(waits) > 0:
            raise Locked(max(waits))

    def wrong(self, *keys: str) -> None:
        """Count a wrong try for each of these keys."""
        now = self._clock.monotonic()
        for key in keys:
            tries = self._tries.pop(key, None) or _Tries()
            if now - tries.last > FORGET:
                tries = _Tries()
            tries.wrong += 1
            tries.last = now
            if tries.wrong >= FREE:
                tries.until = now + min(LONGEST, 2.0 ** (tries.wrong - FREE))
            self._tries[key] = tries  # at the end: the oldest are forgotten first
        while len(self._tries) > MOST_KEPT:
            del self._tries[next(iter(self._tries))]

    def right(self, *keys: str) -> None:
        """Forget the wrong tries of these keys."""
        for key in keys:
            self._tries.pop(key, None)
