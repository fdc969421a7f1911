"""Read times: texts such as `5:00`, days of the week, and entities that hold a time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, tzinfo
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator

from hub.api import UNAVAILABLE, UNKNOWN, State, moments_of, refuse

_CLOCK = re.compile(r"(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?")
_TIMESTAMPS = ("timestamp", "uptime")

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_WEEK = get_args(Weekday)


def _days(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Weekdays = Annotated[tuple[Weekday, ...] | None, BeforeValidator(_days)]
"""One day of the week or several."""


def weekday_of(local: datetime) -> str:
    """Return `mon`, `tue` …"""
    day: str = _WEEK[local.weekday()]
    return day


def parse_time(text: str) -> time | None:
    """Return the time that `H:MM` or `H:MM:SS` says, None if it says none."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        return None
    try:
        return time(int(match[1]), int(match[2]), int(match[3] or 0))
    except ValueError:
        return None


def not_a_number(value: Any) -> None:
    """Refuse what YAML made of a time without quotes: seconds of the day, or minutes."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return
    hours, rest = divmod(int(value), 3600)
    raise refuse(
        f"a time is a text, not the number {value}",
        f"Write '{hours:02}:{rest // 60:02}:{rest % 60:02}' in quotes."
        if 3600 <= value < 86400
        else "Write it in quotes, such as '07:30:00'.",
    )


def moment_of(state: State | None, zone: tzinfo) -> time | datetime | None:
    """Return the time of day or the moment (in UTC) that an entity holds, None if it holds none."""
    if state is None:
        return None
    if state.domain == "input_datetime":
        return _of_input(state, zone)
    if state.state in (UNAVAILABLE, UNKNOWN):
        return None
    if state.domain == "time":
        return parse_time(state.state)
    if state.attributes.get("device_class") not in _TIMESTAMPS:
        return None
    try:
        moment = datetime.fromisoformat(state.state)
    except ValueError:
        return None
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).astimezone(UTC)


def _of_input(state: State, zone: tzinfo) -> time | datetime | None:
    given = state.attributes
    try:
        at = time_in(given) if given.get("has_time") else time()
        if given.get("has_date"):
            day = date(int(given["year"]), int(given["month"]), int(given["day"]))
            return next(iter(moments_of(day, at, zone)), None)
    except (KeyError, TypeError, ValueError):
        return None
    return at if given.get("has_time") else None


def time_in(attributes: Mapping[str, Any], default: time | None = None) -> time:
    """Return the time of day in an input_datetime's attributes; where a part is missing, `default`'s."""
    parts = (attributes.get(name, getattr(default, name, None)) for name in ("hour", "minute", "second"))
    hour, minute, second = (int(part) for part in parts)
    return time(hour, minute, second)
