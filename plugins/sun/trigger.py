"""The sun trigger: fire when the sun rises or sets."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from hub.api import Attachment, Detach, House, Period, Trigger, nothing, span
from plugins.sun.ephemeris import RiseOrSet, next_event

log = logging.getLogger(__name__)

# After a step forward of the clock, what should have happened long ago is not made up.
_LATEST = timedelta(minutes=10)
# The next event is looked up anew this often, so a clock that was set back is noticed.
_LOOK_AGAIN = 3600.0


class SunTrigger(Trigger):
    """Fire when the sun rises or sets, or so much before (`offset: "-00:30:00"`) or after."""

    event: RiseOrSet
    """Which of the two."""
    offset: Period = timedelta()
    """So much later; negative is earlier."""

    def attach(self, attachment: Attachment) -> Detach:
        facts = {
            "event": self.event,
            "offset": self.offset,
            "description": f"{self.event} with offset" if self.offset else self.event,
        }
        return _Watch(self, attachment, facts).stop

    def next_after(self, house: House, after: datetime) -> datetime | None:
        return next_event(house.settings, self.event, after, self.offset)

    def because(self, facts: Mapping[str, Any]) -> str:
        offset = f" ({_signed(self.offset)})" if self.offset else ""
        return f"the sun {'rose' if self.event == 'sunrise' else 'set'}{offset}"

    def waits_for(self, house: House) -> str:
        offset = f" with offset {_signed(self.offset)}" if self.offset else ""
        moment = self.next_after(house, house.clock.now())
        if moment is None:
            return f"{self.event}{offset} (none within a year)"
        return f"{self.event}{offset} (next {moment.astimezone(house.settings.time_zone):%Y-%m-%d %H:%M:%S})"

    def distance(self, house: House) -> str:
        now = house.clock.now()
        moment = self.next_after(house, now)
        return f"in {span((moment - now).total_seconds())}" if moment is not None else ""


class _Watch:
    """Waits for the next event, again and again."""

    def __init__(self, trigger: SunTrigger, attachment: Attachment, facts: dict[str, Any]) -> None:
        self._trigger = trigger
        self._attachment = attachment
        self._facts = facts
        self._house = attachment.house
        self._due: datetime | None = None
        self._timer: Detach = nothing
        self._look_again: Detach = nothing
        self._plan(self._house.clock.now())
        self._look()

    def stop(self) -> None:
        self._timer()
        self._look_again()

    def _plan(self, after: datetime) -> None:
        self._timer()
        self._due = self._trigger.next_after(self._house, after)
        self._timer = self._house.clock.call_at(self._due, self._rises_or_sets) if self._due else nothing

    def _rises_or_sets(self) -> None:
        due, now = self._due, self._house.clock.now()
        self._timer = nothing
        assert due is not None
        self._plan(max(due, now))
        if now - due > _LATEST:
            log.warning("%s: the %s of %s is left out", self._attachment.name, self._trigger.event, due)
        else:
            self._attachment.fire(dict(self._facts), None)

    def _look(self) -> None:
        clock = self._house.clock
        self._look_again = clock.call_later(_LOOK_AGAIN, self._look)
        now = clock.now()
        if (self._due is None or self._due > now) and self._trigger.next_after(self._house, now) != self._due:
            self._plan(now)


def _signed(offset: timedelta) -> str:
    return f"-{-offset}" if offset < timedelta() else str(offset)
