"""Find when a local clock will show a time, also on the days on which clocks change.

This is the one place that decides what becomes of a time that a day does not have, or has twice.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

Skipped = Literal["after_gap", "skip"]
Repeated = Literal["first", "both"]

# Home Assistant has "skip" and "both". A daily job should be done once a day.
SKIPPED: Skipped = "after_gap"
REPEATED: Repeated = "first"

_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)


def next_occurrence(
    after: datetime, at: time, zone: tzinfo, *, skipped: Skipped = SKIPPED, repeated: Repeated = REPEATED
) -> datetime:
    """Return the first moment (in UTC) later than `after` at which it is `at` in `zone`.

    Where clocks go forward over `at`, that is the end of the gap, or with `skip` another day. Where
    they go back, `at` counts the first time only, or with `both` twice.
    """
    day = after.astimezone(zone).date() - _DAY
    while True:
        for moment in moments_of(day, at, zone, skipped=skipped, repeated=repeated):
            if moment > after:
                return moment
        day += _DAY


def moments_of(
    day: date, at: time, zone: tzinfo, *, skipped: Skipped = SKIPPED, repeated: Repeated = REPEATED
) -> list[datetime]:
    """Return the moments (in UTC) of one day at which it is `at`: mostly one."""
    local = datetime.combine(day, at.replace(fold=0), zone)
    first, second = local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)
    if first == second:
        return [first]
    if first < second:
        return [first, second] if repeated == "both" else [first]
    # A time in a gap: read by the clock as it was before, it lies after the gap, and the other way round.
    return [change_between(second, first, zone)] if skipped == "after_gap" else []


def change_between(early: datetime, late: datetime, zone: tzinfo) -> datetime:
    """Return the first whole second after `early` at which the clock is set as it is at `late`."""
    wanted = late.astimezone(zone).utcoffset()
    while late - early > _SECOND:
        middle = early + timedelta(seconds=(late - early) // _SECOND // 2)
        if middle.astimezone(zone).utcoffset() == wanted:
            late = middle
        else:
            early = middle
    return late
