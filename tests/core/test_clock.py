"""Timers run in the order they fall due, once, on the simulated clock and on the machine's."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.core.clock import SimulatedClock, SystemClock

START = datetime(2024, 5, 6, 12, 0, tzinfo=UTC)


@given(st.lists(st.floats(0, 1000), max_size=30))
def test_timers_run_in_order_and_all_of_them(delays):
    clock = SimulatedClock(START)
    ran = []
    for delay in delays:
        clock.call_later(delay, lambda delay=delay: ran.append(delay))
    while clock.run_next(START + timedelta(seconds=2000)):
        pass
    assert [round(delay, 6) for delay in ran] == sorted(round(delay, 6) for delay in delays)


def test_a_cancelled_timer_does_not_run():
    clock = SimulatedClock(START)
    ran = []
    cancel = clock.call_later(1, lambda: ran.append(1))
    cancel()
    cancel()
    assert not clock.run_next(START + timedelta(hours=1))
    assert ran == []


def test_monotonic_time_moves_with_the_wall():
    clock = SimulatedClock(START)
    before = clock.monotonic()
    clock.run_next(START + timedelta(seconds=90))
    assert clock.monotonic() - before == 90


async def test_the_systems_clock_wakes_at_a_wall_time():
    clock = SystemClock()
    done = asyncio.get_running_loop().create_future()
    clock.call_at(clock.now(), lambda: done.set_result(clock.now()))
    assert await done
