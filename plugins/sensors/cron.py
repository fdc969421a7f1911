"""Find the next time that a cron pattern means, in a time zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hub.api import HubError

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_LONGEST_SEARCH = 366 * 8


class Cron:
    """Minute, hour, day of the month, month, day of the week (0 and 7 are Sunday).

    Raises `HubError` for a pattern that is none.
    """

    def __init__(self, pattern: str) -> None:
        fields = pattern.lower().split()
        if len(fields) != 5:
            raise HubError(f"{pattern!r} is no cron pattern", remedy="Write five fields, as in '0 0 1 * *'.")
        self.last_day = fields[2] == "l"
        if self.last_day:
            fields[2] = "*"
        names = ((), (), (), _MONTHS, _DAYS)
        parsed = [
            frozenset(_field(pattern, text, low, high, name))
            for text, (low, high), name in zip(fields, _RANGES, names, strict=True)
        ]
        self.minutes, self.hours, self.days, self.months = (sorted(each) for each in parsed[:4])
        self.weekdays = {day % 7 for day in parsed[4]}
        self._any_day, self._any_weekday = fields[2].startswith("*"), fields[4].startswith("*")
        self._every_hour = fields[1].startswith("*")

    def next(self, now: datetime, zone: ZoneInfo) -> datetime:
        """Return the first time after `now`, in `zone`.

        A time that the clocks leap over is moved; an hour that comes twice counts twice for patterns of
        every hour, once for others.
        """
        day = now.astimezone(zone).date()
        for _ in range(_LONGEST_SEARCH):
            if self._means(day):
                found = [moment for moment in self._on(day, zone) if moment > now]
                if found:
                    return min(found).astimezone(zone)
            day += timedelta(days=1)
        raise HubError("the cron pattern means no day")

    def _means(self, day: date) -> bool:
        if day.month not in self.months:
            return False
        weekday = day.isoweekday() % 7 in self.weekdays
        if self.last_day:
            return weekday and (day + timedelta(days=1)).day == 1
        in_month = day.day in self.days
        if self._any_day or self._any_weekday:
            return in_month and weekday
        return in_month or weekday

    def _on(self, day: date, zone: ZoneInfo) -> Iterator[datetime]:
        for hour in self.hours:
            for minute in self.minutes:
                local = datetime.combine(day, time(hour, minute), zone)
                yield local.astimezone(UTC)
                if self._every_hour:
                    yield local.replace(fold=1).astimezone(UTC)


def _field(pattern: str, text: str, low: int, high: int, names: tuple[str, ...]) -> Iterator[int]:
    for part in text.split(","):
        span, _, step_text = part.partition("/")
        first, dash, last = span.partition("-")
        try:
            step = int(step_text) if step_text else 1
            start = low if first == "*" else _value(first, names, low)
            end = _value(last, names, low) if dash else high if first == "*" or step_text else start
        except ValueError:
            raise HubError(f"{pattern!r} is no cron pattern: {part!r}") from None
        if not (low <= start <= end <= high and step > 0):
            raise HubError(f"{pattern!r} is no cron pattern: {part!r}")
        yield from range(start, end + 1, step)


def _value(text: str, names: tuple[str, ...], low: int) -> int:
    return names.index(text) + low if text in names else int(text)
