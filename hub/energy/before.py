"""Find the time that something is compared with: a day with the day before, a month with the month before."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


def before(since: float, until: float, zone: ZoneInfo) -> tuple[float, float]:
    """Return the time before one: as long, and beginning alike.

    What begins with a day, a week, a month or a year and is not longer than that is compared with the one
    before, up to the same point; other whole days with as many days before, and the rest with what lasted as
    long until then.
    """
    begin = datetime.fromtimestamp(since, zone).replace(tzinfo=None)
    length = datetime.fromtimestamp(until, zone).replace(tzinfo=None) - begin
    if begin != _midnight(begin):
        return since - (until - since), since
    old = _same_of_before(begin, length)
    start, end = (each.replace(tzinfo=zone).timestamp() for each in (old, old + length))
    return start, min(end, since)


def _same_of_before(begin: datetime, length: timedelta) -> datetime:
    if length <= DAY:
        return begin - DAY
    if begin.weekday() == 0 and length <= 7 * DAY:
        return begin - 7 * DAY
    month = _month_before(begin)
    if begin.day == 1 and begin + length <= _month_after(begin):
        return month
    if begin.day == begin.month == 1 and length <= 366 * DAY:
        return begin.replace(year=begin.year - 1)
    return begin - math.ceil(length / DAY) * DAY


def _midnight(local: datetime) -> datetime:
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def _month_before(local: datetime) -> datetime:
    return (local.replace(day=1) - DAY).replace(day=1)


def _month_after(local: datetime) -> datetime:
    return (local.replace(day=1) + 32 * DAY).replace(day=1)
