"""The sun condition: it is before or after today's sunrise or sunset."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hub.api import Condition, Period, Scope, refuse
from plugins.sun.ephemeris import RiseOrSet, event_of_day


class SunCondition(Condition):
    """Hold before or after the sunrise or sunset of today.

    Today's, by local time: `after: sunset` no longer holds after midnight. Only `after: sunset` together
    with `before: sunrise` means the night, on both its ends.
    """

    before: RiseOrSet | None = None
    """Holds until this."""
    before_offset: Period = timedelta()
    """Moves `before`."""
    after: RiseOrSet | None = None
    """Holds from this on."""
    after_offset: Period = timedelta()
    """Moves `after`."""

    def model_post_init(self, context: Any) -> None:
        if self.before is None and self.after is None:
            raise refuse("sun needs something to compare with", "Give it before, after or both.")

    def test(self, scope: Scope) -> bool:
        now = scope.house.clock.now()
        is_before = self._is_before(now, self._moment(scope, self.before, self.before_offset))
        is_after = self._is_after(now, self._moment(scope, self.after, self.after_offset))
        return is_before or is_after if self._is_night else is_before and is_after

    def why(self, scope: Scope) -> str:
        now = scope.house.clock.now()
        before = self._moment(scope, self.before, self.before_offset)
        after = self._moment(scope, self.after, self.after_offset)
        reasons = []
        if not self._is_before(now, before):
            reasons.append(self._words(scope, now, "before", self.before, before))
        if not self._is_after(now, after):
            reasons.append(self._words(scope, now, "after", self.after, after))
        return f"sun: {' and '.join(reasons)}"

    @property
    def _is_night(self) -> bool:
        return self.before == "sunrise" and self.after == "sunset"

    def _is_before(self, now: datetime, moment: datetime | None) -> bool:
        if self.before is None:
            return True
        return moment is not None and (now < moment if self._is_night else now <= moment)

    def _is_after(self, now: datetime, moment: datetime | None) -> bool:
        if self.after is None:
            return True
        return moment is not None and (now > moment if self._is_night else now >= moment)

    def _moment(self, scope: Scope, event: RiseOrSet | None, offset: timedelta) -> datetime | None:
        if event is None:
            return None
        settings = scope.house.settings
        today = scope.house.clock.now().astimezone(settings.time_zone).date()
        moment = event_of_day(settings, event, today)
        return moment + offset if moment is not None else None

    def _words(
        self, scope: Scope, now: datetime, side: str, event: RiseOrSet | None, moment: datetime | None
    ) -> str:
        if moment is None:
            return f"there is no {event} today"
        zone = scope.house.settings.time_zone
        offset = self.before_offset if side == "before" else self.after_offset
        what = f"{event} with its offset" if offset else event
        return f"{now.astimezone(zone):%H:%M:%S} is not {side} {what} ({moment.astimezone(zone):%H:%M:%S})"
