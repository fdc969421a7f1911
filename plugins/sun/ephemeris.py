"""Compute where the sun is, and when it rises, sets, and stands highest. The one home of astral."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal

from astral import Observer, sun

from hub.api import Settings

SunEvent = Literal["sunrise", "sunset", "dawn", "dusk", "noon", "midnight"]

_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "sunrise": sun.sunrise,
    "sunset": sun.sunset,
    "dawn": sun.dawn,
    "dusk": sun.dusk,
    "noon": sun.noon,
    "midnight": sun.midnight,
}
_DAY = timedelta(days=1)
# Near the poles the sun may rise only once a year.
_YEAR = 367


def next_event(
    settings: Settings, event: SunEvent, after: datetime, offset: timedelta = timedelta()
) -> datetime | None:
    """Return the first moment (in UTC) later than `after` that lies `offset` from a sun's event.

    None where the sun does not do so within a year.
    """
    here = _here(settings)
    day = (after - offset).astimezone(UTC).date() - _DAY
    for _ in range(_YEAR):
        found = _on(here, event, day)
        if found is not None and found + offset > after:
            return found + offset
        day += _DAY
    return None


def event_of_day(settings: Settings, event: SunEvent, day: date) -> datetime | None:
    """Return when (in UTC) the sun does so on a local day, or next after it; None if it does not."""
    here, zone = _here(settings), settings.time_zone
    later: list[datetime] = []
    for each in (day - _DAY, day, day + _DAY):
        found = _on(here, event, each)
        if found is None:
            continue
        local = found.astimezone(zone).date()
        if local == day:
            return found
        if local > day:
            later.append(found)
    return later[0] if later else None


def position(settings: Settings, moment: datetime) -> tuple[float, float]:
    """Return the sun's elevation and azimuth in degrees."""
    here = Observer(*_here(settings))
    return round(sun.elevation(here, moment), 2), round(sun.azimuth(here, moment), 2)


_Here = tuple[float, float, float]


def _here(settings: Settings) -> _Here:
    return settings.latitude, settings.longitude, settings.elevation


@lru_cache(maxsize=4096)
def _on(here: _Here, event: SunEvent, day: date) -> datetime | None:
    """Return when the sun does so on a day in UTC; None if it does not on that day."""
    try:
        found: datetime = _FUNCTIONS[event](Observer(*here), day, tzinfo=UTC)
    except ValueError:  # astral's way to say that the sun stays above or below
        return None
    return found
