"""What a Home Assistant recorded goes on in the history of the house."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from hub.cli.app import app
from hub.core.errors import HubError
from hub.storage.home_assistant import HomeAssistantFile
from hub.storage.importing import Imported, import_history
from hub.testing.house import START

# The columns that matter, as Home Assistant has had them since 2023.4.
SCHEMA = """
    CREATE TABLE states_meta (metadata_id INTEGER PRIMARY KEY, entity_id VARCHAR(255));
    CREATE TABLE state_attributes (attributes_id INTEGER PRIMARY KEY, hash BIGINT, shared_attrs TEXT);
    CREATE TABLE states (
        state_id INTEGER PRIMARY KEY, entity_id CHAR(0), state VARCHAR(255), attributes CHAR(0),
        last_changed_ts FLOAT, last_updated_ts FLOAT, old_state_id INTEGER, attributes_id INTEGER,
        context_id_bin BLOB, metadata_id INTEGER
    );
    CREATE INDEX ix_states_metadata_id_last_updated_ts ON states (metadata_id, last_updated_ts);
    CREATE TABLE statistics_meta (
        id INTEGER PRIMARY KEY, statistic_id VARCHAR(255), source VARCHAR(32),
        unit_of_measurement VARCHAR(255), has_mean BOOLEAN, has_sum BOOLEAN, name VARCHAR(255)
    );
    CREATE TABLE statistics (
        id INTEGER PRIMARY KEY, created_ts FLOAT, metadata_id INTEGER, start_ts FLOAT, mean FLOAT,
        min FLOAT, max FLOAT, last_reset_ts FLOAT, state FLOAT, sum FLOAT
    );
    CREATE TABLE statistics_short_term AS SELECT * FROM statistics;
