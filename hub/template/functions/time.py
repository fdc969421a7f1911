"""Tell and calculate the time in the house's own zone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hub.template.durations import age, parse_datetime, parse_duration, parse_time
from hub.template.inputs import MISSING, TooMuch, fallback
from hub.template.sources import Sources
from hub.template.table import BOTH, CALL, FILTER, TEST, Function

DATE_AND_TIME = "%Y-%m-%d %H:%M:%S"
LONGEST_FORMAT = 200
_NOT_A_TIME = (ValueError, TypeError, OverflowError, OSError)


class TimeFunctions:
    """The functions that know the house's clock and zone."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def utcnow(self) -> datetime:
        if self._sources.notes.on:
            self._sources.notes.time = True
        return self._sources.clock.now()

    def now(self) -> datetime:
        return self.utcnow().astimezone(self._sources.settings.time_zone)

    def today_at(self, time_str: str = "") -> datetime:
        now = self.now()
        of_day = parse_time(time_str) if time_str else time()
        if of_day is None:
            raise ValueError(f"could not convert {type(time_str).__name__} to datetime: '{time_str}'")
        return datetime.combine(now.date(), of_day, now.tzinfo)

    def as_local(self, value: datetime) -> datetime:
        zone = self._sources.settings.time_zone
        if value.tzinfo is None:
            return value.replace(tzinfo=zone)
        return value if value.tzinfo == zone else value.astimezone(zone)

    def as_timestamp(self, value: Any, default: Any = MISSING) -> Any:
        try:
            when = value if isinstance(value, datetime) else parse_datetime(self._sources.budget.shown(value))
            return self.as_local(when).timestamp()
        except _NOT_A_TIME:
            return fallback("as_timestamp", value, default)

    def timestamp_custom(
        self, value: Any, date_format: str = DATE_AND_TIME, local: bool = True, default: Any = MISSING
    ) -> Any:
        try:
            when = datetime.fromtimestamp(value, UTC)
            _short(date_format)
            return (self.as_local(when) if local else when).strftime(date_format)
        except _NOT_A_TIME:
            return fallback("timestamp_custom", value, default)

    def timestamp_local(self, value: Any, default: Any = MISSING) -> Any:
        try:
            return self.as_local(datetime.fromtimestamp(value, UTC)).isoformat()
        except _NOT_A_TIME:
            return fallback("timestamp_local", value, default)

    def relative_time(self, value: Any) -> Any:
        return self.time_since(value)

    def time_since(self, value: Any, precision: int = 1) -> Any:
        """Say how long ago a time was; what is no time, or is to come, is returned as it is."""
        return self._between(value, precision, 1)

    def time_until(self, value: Any, precision: int = 1) -> Any:
        """Say how long it is to a time; what is no time, or is over, is returned as it is."""
        return self._between(value, precision, -1)

    def _between(self, value: Any, precision: int, direction: int) -> Any:
        now = self.now()
        if not isinstance(value, datetime):
            return value
        when = self.as_local(value) if value.tzinfo is None else value
        seconds = (now - when).total_seconds() * direction
        return value if seconds < 0 else age(round(seconds), precision)


def as_datetime(value: Any, default: Any = MISSING) -> Any:
    """Read a time from a text, or from seconds since 1970; a text that is none gives None."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    try:
        return datetime.fromtimestamp(float(value), UTC)
    except _NOT_A_TIME:
        pass
    try:
        return parse_datetime(value)
    except _NOT_A_TIME:
        if default is MISSING and isinstance(value, str):
            return None
        return fallback("as_datetime", value, default)


def timestamp_utc(value: Any, default: Any = MISSING) -> Any:
    try:
        return datetime.fromtimestamp(value, UTC).isoformat()
    except _NOT_A_TIME:
        return fallback("timestamp_utc", value, default)


def strptime(string: str, fmt: str, default: Any = MISSING) -> Any:
    _short(fmt)
    try:
        return datetime.strptime(string, fmt)  # noqa: DTZ007  # the format says whether there is a zone
    except (ValueError, AttributeError, TypeError, re.error):  # the last for a field named twice
        return fallback("strptime", string, default)


def _short(format: str) -> None:
    # Python makes a regular expression of it, however long.
    if len(format) > LONGEST_FORMAT:
        raise TooMuch(f"it formats a time with more than {LONGEST_FORMAT} characters")


def timedelta_string(value: Any, precision: int = 1) -> Any:
    """Say a duration in words; `precision` 0 says all of it."""
    if not isinstance(value, timedelta):
        return value
    return age(abs(round(value.total_seconds())), precision)


def functions(sources: Sources) -> list[Function]:
    house = TimeFunctions(sources)
    return [
        Function("now", house.now, CALL, limited=False),
        Function("utcnow", house.utcnow, CALL, limited=False),
        Function("today_at", house.today_at, BOTH, limited=False),
        Function("relative_time", house.relative_time, BOTH, limited=False),
        Function("time_since", house.time_since, BOTH, limited=False),
        Function("time_until", house.time_until, BOTH, limited=False),
        Function("timedelta_string", timedelta_string),
        Function("as_datetime", as_datetime),
        Function("as_timestamp", house.as_timestamp),
        Function("as_local", house.as_local),
        Function("as_timedelta", parse_duration),
        Function("strptime", strptime, CALL),
        Function("timedelta", timedelta, CALL),
        Function("timestamp_custom", house.timestamp_custom, FILTER),
        Function("timestamp_local", house.timestamp_local, FILTER),
        Function("timestamp_utc", timestamp_utc, FILTER),
        Function("datetime", lambda value: isinstance(value, datetime), TEST),
    ]
