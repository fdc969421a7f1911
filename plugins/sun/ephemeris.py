"""Compute where the sun is, and when it rises, sets, and stands highest. The one home of astral.

The times are Home Assistant's to the second: those of astral 2.2, two steps of NOAA's formulae. astral's
own functions of today give at most one event for a day in UTC, and so lose the second where there are two.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from math import degrees
from typing import Annotated, Any, Literal

from astral import Observer, SunDirection, refraction_at_zenith, sun
from astral.julian import julianday, julianday_to_juliancentury
from pydantic import BeforeValidator

from hub.api import Settings


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


RiseOrSet = Annotated[Literal["sunrise", "sunset"], BeforeValidator(_lower)]
"""The events that a rule may name."""

SunEvent = Literal[
    "astronomical_dawn", "nautical_dawn", "dawn", "sunrise", "morning", "noon",
    "evening", "sunset", "dusk", "nautical_dusk", "astronomical_dusk", "midnight",
]  # fmt: skip

# How far the sun is from the zenith, in degrees. In the morning and the evening it is low in the sky.
_UPPER_EDGE = 90 + sun.SUN_APPARENT_RADIUS
_CROSSINGS: dict[SunEvent, tuple[float, SunDirection]] = {
    "astronomical_dawn": (108.0, SunDirection.RISING),
    "nautical_dawn": (102.0, SunDirection.RISING),
    "dawn": (96.0, SunDirection.RISING),
    "sunrise": (_UPPER_EDGE, SunDirection.RISING),
    "morning": (80.0, SunDirection.RISING),
    "evening": (80.0, SunDirection.SETTING),
    "sunset": (_UPPER_EDGE, SunDirection.SETTING),
    "dusk": (96.0, SunDirection.SETTING),
    "nautical_dusk": (102.0, SunDirection.SETTING),
    "astronomical_dusk": (108.0, SunDirection.SETTING),
}
_DAY = timedelta(days=1)
_DAY_MINUTES = 1440.0
# Near the poles the sun may rise only once a year.
_YEAR = 367
# Nearer to the pole than this, there is no telling where north is.
_HIGHEST_LATITUDE = 89.8


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
    """Return when (in UTC) the sun does so on a local day; None if it does not.

    Where the clocks are far from the sun, it is the first that does not come before that day.
    """
    here, zone = _here(settings), settings.time_zone
    found = _on(here, event, day)
    if found is not None and found.astimezone(zone).date() < day:
        return _on(here, event, day + _DAY)
    return found


def position(settings: Settings, moment: datetime) -> tuple[float, float]:
    """Return the sun's elevation, as the air bends its light, and azimuth in degrees."""
    zenith, azimuth = sun.zenith_and_azimuth(Observer(*_here(settings)), moment)
    return round(90 - zenith, 2), round(azimuth, 2)


def height(settings: Settings, moment: datetime) -> float:
    """Return by how many degrees the sun's upper edge is over the horizon, as it is seen from here."""
    here = _here(settings)
    zenith, _ = sun.zenith_and_azimuth(Observer(*here), moment, with_refraction=False)
    horizon = _UPPER_EDGE + sun.adjust_to_horizon(here[2])
    return horizon + refraction_at_zenith(horizon) - zenith


_Here = tuple[float, float, float]


def _here(settings: Settings) -> _Here:
    return settings.latitude, settings.longitude, settings.elevation


@lru_cache(maxsize=8192)
def _on(here: _Here, event: SunEvent, day: date) -> datetime | None:
    """Return when the sun does so in its turn round the earth that has its noon about that day's noon."""
    midnight = datetime.combine(day, time(), UTC)
    if event in ("noon", "midnight"):
        # Home Assistant tells these in full seconds.
        return midnight + timedelta(seconds=int(_meridian(here, event, day) * 60))
    try:
        return midnight + sun.minutes_to_timedelta(_crossing(here, *_CROSSINGS[event], day))
    except ValueError:  # the sun stays above or below
        return None


def _meridian(here: _Here, event: SunEvent, day: date) -> float:
    """Return the minutes from 0:00 UTC until the sun stands highest, or lowest."""
    longitude = here[1]
    if event == "noon":
        return 720.0 - 4 * longitude - sun.eq_of_time(_century(day, 0.0))
    return -4 * longitude - sun.eq_of_time(_century(day, 0.5 - longitude / 360))


def _crossing(here: _Here, zenith: float, direction: SunDirection, day: date) -> float:
    """Return the minutes from 0:00 UTC until the sun comes by; raises ValueError if it does not."""
    latitude, longitude, elevation = here
    latitude = max(-_HIGHEST_LATITUDE, min(_HIGHEST_LATITUDE, latitude))
    zenith += sun.adjust_to_horizon(elevation)
    bent = refraction_at_zenith(zenith)
    minutes = 0.0
    for seen in (zenith - bent, zenith + bent):  # the first step need only be near
        century = _century(day, minutes / _DAY_MINUTES)
        angle = sun.hour_angle(latitude, sun.sun_declination(century), seen, direction)
        minutes = 720.0 - 4 * (longitude + degrees(angle)) - sun.eq_of_time(century)
    return minutes


def _century(day: date, fraction: float) -> float:
    return julianday_to_juliancentury(julianday(day) + fraction)
