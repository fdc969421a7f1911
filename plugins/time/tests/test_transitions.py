"""Every change of clocks from 2020 to 2030 in twelve zones: a daily time fires once a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from hub.api import next_occurrence
from hub.core.settings import Settings
from hub.testing import SimulatedHouse

ZONES = (
    "Europe/Berlin", "Europe/London", "Europe/Lisbon", "America/New_York", "America/Los_Angeles",
    "America/St_Johns", "America/Sao_Paulo", "America/Santiago", "Australia/Lord_Howe", "Pacific/Auckland",
    "Africa/Cairo", "Asia/Tehran",
)  # fmt: skip
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@cache
def transitions(name: str) -> tuple[datetime, ...]:
    """Return the first moments (in UTC) at which the clock is another."""
    zone = ZoneInfo(name)
    found = []
    moment, end = datetime(2020, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
    while moment < end:
        if offset(moment, zone) != offset(moment + HOUR, zone):
            low, high = moment, moment + HOUR
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                low, high = (middle, high) if offset(middle, zone) == offset(low, zone) else (low, middle)
            found.append(high.replace(microsecond=0))
        moment += HOUR
    return tuple(found)


def offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    shift = moment.astimezone(zone).utcoffset()
    assert shift is not None
    return shift


def times_around(change: datetime, zone: ZoneInfo) -> Iterator[time]:
    """Yield times of day before, in and after what a change skips or repeats, to the second."""
    before = (change - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None)
    after = change.astimezone(zone).replace(tzinfo=None)
    for edge in (before, after):
        for seconds in (-3600, -1800, -1, 0, 1, 900, 1800, 3599, 3600):
            yield (edge + timedelta(seconds=seconds)).time()
    yield time(0)
    yield time(12)


def test_there_are_many():
    assert sum(len(transitions(name)) for name in ZONES) > 200


@pytest.mark.parametrize("name", ZONES)
def test_each_time_comes_once_on_each_day_around_every_change(name):
    zone = ZoneInfo(name)
    for change in transitions(name):
        for at in sorted(set(times_around(change, zone))):
            local = change.astimezone(zone).date()
            days = [local + day * DAY for day in range(-2, 3)]
            moment = datetime.combine(days[0], time(), zone).astimezone(UTC) - timedelta(seconds=1)
            rung: list[datetime] = []
            while True:
                moment = next_occurrence(moment, at, zone)
                if moment.astimezone(zone).date() > days[-1]:
                    break
                rung.append(moment)
            check(rung, days, at, change, zone)


def check(rung: list[datetime], days: list[date], at: time, change: datetime, zone: ZoneInfo) -> None:
    assert len(rung) == len(days), (change, at)
    for moment, day in zip(rung, days, strict=True):
        shown = moment.astimezone(zone)
        if shown.time() == at:
            assert shown.date() == day
            assert not shown.fold, f"{at} counts the first time it comes"
        else:  # the day does not have it: right after the gap
            assert moment == change
            assert offset(change - timedelta(seconds=1), zone) < offset(change, zone)


@pytest.mark.parametrize("name", ZONES)
async def test_an_automation_runs_once_a_day_through_every_change(name):
    """Through a whole house, with the times at which clocks change in this zone."""
    zone = ZoneInfo(name)
    changes = transitions(name)[-4:]
    for change in changes:
        house = SimulatedHouse(start=change - 3 * DAY, settings=Settings(time_zone=zone))
        ats = sorted(set(times_around(change, zone)))
        rules = [
            {
                "id": f"at_{number}",
                "triggers": {"trigger": "time", "at": at.isoformat()},
                "actions": {
                    "action": "test.automation",
                    "data": {"day": "{{ trigger.now.date() | string }}", "number": number},
                },
            }
            for number, at in enumerate(ats)
        ]
        house.set_up({"automation": rules})
        await house.advance(5 * 86400)
        local = change.astimezone(zone).date()
        counted = Counter((str(call.data["day"]), call.data["number"]) for call in house.calls)
        for number in range(len(ats)):
            for day in (local - DAY, local, local + DAY):
                assert counted[str(day), number] == 1, (change, ats[number], day)
        await house.stop()
