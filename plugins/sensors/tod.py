"""The platform tod: on between two times of the day, which may be sunrise and sunset."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from hub.api import Detach, EntityInfo, House, Period, StateChanged, Text, moments_of
from plugins.sensors.live import ComputedPlatform, Live

_SUN = "sun.sun"
_NEXT = {"sunrise": "next_rising", "sunset": "next_setting"}
_DAY = timedelta(days=1)


def _event(value: Any) -> Any:
    return value.strip().lower() if isinstance(value, str) else value


Bound = Annotated[Literal["sunrise", "sunset"] | time, BeforeValidator(_event)]


class TimesOfDay(ComputedPlatform):
    """On from `after` to `before`, each a time or `sunrise` or `sunset`, moved by its offset."""

    name: Text
    after: Bound
    before: Bound
    after_offset: Period = Field(default=timedelta())
    before_offset: Period = Field(default=timedelta())

    def add(self, house: House) -> Detach:
        return _LiveTimes(house, self).stop


class _LiveTimes(Live):
    def __init__(self, house: House, options: TimesOfDay) -> None:
        info = EntityInfo("binary_sensor", "tod", unique_id=options.unique_id, name=options.name)
        super().__init__(house, info)
        self._options = options
        self._sun: dict[str, set[datetime]] = {"sunrise": set(), "sunset": set()}
        self._planned: Detach | None = None
        if {options.after, options.before} & set(_NEXT):
            self.on_change(_SUN, self._sun_changed)
            self._observe()
        self._look()

    def stop(self) -> None:
        if self._planned is not None:
            self._planned()
        super().stop()

    # --- the sun ---

    def _sun_changed(self, event: StateChanged) -> None:
        if self._observe():
            self._look()

    def _observe(self) -> bool:
        """Remember when the sun rises and sets next; True if that is news."""
        state = self.house.states.get(_SUN)
        news = False
        for event, name in _NEXT.items():
            told = state.attributes.get(name) if state is not None else None
            moment = _moment(told)
            if moment is not None and moment not in self._sun[event]:
                recent = {each for each in self._sun[event] if moment - each < 3 * _DAY}
                self._sun[event] = recent | {moment}
                news = True
        return news

    def _times(self, bound: time | str, offset: timedelta) -> Iterator[datetime]:
        """Yield when the bound is reached, from some days ago to some days ahead."""
        if isinstance(bound, time):
            zone = self.house.settings.time_zone
            today = self.house.clock.now().astimezone(zone).date()
            for days in range(-3, 4):
                yield moments_of(today + days * _DAY, bound, zone)[0] + offset
            return
        known = self._sun[bound]
        yield from (moment + offset for moment in known)
        if known:  # the day before and the day after, nearly
            yield min(known) - _DAY + offset
            yield max(known) + _DAY + offset

    # --- now and next ---

    def _look(self) -> None:
        options, now = self._options, self.house.clock.now()
        after = sorted(self._times(options.after, options.after_offset))
        before = sorted(self._times(options.before, options.before_offset))
        if self._planned is not None:
            self._planned()
            self._planned = None
        if not after or not before:
            self.write(None, {})
            return
        begun = [moment for moment in after if moment <= now]
        ended = [moment for moment in before if moment <= now]
        on = bool(begun) and (not ended or begun[-1] > ended[-1])
        begins = begun[-1] if on else _first(after, now)
        ends = _first(before, max(begins, now))
        due = ends if on else begins
        zone = self.house.settings.time_zone
        told = {"after": begins, "before": ends, "next_update": due}
        attributes = {name: moment.astimezone(zone).isoformat() for name, moment in told.items()}
        self.write(on, attributes)
        if due > now:
            self._planned = self.house.clock.call_at(due, self._look)


def _first(moments: list[datetime], later_than: datetime) -> datetime:
    return next((moment for moment in moments if moment > later_than), moments[-1])


def _moment(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value
    try:
        return datetime.fromisoformat(str(value))
    except ValueError:
        return None
