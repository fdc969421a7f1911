"""The ranges of a weekly schedule: which one holds now, and when the next one begins or ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

MIDNIGHT = time.max
"""The end of a range that lasts to the end of the day."""


@dataclass(frozen=True, slots=True)
class Span:
    """A range of a day, the end not included; `data` is shown while it holds."""

    begin: time
    end: time
    data: Mapping[str, Any] = field(default_factory=dict)

    def holds(self, clock: time) -> bool:
        return self.begin <= clock and (clock < self.end or self.end == MIDNIGHT)


Week = Sequence[Sequence[Span]]
"""The ranges of each day, Monday first."""


def span_at(week: Week, local: datetime) -> Span | None:
    """Return the range that holds at a local time."""
    clock = local.time()
    return next((span for span in week[local.weekday()] if span.holds(clock)), None)


def next_change(week: Week, now: datetime, zone: tzinfo) -> datetime | None:
    """Return when a range begins or ends next, after `now` (in UTC); None if there are no ranges."""
    today = now.astimezone(zone).date()
    # Yesterday's ranges may end at midnight, and today's weekday comes again in a week.
    days = [today + timedelta(days=ahead) for ahead in range(-1, 8)]
    moments = (moment for day in days for wall in _edges(week, day) for moment in _moments(wall, zone))
    change = min((moment for moment in moments if moment > now), default=None)
    return change.astimezone(zone) if change is not None else None


def _edges(week: Week, day: date) -> Iterator[datetime]:
    for span in week[day.weekday()]:
        yield datetime.combine(day, span.begin)
        end = span.end if span.end != MIDNIGHT else time()
        yield datetime.combine(day if span.end != MIDNIGHT else day + timedelta(days=1), end)


def _moments(wall: datetime, zone: tzinfo) -> Iterator[datetime]:
    """Yield in UTC when clocks show `wall`: twice where they are put back over it.

    A time that they jump over is taken as they would have shown it without the jump.
    """
    first, second = wall.replace(tzinfo=zone, fold=0), wall.replace(tzinfo=zone, fold=1)
    yield first.astimezone(UTC)
    before, after = first.utcoffset(), second.utcoffset()
    if before is not None and after is not None and before > after:
        yield second.astimezone(UTC)
