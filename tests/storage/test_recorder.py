"""What happens is recorded beside the house's work, and nothing that goes wrong there stops the house."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hub.core.cause import Cause
from hub.core.errors import StoreFailed
from hub.storage import recorder as recording_module
from hub.storage import retention
from hub.testing.house import START


def rows(folder: Path, query: str) -> list[tuple[Any, ...]]:
    db = sqlite3.connect(folder / "history.db")
    try:
        return db.execute(query).fetchall()
    finally:
        db.close()


async def test_what_was_comes_back_with_its_time_and_attributes(recording):
    recording.set("sensor.a", "1", {"unit_of_measurement": "W"})
    await recording.advance(10)
    recording.set("sensor.a", "2", {"unit_of_measurement": "W", "battery": 80})
    await recording.advance(10)
    recording.set("sensor.a", "2", {"unit_of_measurement": "W", "battery": 79})

    found = (await recording.history.states(["sensor.a"], 0, attributes=True))["sensor.a"]

    assert [each.state for each in found] == ["1", "2", "2"]
    assert [round(each.at - recording.now) for each in found] == [-20, -10, 0]
    assert found[-1].changed == found[1].at
    assert [each.attributes.get("battery") for each in found] == [None, 80, 79]


@pytest.mark.parametrize("entity_id", ["automation.heater", "script.heater"])
async def test_of_what_runs_only_the_states_are_recorded(recording, entity_id):
    recording.set(entity_id, "on", {"current": 0})
    await recording.advance(10)
    recording.set(entity_id, "on", {"current": 1})
    await recording.advance(10)
    recording.set(entity_id, "off", {"current": 0})

    found = (await recording.history.states([entity_id], 0, attributes=True))[entity_id]

    assert [each.state for each in found] == ["on", "off"]


async def test_what_is_there_already_is_recorded_at_the_start(start):
    house = await start()
    house.set("light.a", "on")
    await house.archive.close()
    again = await start()
    assert (await again.told("light.a"))[-1][1] == "on"


async def test_nothing_is_written_before_a_second_has_passed(recording, tmp_path):
    await recording.archive.ready()
    recording.set("sensor.a", "1")
    await recording.advance(0.9)
    assert recording.archive.recorder.waiting == 1
    await recording.advance(0.2)
    await until(lambda: recording.archive.recorder.waiting == 0)
    assert rows(tmp_path, "SELECT state FROM changes") == [("1",)]


async def until(condition):
    while not condition():  # noqa: ASYNC110  # the writer's thread tells nobody
        await asyncio.sleep(0.001)


async def test_five_hundred_changes_are_written_at_once(recording):
    await recording.archive.ready()
    for number in range(500):
        recording.set("sensor.a", str(number))
    await until(lambda: recording.archive.recorder.waiting == 0)
    assert len(await recording.told("sensor.a")) == 500


async def test_names_and_attributes_are_written_once(recording, tmp_path):
    for number in range(50):
        recording.set("sensor.a", str(number), {"friendly_name": "A", "on": number % 2})
    await recording.archive.ready()
    assert rows(tmp_path, "SELECT count(*) FROM changes") == [(50,)]
    assert rows(tmp_path, "SELECT count(*) FROM attributes") == [(2,)]
    assert rows(tmp_path, "SELECT count(*) FROM entities") == [(1,)]


async def test_attributes_are_found_again_after_a_restart(start, tmp_path):
    for _ in range(2):
        house = await start()
        house.set("sensor.a", "1", {"friendly_name": "A"})
        await house.archive.close()
    assert rows(tmp_path, "SELECT count(*) FROM attributes") == [(1,)]


async def test_changes_in_one_moment_are_all_kept_in_their_order(recording):
    for state in ("1", "2", "3"):
        recording.set("sensor.a", state)
    assert [state for _, state in await recording.told("sensor.a")] == ["1", "2", "3"]


async def test_filters_decide_what_is_recorded(start):
    house = await start({"exclude": {"domains": ["sun"], "entity_globs": "sensor.*_debug"}})
    for entity_id in ("sun.sun", "sensor.x_debug", "sensor.x"):
        house.set(entity_id, "1")
    assert await house.history.entity_ids() == ["sensor.x"]


async def test_an_entity_that_went_is_told_as_unavailable(recording):
    recording.set("sensor.a", "1")
    await recording.advance(5)
    recording.simulated.house.states.remove("sensor.a")
    assert await recording.told("sensor.a") == [(-5, "1"), (pytest.approx(0, abs=0.01), "unavailable")]


async def test_strange_texts_are_recorded(recording):
    recording.set("sensor.a", "half \ud83d", {"name": "x\ud83d", "big": 1 << 80, "when": START, "set": {1}})
    recording.set("sensor.b", "null \0 'quoted' \"", {"nan": float("nan")})
    assert [state for _, state in await recording.told("sensor.a")] == ["half ?"]
    assert [state for _, state in await recording.told("sensor.b")] == ["null � 'quoted' \""]


async def test_events_of_interest_are_recorded_and_others_if_asked(start, tmp_path):
    house = await start(
        {"include": {"event_types": ["doorbell"]}, "exclude": {"event_types": "script_started"}}
    )
    bus = house.simulated.house.bus
    for name in ("doorbell", "script_started", "automation_triggered", "unheard_of"):
        bus.emit(name, {"when": START}, Cause(origin="automation.x"))
    await house.archive.ready()
    assert rows(tmp_path, "SELECT type FROM events") == [("doorbell",), ("automation_triggered",)]


# --- what goes wrong ---


class Trouble:
    """Makes a store fail."""

    def __init__(self, store: Any) -> None:
        self.error: Exception | None = None
        self._write = store.write
        store.write = self.write

    async def write(self, batch: Any) -> None:
        if self.error is not None:
            raise self.error
        await self._write(batch)


async def test_a_full_disk_gives_one_alarm_and_mends_itself(recording, caplog):
    store = await recording.archive.ready()
    recording.simulated.set_up({})
    trouble = Trouble(store)
    trouble.error = StoreFailed("database or disk is full")
    for number in range(5):
        recording.set("sensor.a", str(number))
        with pytest.raises(StoreFailed):
            await recording.archive.recorder.flush()
    told = recording.simulated.house.bus.has_listeners("state_changed")
    assert told, "the house goes on"
    trouble.error = None
    await recording.advance(15)
    assert [state for _, state in await recording.told("sensor.a")] == ["0", "1", "2", "3", "4"]
    said = [record.levelno for record in caplog.records if record.name == "hub.recorder"]
    assert said == [logging.ERROR, logging.WARNING]
    assert "disk is full" in caplog.text


async def test_what_is_kept_is_told_while_the_disk_is_full(recording, caplog):
    """SQLite itself says that there is no room: its file may not grow any more."""
    store = await recording.archive.ready()
    recording.set("light.a", "on")
    await recording.archive.ready()
    await store._writer.execute_fetchall("PRAGMA max_page_count = 1")
    for number in range(300):
        recording.set(f"sensor.a{number}", "x" * 200, {"text": "y" * 200})
    assert await recording.told("light.a") == [(0, "on")]
    assert "full" in recording.archive.recorder.problem
    await store._writer.execute_fetchall("PRAGMA max_page_count = 1000000")
    assert len(await recording.history.entity_ids()) == 301
    assert recording.archive.recorder.problem == ""


async def test_a_disk_without_any_room_gives_one_alarm_and_nothing_is_lost(start, small_disk, caplog):
    house = await start(folder=small_disk.path)
    house.simulated.set_up({})
    house.set("light.a", "on")
    assert await house.told("light.a") == [(0, "on")]
    small_disk.fill()
    for number in range(2000):
        house.set(f"sensor.a{number % 50}", str(number), {"text": "y" * 100})
        if number % 500 == 0:
            await house.advance(1)
    assert await house.told("light.a") == [(-4, "on")], "what is kept can be asked for"
    assert "full" in house.archive.recorder.problem
    assert house.simulated.state("sensor.a49") == "1999", "the house goes on"

    small_disk.free()
    await house.advance(11)

    for name in range(50):
        assert len(await house.told(f"sensor.a{name}")) == 40
    said = [record.levelno for record in caplog.records if record.name == "hub.recorder"]
    assert said == [logging.ERROR, logging.WARNING]


async def test_what_there_is_no_room_for_is_counted_and_told(recording, caplog, monkeypatch):
    monkeypatch.setattr(recording_module, "MOST_WAITING", 3)
    store = await recording.archive.ready()
    trouble = Trouble(store)
    trouble.error = StoreFailed("gone")
    for number in range(6):
        recording.set("sensor.a", str(number))
    with pytest.raises(StoreFailed):
        await recording.archive.recorder.flush()
    recording.set("sensor.a", "x")
    trouble.error = None
    await recording.archive.ready()
    assert "3 changes were not recorded" in caplog.text
    assert [state for _, state in await recording.told("sensor.a")] == ["0", "1", "2", "x"]


async def test_a_broken_file_is_set_aside_and_the_house_goes_on(start, tmp_path, caplog):
    (tmp_path / "history.db").write_bytes(b"this is no database" * 500)
    house = await start()
    house.set("sensor.a", "1")
    assert [state for _, state in await house.told("sensor.a")] == ["1"]
    assert [path.read_bytes()[:7] for path in tmp_path.glob("history.db.damaged-*")] == [b"this is"]
    assert "history was damaged" in caplog.text


async def test_a_file_that_breaks_while_the_hub_runs_is_replaced(start, tmp_path, caplog):
    house = await start()
    for number in range(2000):
        house.set(f"sensor.s{number % 100}", str(number), {"text": "x" * 100})
    await house.archive.close()
    _damage(tmp_path / "history.db")
    house = await start()
    house.set("light.a", "on")
    for number in range(2000):
        house.set(f"sensor.s{number % 100}", str(number), {"text": "y" * 100})
    await house.archive.ready()
    assert [state for _, state in await house.told("light.a")] == ["on"]
    assert list(tmp_path.glob("history.db.damaged-*"))
    assert "history was damaged" in caplog.text


def _damage(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096 * 2)
        file.write(b"\xff" * (path.stat().st_size - 4096 * 3))


async def test_an_end_without_a_word_is_noticed_and_the_file_looked_through(start, caplog):
    caplog.set_level(logging.INFO)
    house = await start()
    house.set("sensor.a", "1")
    await house.archive.ready()
    await house.archive.recorder.store.close()  # as a kill would
    house.archive.recorder.store = None
    again = await start()
    await again.archive.ready()
    await until(lambda: "history is whole" in caplog.text)
    assert "ended without a word" in caplog.text
    assert (await again.told("sensor.a"))[0][1] == "1"


async def test_a_newer_file_is_left_alone(start, tmp_path, caplog):
    house = await start()
    await house.archive.close()
    db = sqlite3.connect(tmp_path / "history.db")
    db.execute("PRAGMA user_version = 99")
    db.close()
    house = await start()
    house.set("sensor.a", "1")
    with pytest.raises(StoreFailed, match="newer version"):
        await house.archive.ready()
    assert not list(tmp_path.glob("*.damaged-*"))


def test_commit_interval_and_store_are_checked(house):
    found = house.read({"recorder": {"commit_interval": -1}})
    assert "can't be negative" in str(found.errors[0])
    found = house.read({"recorder": {"commit_interval": 3600}})  # Home Assistant sets no limit
    assert (found.errors, found.recorder.commit_interval.total_seconds()) == ([], 300)
    assert "5 minutes at most" in str(found.problems[0])
    found = house.read({"recorder": {"db_url": "oracle://x"}})
    assert "no store is called 'oracle'" in str(found.errors[0])


async def test_recording_can_be_paused(recording):
    services = recording.simulated.house.services
    await services.wait("recorder", "disable")
    recording.set("sensor.a", "1")
    await services.wait("recorder", "enable")
    recording.set("sensor.a", "2")
    assert [state for _, state in await recording.told("sensor.a")] == ["2"]


async def test_old_changes_go_and_what_was_true_then_stays(start, tmp_path):
    house = await start({"purge_keep_days": 2})
    for day in range(6):
        house.set("sensor.a", str(day), {"day": day})
        house.set("light.a", "on")
        await house.advance(timedelta(days=1).total_seconds())
    await house.simulated.house.services.wait("recorder", "purge")
    assert [state for _, state in await house.told("sensor.a")] == ["3", "4", "5"]
    assert [state for _, state in await house.told("light.a")] == ["on"]
    assert rows(tmp_path, "SELECT count(*) FROM attributes WHERE data LIKE '%day%'") == [(3,)]
    house.set("sensor.a", "5", {"day": 0})
    found = (await house.history.states(["sensor.a"], house.now - 1, attributes=True))["sensor.a"]
    assert found[-1].attributes == {"day": 0}


async def test_entities_can_be_purged(recording):
    for entity_id in ("sensor.a", "sensor.b"):
        for number in range(3):
            recording.set(entity_id, str(number))
    await recording.advance(1)
    await recording.simulated.house.services.wait(
        "recorder", "purge_entities", {"entity_id": "sensor.a", "keep_days": 0}
    )
    assert len(await recording.told("sensor.a")) == 1
    assert len(await recording.told("sensor.b")) == 3


async def test_what_happens_while_old_rows_go_is_written_in_between(recording, monkeypatch):
    """However much is to go, the rest waits for no more than one step of it."""
    monkeypatch.setattr(retention, "STEP", 50)
    for number in range(2000):
        recording.set("sensor.a", str(number), {"unit_of_measurement": "W"})
    await recording.advance(3600)
    recording.set("sensor.a", "now", {"unit_of_measurement": "W"})
    store = await recording.archive.ready()
    purge = recording.simulated.house.services.call("recorder", "purge", {"keep_days": 0})
    work = asyncio.ensure_future(purge)
    written = 0
    while not work.done():
        recording.set("light.b", "on" if written % 2 else "off")
        await recording.archive.recorder.flush()
        written += 1
    await work
    assert written > 10
    assert len((await store.readings((await store.entities())["sensor.a"], 0, 1 << 60))[0]) <= 2
