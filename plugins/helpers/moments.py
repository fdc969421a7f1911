"""Read dates, times of day and moments as Home Assistant does: from texts, or ready made."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Annotated, Any

from pydantic import PlainValidator

from hub.api import refuse

_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_TIME = re.compile(r"(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,6})\d*)?)?")
_ZONE = re.compile(r"Z|[+-]\d{2}(?::?\d{2})?$")


def parse_date(text: str) -> date | None:
    """Return the date that `2026-02-03` says, None if the text says none."""
    match = _DATE.fullmatch(text.strip())
    try:
        return date(*map(int, match.groups())) if match is not None else None
    except ValueError:
        return None


def parse_time(text: str) -> time | None:
    """Return the time that `7:30` or `07:30:00` says, None if the text says none."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    hour, minute, second, fraction = match.groups()
    try:
        return time(int(hour), int(minute), int(second or 0), int((fraction or "0").ljust(6, "0")))
    except ValueError:
        return None


def parse_moment(text: str) -> datetime | None:
    """Return the moment that a text says, with a zone if it says one; a date alone means its midnight."""
    text = text.strip()
    day, _, rest = text.replace("T", " ", 1).partition(" ")
    found = parse_date(day)
    zone = _ZONE.search(rest)
    clock = parse_time(rest[: zone.start()] if zone is not None else rest) if rest else time()
    if found is None or clock is None:
        return None
    try:
        # The text may be of a form that `fromisoformat` refuses; a zone alone never is.
        return datetime.combine(found, clock, _zone(zone[0]) if zone is not None else None)
    except ValueError:
        return None


def _zone(text: str) -> Any:
    return datetime.fromisoformat(f"2000-01-01T00:00:00{text}").tzinfo


def _date(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    found = value if isinstance(value, date) else parse_date(str(value))
    if found is None:
        raise refuse(f"{value!r} is no date", "Write it as '2026-02-03'.")
    return found


def _time(value: Any) -> time:
    if isinstance(value, datetime):
        return value.time()
    found = value if isinstance(value, time) else parse_time(str(value))
    if found is None:
        raise refuse(f"{value!r} is no time of day", "Write it in quotes, such as '07:30:00'.")
    return found


def _moment(value: Any) -> datetime:
    found = value if isinstance(value, datetime) else parse_moment(str(value))
    if found is None:
        raise refuse(f"{value!r} is no date with a time", "Write it as '2026-02-03 07:30:00'.")
    return found


DateField = Annotated[date, PlainValidator(_date)]
TimeField = Annotated[time, PlainValidator(_time)]
MomentField = Annotated[datetime, PlainValidator(_moment)]
