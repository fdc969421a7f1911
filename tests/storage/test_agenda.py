"""What waits is in the file: written at once, gone when done, and never waited for without an end."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import orjson
import pytest

from hub.core.clock import SimulatedClock
from hub.core.errors import HubError
from hub.storage.agenda import LastingAgenda
from hub.testing.house import START


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "agenda.db"


async def opened(file: Path) -> LastingAgenda:
    return await LastingAgenda.open(file, SimulatedClock(START))


def stored(file: Path) -> dict[str, object]:
    database = sqlite3.connect(file)
    rows = dict(database.execute("SELECT key, content FROM waiting").fetchall())
    database.close()
    return {key: orjson.loads(content) for key, content in rows.items()}


async def test_an_entry_is_safe_when_it_says_so_also_if_nobody_closes_the_file(file):
    agenda = await opened(file)
    agenda.put("a", lambda: {"due": 5.0, "n": 1})
    await agenda.kept("a")
    assert stored(file) == {"a": {"due": 5.0, "n": 1}}
    assert agenda.kept("a") is None
    agenda.drop("a")
    await agenda.kept("a")
    assert stored(file) == {}
    await agenda.close()


async def test_what_comes_and_goes_at_once_is_never_told(file):
    agenda = await opened(file)
    agenda.put("a", lambda: pytest.fail("told"))
    agenda.drop("a")
    assert not agenda.knows("a")
    await agenda.close()


async def test_the_latest_is_kept(file):
    agenda = await opened(file)
    for number in range(100):
        agenda.put("a", lambda number=number: {"due": None, "n": number})
    await agenda.kept("a")
    await agenda.close()
    again = await opened(file)
    assert again.left == {"a": {"due": None, "n": 99}}
    await again.close()


async def test_sealed_it_keeps_what_is_and_takes_no_more(file):
    agenda = await opened(file)
    told = {"due": None, "n": 1}
    agenda.put("a", lambda: told)
    agenda.seal()
    told = {"due": None, "n": 2}
    agenda.drop("a")
    agenda.put("b", lambda: told)
    await agenda.close()
    assert stored(file) == {"a": {"due": None, "n": 1}}


async def test_where_the_file_cannot_be_written_nobody_waits_for_ever(file, caplog):
    agenda = await opened(file)
    await agenda._database.execute("PRAGMA query_only=ON")
    agenda.put("a", lambda: {"due": None, "n": 1})
    await agenda.kept("a")
    assert "what waits can't be kept" in caplog.text
    await agenda._database.execute("PRAGMA query_only=OFF")
    agenda._clock.run_next(START.replace(year=2025))
    await agenda.kept("a")
    assert stored(file) == {"a": {"due": None, "n": 1}}
    await agenda.close()


async def test_one_that_cannot_be_told_does_not_cost_the_others(file, caplog):
    agenda = await opened(file)
    agenda.put("bad", lambda: {"due": None, "n": object()})
    agenda.put("good", lambda: {"due": None})
    await agenda.kept("good")
    assert set(stored(file)) == {"good"}
    assert "bad can't be kept" in caplog.text
    await agenda.close()


async def test_the_first_released_schema_still_opens(tmp_path):
    frozen = Path(__file__).parents[1] / "old_databases" / "agenda-1.sql"
    file = tmp_path / "agenda.db"
    database = sqlite3.connect(file)
    database.executescript(frozen.read_text())
    database.close()
    agenda = await opened(file)
    [(key, told)] = agenda.left.items()
    assert (key, told["due"]) == ("for/automation.door/0/binary_sensor.door is 'on'", 1714997100.0)
    await agenda.close()


async def test_a_file_from_a_newer_hub_is_refused(file):
    await (await opened(file)).close()
    with sqlite3.connect(file) as database:
        database.execute("PRAGMA user_version=99")
    database.close()
    with pytest.raises(HubError, match="newer version"):
        await opened(file)


async def test_a_damaged_file_is_set_aside(file, caplog):
    file.write_bytes(b"no database" * 500)
    agenda = await opened(file)
    assert agenda.left == {}
    assert "is damaged" in caplog.text
    assert file.stat().st_mode & 0o077 == 0
    await agenda.close()
