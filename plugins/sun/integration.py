"""The entity `sun.sun`: whether the sun is up, where it stands, and what it does next."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from hub.api import Detach, EntityInfo, House, Integration, nothing
from plugins.sun.ephemeris import SunEvent, height, next_event, position

SUN = "sun.sun"
_SHOWN: dict[str, SunEvent] = {
    "next_dawn": "dawn",
    "next_dusk": "dusk",
    "next_midnight": "midnight",
    "next_noon": "noon",
    "next_rising": "sunrise",
    "next_setting": "sunset",
}
# So near to the horizon, in degrees, it is the times of rising and setting that say whether the sun is up.
_NEAR = 0.1
# How many minutes the position may be old until this comes: few while the sun is low and people care.
_MINUTES_UNTIL: dict[SunEvent, int] = {
    "astronomical_dawn": 20,
    "nautical_dawn": 8,
    "dawn": 4,
    "sunrise": 2,
    "morning": 2,
    "evening": 4,
    "sunset": 2,
    "dusk": 2,
    "nautical_dusk": 4,
    "astronomical_dusk": 8,
}
# Noon and midnight come by day and by night: how many minutes for an elevation of less than this then.
_MINUTES_BELOW = ((-18.0, 20), (-12.0, 8), (-6.0, 4), (10.0, 2))
_MINUTES_HIGH_UP = 4
# Rather wait a little longer than tell the position twice in short time.
_PATIENCE = 1.25


class SunIntegration(Integration):
    """Keep the entity `sun.sun`. The place is the house's: `elevation` is read and not used."""

    always: ClassVar[bool] = True
    uninvited: ClassVar[bool] = True

    elevation: float | None = None
    """Home Assistant's; here the house's own elevation counts."""

    def start(self, house: House) -> Detach:
        return nothing if SUN in house.states else _Sun(house).stop


class _Sun:
    """Writes the entity whenever the sun does something, and every few minutes between."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._entity = house.entities.add(EntityInfo("sun", "sun", default_entity_id=SUN, name="Sun"))
        self._timer: Detach = nothing
        self._compute(house.clock.now())
        self._look()

    def stop(self) -> None:
        self._timer()
        self._entity.remove()

    def _look(self) -> None:
        now = self._house.clock.now()
        if not self._computed <= now < self._due:  # it may have been set back
            self._compute(now)
        self._write(now)
        wait = self._due - now
        if wait >= self._pace * _PATIENCE:
            wait = self._pace
        # By monotonic time, so that a clock that was set is noticed at the next look.
        self._timer = self._house.clock.call_later(wait.total_seconds(), self._look)

    def _compute(self, now: datetime) -> None:
        """Look up what comes next, and how often to look until then."""
        settings = self._house.settings
        events: tuple[SunEvent, ...] = (*_MINUTES_UNTIL, "noon", "midnight")
        self._next = {event: next_event(settings, event, now) for event in events}
        coming = {moment: event for event, moment in self._next.items() if moment is not None}
        self._computed, self._due = now, min(coming)
        minutes = _MINUTES_UNTIL.get(coming[self._due])
        if minutes is None:
            minutes = _minutes(position(settings, self._due)[0])
        self._pace = timedelta(minutes=minutes)

    def _write(self, now: datetime) -> None:
        elevation, azimuth = position(self._house.settings, now)
        shown = {name: self._next[event] for name, event in _SHOWN.items()}
        noon, midnight = shown["next_noon"], shown["next_midnight"]
        attributes = {name: moment.isoformat() if moment else None for name, moment in shown.items()}
        self._entity.write(
            "above_horizon" if self._is_up(now) else "below_horizon",
            {
                **attributes,
                "elevation": elevation,
                "azimuth": azimuth,
                "rising": noon is not None and midnight is not None and noon < midnight,
            },
        )

    def _is_up(self, now: datetime) -> bool:
        over = height(self._house.settings, now)
        rising, setting = self._next["sunrise"], self._next["sunset"]
        if abs(over) > _NEAR or rising is None or setting is None:
            return over > 0
        return setting < rising


def _minutes(elevation: float) -> int:
    return next((minutes for limit, minutes in _MINUTES_BELOW if elevation < limit), _MINUTES_HIGH_UP)
