"""How an alarm follows a clock that is set."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from hub.core.clock import SimulatedClock
from plugins.time.alarm import Alarm

START = datetime(2024, 5, 6, 12, 0, tzinfo=UTC)


class SettableClock(SimulatedClock):
    """A wall clock beside the monotonic one, that is looked at every minute as the real one is."""

    def __init__(self) -> None:
        super().__init__(START)
        self.shift = timedelta()

    def now(self) -> datetime:
        return super().now() + self.shift

    def call_later(self, seconds: float, callback: Callable[[], None]):
        return super().call_at(super().now() + timedelta(seconds=seconds), callback)

    def call_at(self, when: datetime, callback: Callable[[], None]):
        stop = [lambda: None]

        def look() -> None:
            left = (when - self.now()).total_seconds()
            stop[0] = self.call_later(min(left, 60.0), look if left > 0 else callback)

        look()
        return lambda: stop[0]()

    def run(self, **more: float) -> None:
        until = super().now() + timedelta(**more)
        while self.run_next(until):
            pass


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
def rung(clock):
    """Return the moments at which an alarm for each day at 18:00 rang."""
    rung: list[datetime] = []

    def next_after(after: datetime) -> datetime:
        due = after.replace(hour=18, minute=0, second=0, microsecond=0)
        return due if due > after else due + timedelta(days=1)

    alarm = Alarm(clock, next_after, rung.append, "test")
    yield rung
    alarm.stop()
    clock.run(days=2)


def test_rings_each_time(clock, rung):
    clock.run(days=3)

    assert rung == [START.replace(hour=18) + timedelta(days=day) for day in range(3)]


def test_rings_when_a_small_step_went_over_the_moment(clock, rung):
    clock.run(hours=5, minutes=55)
    clock.shift = timedelta(minutes=8)
    clock.run(minutes=2)

    assert rung == [START.replace(hour=18)]


def test_leaves_out_what_is_long_ago(clock, rung, caplog):
    clock.shift = timedelta(hours=9)
    clock.run(hours=1)

    assert rung == []
    assert "2024-05-06 18:00:00+00:00 is left out" in caplog.text


def test_notices_that_the_clock_was_wrong_at_the_start(clock, rung):
    clock.run(minutes=1)
    clock.shift = timedelta(days=-400)
    clock.run(hours=7)

    assert [moment.date() for moment in rung] == [(START - timedelta(days=400)).date()]


def test_is_silent_once_stopped(clock):
    rung: list[datetime] = []
    alarm = Alarm(clock, lambda after: after + timedelta(minutes=1), rung.append, "test")

    alarm.stop()
    clock.run(days=1)

    assert rung == []


# --- once a day -------------------------------------------------------------------------------------


@pytest.fixture
def daily(clock):
    """Return the moments at which a daily alarm for 18:00 rang."""
    rung: list[datetime] = []

    def next_after(after: datetime) -> datetime:
        due = after.replace(hour=18, minute=0, second=0, microsecond=0)
        return due if due > after else due + timedelta(days=1)

    alarm = Alarm(clock, next_after, rung.append, "test", daily=True)
    yield rung
    alarm.stop()
    clock.run(days=2)


JUMPS = [timedelta(hours=1), timedelta(hours=-1), timedelta(minutes=59), timedelta(minutes=-61)]


@pytest.mark.parametrize("jump", JUMPS, ids=str)
@pytest.mark.parametrize("minutes", range(-90, 91, 15))
def test_a_step_of_an_hour_at_any_moment_costs_no_day_and_doubles_none(clock, daily, jump, minutes):
    clock.run(hours=6, minutes=minutes)
    clock.shift = jump
    clock.run(days=3)

    assert [moment.date() for moment in daily] == [
        (START + timedelta(days=day)).date() for day in range(len(daily))
    ]
    assert len(daily) in (3, 4)


@pytest.mark.parametrize("years", [-10, -1, 1, 10])
def test_after_a_step_of_years_it_rings_once_each_day_of_the_new_time(clock, daily, years):
    clock.run(days=1, hours=7)
    before = len(daily)
    clock.shift = timedelta(days=365 * years)
    clock.run(days=4)

    dates = [moment.date() for moment in daily[before:]]
    assert len(dates) in (3, 4)
    assert dates == [dates[0] + timedelta(days=day) for day in range(len(dates))]
    assert abs(dates[0] - (START + timedelta(days=2 + 365 * years)).date()) <= timedelta(days=1)


def test_steps_back_and_forth_in_the_minutes_around_it_ring_once(clock, daily):
    clock.run(hours=5, minutes=58)
    for turn in range(40):
        clock.shift = timedelta(minutes=-7 if turn % 2 else 0)
        clock.run(minutes=1)
    clock.shift = timedelta()
    clock.run(hours=2)

    assert daily == [START.replace(hour=18)]
