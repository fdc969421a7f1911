"""Traces outlive the process: the latest of each automation, and longer what failed."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from hub.automation.trace import FAILURES, Trace, Traces
from hub.core.cause import Cause
from hub.core.clock import SimulatedClock
from hub.storage import traces as module
from hub.storage.traces import TraceArchive
from hub.testing.house import START


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "traces.db"


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(START)


async def opened(file, clock):
    archive = await TraceArchive.open(file, clock)
    traces = Traces()
    traces.archived = True
    archive.attend(traces, FAILURES)
    return archive, traces


def ran(traces, number, clock, outcome="finished", item="automation.a", most=50):
    trace = Trace(number, item, clock.timestamp(), Cause(), {})
    trace.end(outcome, clock.timestamp())
    traces.keep(trace, most)
    return trace


async def until_written(archive, traces, clock):
    while not traces.is_drained:
        clock.run_next(clock.now() + timedelta(seconds=1))
        if archive._writing is not None:
            await archive._writing


async def numbers(archive, item="automation.a"):
    return [trace["run"] for trace in await archive.of(item)]


async def test_the_latest_fifty_are_there_after_a_restart(file, clock):
    archive, traces = await opened(file, clock)
    for number in range(1, 81):
        ran(traces, number, clock)
        if number % 30 == 0:
            await until_written(archive, traces, clock)
    await archive.close()
    again, _ = await opened(file, clock)
    assert await numbers(again) == list(range(31, 81))
    assert again.last == 80
    await again.close()


async def test_what_was_not_written_within_a_second_of_the_stop_is_a_matter_of_speed_only(file, clock):
    archive, traces = await opened(file, clock)
    for number in range(1, 2001):
        ran(traces, number, clock, item=f"automation.a{number % 40}")
    await archive.close()
    again, _ = await opened(file, clock)
    assert len(await again.summary()) == 40
    await again.close()


async def test_failures_stay_for_thirty_days_whatever_comes_after_them(file, clock):
    archive, traces = await opened(file, clock)
    ran(traces, 1, clock, "error")
    for number in range(2, 200):
        ran(traces, number, clock)
        if number % 40 == 0:
            await until_written(archive, traces, clock)
    await archive.close()
    later = SimulatedClock(START + timedelta(days=29))
    again, _ = await opened(file, later)
    assert (await numbers(again))[0] == 1
    assert len(await numbers(again)) == 51
    await again.close()
    again, _ = await opened(file, SimulatedClock(START + timedelta(days=31)))
    assert 1 not in await numbers(again)
    await again.close()


async def test_the_number_of_failures_has_a_bound(file, clock, monkeypatch):
    monkeypatch.setattr(module, "MOST_FAILURES", 10)
    archive, traces = await opened(file, clock)
    for number in range(1, 31):
        ran(traces, number, clock, "error")
    await archive.close()
    again, _ = await opened(file, clock)
    assert await numbers(again) == list(range(21, 31))
    await again.close()


async def test_an_automation_may_want_fewer(file, clock):
    archive, traces = await opened(file, clock)
    for number in range(1, 20):
        ran(traces, number, clock, most=3)
        await until_written(archive, traces, clock)
    assert await numbers(archive) == [17, 18, 19]
    await archive.close()


async def test_a_busy_automation_does_not_keep_another_from_being_written(file, clock):
    archive, traces = await opened(file, clock)
    for number in range(1, 51):
        ran(traces, number, clock)
    ran(traces, 51, clock, item="automation.b")
    clock.run_next(clock.now() + timedelta(seconds=1))
    await archive._writing
    assert await numbers(archive, "automation.b") == [51]
    await archive.close()


async def test_what_devices_answer_later_is_written_too(file, clock):
    archive, traces = await opened(file, clock)
    trace = ran(traces, 1, clock)
    await until_written(archive, traces, clock)
    trace.cause.answered(("switch.x", "on", clock.timestamp(), "message x: ON"))
    for _ in range(60):
        clock.run_next(clock.now() + timedelta(seconds=1))
        await archive._writing
    [told] = await archive.of("automation.a")
    assert told["answers"][0]["state"] == "on"
    await archive.close()


async def test_where_the_file_cannot_be_written_the_house_goes_on(file, clock, caplog):
    archive, traces = await opened(file, clock)
    await archive._database.execute("PRAGMA query_only=ON")
    ran(traces, 1, clock)
    await until_written(archive, traces, clock)
    assert "traces can't be kept" in caplog.text
    await archive.close()


async def test_the_first_released_schema_still_opens(tmp_path, clock):
    frozen = Path(__file__).parents[1] / "old_databases" / "traces-1.sql"
    file = tmp_path / "traces.db"
    database = sqlite3.connect(file)
    database.executescript(frozen.read_text())
    database.close()
    archive, _ = await opened(file, clock)
    assert await numbers(archive) == [7]
    await archive.close()
