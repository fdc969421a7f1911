"""Ring at each of a series of moments, also when the clock is set or the machine slept."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from hub.api import Clock, Detach, nothing

log = logging.getLogger(__name__)

# After a step forward of the clock, what should have happened long ago is not made up.
LATEST = timedelta(minutes=10)
# Of what comes once a day a step of an hour, or a computer that slept for one, must not cost one.
LATEST_OF_A_DAY = timedelta(hours=2)
# A clock that is set back by less than this shows a part of the day again, and not another day.
_SAME_DAY = timedelta(hours=12)
# A clock that was set back is noticed this often.
_LOOK_AGAIN = 3600.0


class Alarm:
    """Calls `ring(moment)` at each moment that `next_after` gives, until stopped.

    One that is `daily` rings once a day, also when the clock is set back or forward an hour.
    """

    def __init__(
        self,
        clock: Clock,
        next_after: Callable[[datetime], datetime],
        ring: Callable[[datetime], None],
        name: str,
        *,
        daily: bool = False,
    ) -> None:
        self._clock = clock
        self._next_after = next_after
        self._ring = ring
        self._name = name
        self._daily = daily
        self._rung: datetime | None = None
        self._due = clock.now()
        self._timer: Detach = nothing
        self._plan(self._due)
        self._watch = clock.call_later(_LOOK_AGAIN, self._look)

    def stop(self) -> None:
        self._timer()
        self._watch()

    def _plan(self, after: datetime) -> None:
        self._due = self._next(after)
        self._timer = self._clock.call_at(self._due, self._rings)

    def _next(self, after: datetime) -> datetime:
        rung = self._rung
        if self._daily and rung is not None and after < rung <= after + _SAME_DAY:
            return self._next_after(rung)
        return self._next_after(after)

    def _rings(self) -> None:
        due, now = self._due, self._clock.now()
        self._rung = due
        self._plan(max(due, now))
        if now - due > (LATEST_OF_A_DAY if self._daily else LATEST):
            log.warning("%s: %s is left out: it is %s ago", self._name, due, now - due)
        else:
            self._ring(due)

    def _look(self) -> None:
        self._watch = self._clock.call_later(_LOOK_AGAIN, self._look)
        now = self._clock.now()
        if self._due > now and self._next(now) != self._due:
            self._timer()
            self._plan(now)
