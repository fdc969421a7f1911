"""The entity `sun.sun`: whether the sun is up, where it stands, and what it does next."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from hub.api import Detach, EntityInfo, House, Integration, nothing
from plugins.sun.ephemeris import SunEvent, next_event, position

_NEXT: dict[str, SunEvent] = {
    "next_dawn": "dawn",
    "next_dusk": "dusk",
    "next_midnight": "midnight",
    "next_noon": "noon",
    "next_rising": "sunrise",
    "next_setting": "sunset",
}
# Where the sun touches the horizon, the air's bending of its light counted.
_HORIZON = -0.833
# How many minutes the position may be old, by how far the sun is below (or above) this elevation.
_MINUTES_BELOW = ((-18.0, 20), (-12.0, 8), (-6.0, 4), (10.0, 2))
_MINUTES_BY_DAY = 4


class SunIntegration(Integration):
    """Keep the entity `sun.sun`. It needs no options; the place is the house's."""

    always: ClassVar[bool] = True
    uninvited: ClassVar[bool] = True

    def start(self, house: House) -> Detach:
        return _Sun(house).stop


class _Sun:
    """Writes the entity whenever the sun does something, and every few minutes between."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._entity = house.entities.add(EntityInfo("sun", "sun", default_entity_id="sun.sun", name="Sun"))
        self._next: dict[str, datetime | None] = {}
        self._computed = house.clock.now()
        self._timer: Detach = nothing
        self._look()

    def stop(self) -> None:
        self._timer()
        self._entity.remove()

    def _look(self) -> None:
        now = self._house.clock.now()
        self._compute(now)
        elevation, azimuth = position(self._house.settings, now)
        attributes = {name: moment.isoformat() if moment else None for name, moment in self._next.items()}
        noon, midnight = self._next["next_noon"], self._next["next_midnight"]
        rising = noon is not None and midnight is not None and noon < midnight
        self._entity.write(
            "above_horizon" if self._is_up(elevation) else "below_horizon",
            {**attributes, "elevation": elevation, "azimuth": azimuth, "rising": rising},
        )
        due = now + timedelta(minutes=_minutes(elevation))
        due = min([due, *(moment for moment in self._next.values() if moment is not None)])
        self._timer = self._house.clock.call_later((due - now).total_seconds(), self._look)

    def _compute(self, now: datetime) -> None:
        """Look up what comes next, where it came by now or the clock was set back."""
        was_set_back = now < self._computed
        for name, event in _NEXT.items():
            known = self._next.get(name)
            if name not in self._next or was_set_back or (known is not None and known <= now):
                self._next[name] = next_event(self._house.settings, event, now)
        self._computed = now

    def _is_up(self, elevation: float) -> bool:
        rising, setting = self._next["next_rising"], self._next["next_setting"]
        if rising is None or setting is None:
            return elevation > _HORIZON
        return setting < rising


def _minutes(elevation: float) -> int:
    return next((minutes for limit, minutes in _MINUTES_BELOW if elevation < limit), _MINUTES_BY_DAY)
