"""The ranges of a weekly schedule: which one holds now, and when the next one begins or ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from hub.api import moments_of

MIDNIGHT = time.max
"""The end of a range that lasts to the end of the day."""


@dataclass(frozen=True, slots=True)
class Span:
    """A range of a day, the end not included; `data` is shown while it holds."""

    begin: time
    end: time
    data: Mapping[str, Any] = field(default_factory=dict)


Week = Sequence[Sequence[Span]]
"""The ranges of each day, Monday first."""


def changes_around(week: Week, now: datetime, zone: tzinfo) -> tuple[Span | None, datetime | None]:
    """Return the range that holds `now` (in UTC), and when one begins or ends next; None if there is none.

    Where clocks go back a range comes once; where they go forward, one that would begin or end in the gap
    does so with the gap.
    """
    holds: Span | None = None
    for moment, span in _changes(week, now.astimezone(zone).date(), zone):
        if moment > now:
            return holds, moment.astimezone(zone)
        holds = span
    return None, None


def _changes(week: Week, today: date, zone: tzinfo) -> list[tuple[datetime, Span | None]]:
    """Return what holds from which moment on: the week before, and the week to come."""
    found: dict[datetime, Span | None] = {}
    for ahead in range(-8, 9):
        day = today + timedelta(days=ahead)
        for span in week[day.weekday()]:
            begin = moments_of(day, span.begin, zone)[0]
            if span.end == MIDNIGHT:
                end = moments_of(day + timedelta(days=1), time(), zone)[0]
            else:
                end = moments_of(day, span.end, zone)[0]
            if begin < end:
                found[begin] = span
                found.setdefault(end, None)
    return sorted(found.items(), key=lambda change: change[0])
