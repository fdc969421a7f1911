"""The file of history: its schema, what was written by an older hub, and copies of it."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest

from hub.api import HubError, Settings, StoreBroken, store
from hub.testing import SimulatedHouse
from plugins.sqlite import schema
from plugins.sqlite.file import HistoryFile
from plugins.sqlite.store import SqliteStore

OLD = Path(__file__).parents[3] / "tests" / "old_databases"


async def test_only_its_owner_may_read_it(tmp_path):
    file = await HistoryFile.open(tmp_path / "history.db")
    await file.load(1)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {"history.db": 0o600, "history.db-wal": 0o600, "history.db-shm": 0o600}
    await file.close()


def test_the_newest_schema_is_frozen():
    assert (OLD / f"history-{len(schema.MIGRATIONS)}.sql").exists()


@pytest.mark.parametrize("version", range(1, len(schema.MIGRATIONS) + 1))
async def test_a_file_of_each_released_version_is_read(tmp_path, version):
    path = tmp_path / "history.db"
    db = sqlite3.connect(path)
    db.executescript((OLD / f"history-{version}.sql").read_text())
    db.close()
    file = await HistoryFile.open(path)
    contents = await file.load(2_000_000_000)
    assert contents.entities == {"sensor.power": 1, "light.lamp": 2}
    (on,) = await file.logged([2], 0, 1 << 60, 10)
    assert on.cause is not None
    assert on.cause.because == "Power rose above 5 (7)"
    assert (await file.readings(1, 0, 1 << 60))[1] == ["3", "7"]
    assert [row.sum for row in await file.statistics("hour", [1], 0, 1 << 40)] == [12.5]
    await file.close()


async def test_other_programs_files_are_left_alone(tmp_path):
    path = tmp_path / "history.db"
    db = sqlite3.connect(path)
    db.executescript("CREATE TABLE t (x); PRAGMA user_version = 3;")
    db.close()
    with pytest.raises(HubError, match="another program"):
        await HistoryFile.open(path)


async def test_a_text_file_is_no_database(tmp_path):
    (tmp_path / "history.db").write_text("hello " * 1000)
    with pytest.raises(StoreBroken):
        await HistoryFile.open(tmp_path / "history.db")


async def test_a_snapshot_is_whole_while_it_is_written_to(tmp_path):
    file = await HistoryFile.open(tmp_path / "history.db")
    await file.load(1)
    await file.write(store.Batch(entities=[(1, "sensor.a")], changes=[(1, 5, "x", None, None, None)]))
    await file.snapshot(tmp_path / "copy.db")
    await file.write(store.Batch(changes=[(1, 6, "y", None, None, None)]))
    copy = await HistoryFile.open(tmp_path / "copy.db")
    assert (await copy.readings(1, 0, 9))[1] == ["x"]
    assert await copy.check() == ""
    await copy.close()
    await file.close()


@pytest.mark.parametrize(
    ("url", "path"),
    [("", "history.db"), ("sqlite:///other.db", "other.db"), ("sqlite:////abs/h%20x.db", "/abs/h x.db")],
)
def test_the_address_says_where_it_is(tmp_path, url, path):
    house = SimulatedHouse(settings=Settings(data_dir=tmp_path)).house
    assert SqliteStore(url=url).path(house) == tmp_path / path


def test_an_address_without_a_path_is_refused(house):
    with pytest.raises(HubError, match="no address of a file"):
        SqliteStore(url="sqlite://").path(house.house)
