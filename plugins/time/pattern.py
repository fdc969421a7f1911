"""Patterns of hours, minutes and seconds, and when a clock matches them next."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import partial
from typing import Annotated, Any

from pydantic import PlainValidator

from hub.api import change_between, refuse

_HOUR = 3600
_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Unit:
    """The hours, minutes or seconds that match, in order; `source` is how they are written."""

    values: tuple[int, ...]
    source: str

    def steps_to(self, value: int, size: int) -> int:
        """Return how many steps a hand that shows `value` of `size` goes to the next that matches."""
        found = bisect_left(self.values, value)
        return self.values[found] - value if found < len(self.values) else self.values[0] + size - value


def _unit(value: Any, maximum: int) -> Unit | None:
    return None if value is None else Unit(_values(value, maximum), str(value))


def _values(value: Any, maximum: int) -> tuple[int, ...]:
    text = str(value).strip()
    if text == "*":
        return tuple(range(maximum + 1))
    digits = text.removeprefix("/")
    if isinstance(value, bool) or not isinstance(value, (int, str)) or not digits.isdecimal():
        raise refuse(f"{value!r} is no time pattern", f"Write *, /5, or a number from 0 to {maximum}.")
    number = int(digits)
    if number > maximum or (number == 0 and digits != text):
        raise refuse(f"{value!r} is out of range", f"Write *, /5, or a number from 0 to {maximum}.")
    return (number,) if digits == text else tuple(range(0, maximum + 1, number))


def _validator(maximum: int) -> PlainValidator:
    check: Callable[[Any], Unit | None] = partial(_unit, maximum=maximum)
    return PlainValidator(check)


Hours = Annotated[Unit | None, _validator(23)]
Minutes = Annotated[Unit | None, _validator(59)]
"""Minutes or seconds: a number, `*`, or `/n` for those that n divides."""

EACH_HOUR = Unit(tuple(range(24)), "*")
EACH_MINUTE = Unit(tuple(range(60)), "*")
ZERO = Unit((0,), "0")


@dataclass(frozen=True, slots=True)
class Pattern:
    """Matches a clock to the second."""

    hours: Unit
    minutes: Unit
    seconds: Unit

    @classmethod
    def of(cls, hours: Unit | None, minutes: Unit | None, seconds: Unit | None) -> Pattern:
        """Fill what is not given: below a unit that is given it is 0, above it is each."""
        if minutes is None and hours is not None:
            minutes = ZERO
        if seconds is None and minutes is not None:
            seconds = ZERO
        return cls(hours or EACH_HOUR, minutes or EACH_MINUTE, seconds or EACH_MINUTE)

    def next_match(self, after: datetime, zone: tzinfo) -> datetime:
        """Return the first whole second later than `after` (in UTC) at which the clock in `zone` matches.

        A time that comes twice matches twice, one that does not come not at all.
        """
        moment = after.replace(microsecond=0) + timedelta(seconds=1)
        while wait := self._wait(moment.astimezone(zone)):
            later = moment + timedelta(seconds=wait)
            if later.astimezone(zone).utcoffset() != moment.astimezone(zone).utcoffset():
                later = change_between(moment, later, zone)
            moment = later
        return moment

    def _wait(self, local: datetime) -> int:
        """Return the seconds until the clock may match if it is not changed, 0 if it matches."""
        past_hour = local.minute * _MINUTE + local.second
        if hours := self.hours.steps_to(local.hour, 24):
            return hours * _HOUR - past_hour
        if minutes := self.minutes.steps_to(local.minute, 60):
            return min(minutes * _MINUTE - local.second, _HOUR - past_hour)
        return min(self.seconds.steps_to(local.second, 60), _MINUTE - local.second)