"""
HOUR = 3600
BEGAN = START.timestamp()
METER = {"state_class": "total_increasing", "unit_of_measurement": "kWh"}


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """A Home Assistant that ran from two days before now until an hour ago."""
    path = tmp_path / "home-assistant_v2.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(SCHEMA)
        db.executemany(
            "INSERT INTO states_meta VALUES (?, ?)",
            [(1, "sensor.meter"), (2, "light.hall"), (3, "sun.sun")],
        )
        db.execute("INSERT INTO state_attributes VALUES (1, 0, ?)", (json.dumps(METER),))
        db.execute("INSERT INTO state_attributes VALUES (2, 0, ?)", (json.dumps({"friendly_name": "Hall"}),))
        db.executemany(
            "INSERT INTO states VALUES (?, NULL, ?, NULL, ?, ?, NULL, ?, NULL, ?)", list(_states())
        )
        db.execute("INSERT INTO statistics_meta VALUES (1, 'sensor.meter', 'recorder', 'kWh', 0, 1, NULL)")
        db.execute("INSERT INTO statistics_meta VALUES (2, 'energy:price', 'energy', 'EUR', 1, 0, NULL)")
        rows = [
            (None, 0, 1, BEGAN - hour * HOUR, None, None, None, None, 1000 - hour, 7048 - hour)
            for hour in range(48, 1, -1)
        ]
        db.executemany("INSERT INTO statistics VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        db.commit()
    return path


def _states() -> Iterator[tuple[Any, ...]]:
    for number in range(100):
        at = BEGAN - 2 * HOUR + number * 36
        yield number + 1, str(999 + number / 100), None, at, 1, 1
    yield 201, "on", None, BEGAN - 7000, 2, 2
    yield 202, "on", BEGAN - 7000, BEGAN - 6000.5, 2, 2
    yield 203, None, None, BEGAN - 5000, None, 2
    yield 204, "above_horizon", None, BEGAN - 5000, None, 3


async def brought(recording: Any, path: Path, wanted: Any = lambda name: name != "sun.sun") -> Imported:
    file = await HomeAssistantFile.open(path)
    try:
        store = await recording.archive.ready()
        return await import_history(file, store, int(recording.now), wanted, lambda *_: None)
    finally:
        await file.close()


async def test_states_come_with_their_times_and_attributes(recording: Any, theirs: Path) -> None:
    told = await brought(recording, theirs)
    assert (told.entities, told.states, told.statistics, told.left_out) == (2, 103, 47, ["sun.sun"])
    found = (await recording.history.states(["light.hall"], 0, attributes=True))["light.hall"]
    assert [(row.at, row.state, row.changed) for row in found] == [
        (BEGAN - 7000, "on", BEGAN - 7000),
        (BEGAN - 6000.5, "on", BEGAN - 7000),
        (BEGAN - 5000, "unavailable", BEGAN - 5000),
    ]
    assert found[0].attributes == {"friendly_name": "Hall"}
    assert len((await recording.history.states(["sensor.meter"], 0))["sensor.meter"]) == 100


async def test_all_of_it_may_be_done_again(recording: Any, theirs: Path) -> None:
    await brought(recording, theirs)
    ask = ("sensor.meter",), 0
    before = await recording.history.states(*ask), await recording.history.statistics(*ask)
    again = await brought(recording, theirs)
    assert (again.states, again.entities) == (0, 2)
    assert (await recording.history.states(*ask), await recording.history.statistics(*ask)) == before


async def test_the_sum_of_a_meter_goes_on_without_a_jump(recording: Any, theirs: Path) -> None:
    """Our hub counted already when the past was brought, and began its sum with nothing."""
    for step in range(25):
        recording.set("sensor.meter", str(1000 + step / 12), METER)
        await recording.advance(300)
    await recording.archive.compile()
    await brought(recording, theirs)
    for _ in range(2):
        rows = (await recording.history.statistics(["sensor.meter"], BEGAN - 48 * HOUR))["sensor.meter"]
        grown = [row.change for row in rows[1:-1]]  # the last hour has only begun
        assert grown == pytest.approx([1] * 46 + [2 + 11 / 12, 1], abs=0.1)
        await brought(recording, theirs)


async def test_a_meter_that_begins_here_goes_on_from_theirs(start: Any, theirs: Path) -> None:
    before = await start()
    await brought(before, theirs)
    await before.stop()
    recording = await start()
    for step in range(25):
        recording.set("sensor.meter", str(1000 + step / 12), METER)
        await recording.advance(300)
    await recording.archive.compile()
    rows = (await recording.history.statistics(["sensor.meter"], BEGAN - 3 * HOUR))["sensor.meter"]
    assert all(row.change is not None and 0 <= row.change < 3.1 for row in rows)
    assert rows[-1].sum > 7000


async def test_other_files_are_refused_in_words(recording: Any, tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("no database at all, but a text that is long enough")
    with pytest.raises(HubError, match=r"x\.db can't be read"):
        await brought(recording, tmp_path / "x.db")
    with closing(sqlite3.connect(tmp_path / "old.db")) as db:
        db.execute("CREATE TABLE states (entity_id TEXT)")
    with pytest.raises(HubError, match=r"before 2023\.4"):
        await brought(recording, tmp_path / "old.db")
    with closing(sqlite3.connect(tmp_path / "other.db")) as db:
        db.execute("CREATE TABLE t (x)")
    with pytest.raises(HubError, match="no database of Home Assistant"):
        await brought(recording, tmp_path / "other.db")


def test_from_the_command_line(theirs: Path, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("recorder: {exclude: {domains: sun}}\n")
    before = theirs.read_bytes()
    found = CliRunner().invoke(app, ["import", "history", str(theirs), "--config", str(config)])
    assert "2 entities: 103 states and 47 statistics are in history now" in found.output
    assert "left out: sun.sun" in found.output
    assert theirs.read_bytes() == before
    shown = CliRunner().invoke(app, ["history", "--config", str(config)])
    assert shown.output.split() == ["light.hall", "sensor.meter"]
    missing = CliRunner().invoke(app, ["import", "history", "nothing.db", "--config", str(config)])
    assert "there is no file nothing.db" in str(missing.exception)
