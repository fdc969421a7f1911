"""Read times and durations as people write them, and say durations in words."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta, timezone

_DATE_AND_TIME = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,6})\d*)?)?"
    r"\s?(Z|[+-]\d{2}(?::?\d{2})?)?"
)
_CLOCK = re.compile(
    r"(?:(?P<days>-?\d+) (?:days?,? ?)?)?(?P<sign>[-+]?)"
    r"(?:(?:(?P<hours>\d+):(?=\d+:\d))?(?:(?P<minutes>\d+):)?(?P<seconds>\d+(?:[.,]\d+)?))?"
)
_ISO = re.compile(
    r"(?P<sign>[-+]?)P(?:(?P<weeks>\d+(?:[.,]\d+)?)W)?(?:(?P<days>\d+(?:[.,]\d+)?)D)?"
    r"(?:T(?:(?P<hours>\d+(?:[.,]\d+)?)H)?(?:(?P<minutes>\d+(?:[.,]\d+)?)M)?"
    r"(?:(?P<seconds>\d+(?:[.,]\d+)?)S)?)?"
)
_UNITS = (("year", 31_536_000), ("month", 2_592_000), ("day", 86_400), ("hour", 3600), ("minute", 60))


def parse_datetime(text: str) -> datetime:
    """Read a date with or without a time and a zone; raises `ValueError`."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        match = _DATE_AND_TIME.fullmatch(text)
        if match is None:
            raise
    *numbers, fraction, zone = match.groups()
    year, month, day, hour, minute, second = (int(number or 0) for number in numbers)
    return datetime(
        year, month, day, hour, minute, second, int((fraction or "").ljust(6, "0")), tzinfo=_zone(zone)
    )


def _zone(text: str | None) -> timezone | None:
    if text is None or text == "Z":
        return None if text is None else UTC
    minutes = int(text[1:3]) * 60 + (int(text[-2:]) if len(text) > 3 else 0)
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def parse_time(text: str) -> time | None:
    """Read `H:MM` or `H:MM:SS`; None for anything else."""
    parts = str(text).split(":")
    if len(parts) < 2:
        return None
    try:
        return time(int(parts[0]), int(parts[1]), int(parts[2]) if len(parts) > 2 else 0)
    except ValueError:
        return None


def parse_duration(value: str) -> timedelta | None:
    """Read `1:30:00`, `2 days, 3:04:05.6`, `90` (seconds) or ISO 8601 `PT1H30M`; None for anything else."""
    if not value:
        return None
    match = _ISO.fullmatch(value)
    if match is not None:
        whole = _sum(match, "weeks", "days", "hours", "minutes", "seconds")
        return -whole if match["sign"] == "-" else whole
    match = _CLOCK.fullmatch(value)
    if match is None or (match["sign"] and match["seconds"] is None):
        return None
    within = _sum(match, "hours", "minutes", "seconds")
    return timedelta(days=int(match["days"] or 0)) + (-within if match["sign"] == "-" else within)


def _sum(match: re.Match[str], *units: str) -> timedelta:
    given = {unit: float(match[unit].replace(",", ".")) for unit in units if match[unit]}
    return timedelta(**given)


def age(seconds: int, precision: int = 1) -> str:
    """Say a duration in its `precision` greatest units, the last one rounded; 0 says all units."""
    if seconds == 0:
        return "0 seconds"
    said: list[str] = []
    for unit, size in (*_UNITS, ("second", 1)):
        if seconds < size:
            continue
        if len(said) + 1 == precision:
            said.append(_count(round(seconds / size), unit))
            break
        said.append(_count(seconds // size, unit))
        seconds %= size
    return " ".join(said)


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
