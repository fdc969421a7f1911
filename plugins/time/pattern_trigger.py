"""The time_pattern trigger: fire whenever the clock matches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hub.api import Attachment, Detach, House, Trigger, refuse, span
from plugins.time.alarm import Alarm
from plugins.time.pattern import Hours, Minutes, Pattern


class TimePatternTrigger(Trigger):
    """Fire whenever the local clock matches: `minutes: /5` is each five minutes.

    A unit is a number, `*`, or `/n` for what n divides. Units that are not given are 0 below one that
    is given, and any above it.
    """

    hours: Hours = None
    """A number, `*`, or `/n` for what n divides."""
    minutes: Minutes = None
    """The same of minutes."""
    seconds: Minutes = None
    """The same of seconds."""

    def model_post_init(self, context: Any) -> None:
        if self.hours is None and self.minutes is None and self.seconds is None:
            raise refuse("time_pattern needs a unit", "Give it hours, minutes or seconds.")

    @property
    def pattern(self) -> Pattern:
        return Pattern.of(self.hours, self.minutes, self.seconds)

    def attach(self, attachment: Attachment) -> Detach:
        zone = attachment.house.settings.time_zone
        pattern = self.pattern

        def ring(moment: datetime) -> None:
            attachment.fire({"now": moment.astimezone(zone), "description": "time pattern"}, None)

        return Alarm(
            attachment.house.clock, lambda after: pattern.next_match(after, zone), ring, attachment.name
        ).stop

    def because(self, facts: Mapping[str, Any]) -> str:
        return f"it was {facts['now']:%H:%M:%S}"

    def waits_for(self, house: House) -> str:
        pattern, zone = self.pattern, house.settings.time_zone
        hours, minutes, seconds = (unit.source for unit in (pattern.hours, pattern.minutes, pattern.seconds))
        due = pattern.next_match(house.clock.now(), zone).astimezone(zone)
        return f"hours {hours}, minutes {minutes}, seconds {seconds} (next {due:%Y-%m-%d %H:%M:%S})"

    def distance(self, house: House) -> str:
        now = house.clock.now()
        due = self.pattern.next_match(now, house.settings.time_zone)
        return f"in {span((due - now).total_seconds())}"
