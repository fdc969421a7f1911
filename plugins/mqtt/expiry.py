"""Let a state expire when no message came for some time (`expire_after`)."""

from __future__ import annotations

from collections.abc import Callable

from hub.api import Detach, House, nothing


class Expiry:
    """Expired until the first message, and again `seconds` after the last one."""

    def __init__(self, house: House, seconds: float, changed: Callable[[], None]) -> None:
        self._clock = house.clock
        self._seconds = seconds
        self._changed = changed
        self._due = 0.0
        self._stop: Detach = nothing
        self.expired = True

    def renew(self, seconds: float | None = None) -> None:
        """Say that a message came; one timer serves many, it looks again if it came too early."""
        self._due = self._clock.monotonic() + (self._seconds if seconds is None else seconds)
        if not self.expired:
            return
        self.expired = False
        self._sleep()
        self._changed()

    def stop(self) -> None:
        self._stop()

    def _sleep(self) -> None:
        self._stop = self._clock.call_later(self._due - self._clock.monotonic(), self._wake)

    def _wake(self) -> None:
        # A timer may come a hair too early; what is left is less than anyone notices.
        if self._due - self._clock.monotonic() > 0.001:
            self._sleep()
            return
        self.expired = True
        self._changed()
