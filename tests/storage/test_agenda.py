"""What waits is in the file: written at once, gone when done, and never waited for without an end."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


async def killed(agenda: LastingAgenda) -> None:
    """Close the file without a word of what is not in it yet, as a kill does."""
    agenda._dirty.clear()
    await agenda._database.close()


async def kept(agenda: LastingAgenda, key: str) -> None:
    if (waiting := agenda.kept(key)) is not None:
        await waiting


async def test_what_is_put_at_once_outlives_a_kill_in_the_next_moment(file):
    agenda = await opened(file)
    agenda.put("a", lambda: {"due": None, "n": 1}, at_once=True)
    agenda.put("b", lambda: {"due": None, "n": 2}, at_once=True)
    agenda.put("a", lambda: {"due": None, "n": 3}, at_once=True)
    agenda.drop("b")
    await killed(agenda)
    again = await opened(file)
    assert again.left == {"a": {"due": None, "n": 3}}
    await again.kept("a")
    await killed(again)
    third = await opened(file)
    assert third.left == {"a": {"due": None, "n": 3}}
    await third.close()


async def test_what_was_dropped_in_the_table_does_not_come_back_by_an_older_line(file):
    agenda = await opened(file)
    agenda.put("a", lambda: {"due": None, "n": 1}, at_once=True)
    await agenda.kept("a")
    agenda.drop("a")
    await agenda.kept("a")
    await killed(agenda)
    again = await opened(file)
    assert again.left == {}
    await again.close()


async def test_a_line_that_a_kill_cut_off_costs_only_itself(file):
    agenda = await opened(file)
    agenda.put("a", lambda: {"due": None, "n": 1}, at_once=True)
    await killed(agenda)
    beside = file.with_name("agenda.db-ahead")
    beside.write_bytes(beside.read_bytes() + b'[2,"b",{"du')
    again = await opened(file)
    assert again.left == {"a": {"due": None, "n": 1}}
    again.put("c", lambda: {"due": None, "n": 3}, at_once=True)
    await killed(again)
    third = await opened(file)
    assert set(third.left) == {"a", "c"}
    await third.close()


async def test_the_lines_ahead_do_not_grow_for_ever(file):
    agenda = await opened(file)
    text = "x" * 1000
    for number in range(300):
        agenda.put("a", lambda number=number: {"due": None, "n": number, "text": text}, at_once=True)
        if number % 50 == 49:
            await agenda.kept("a")
    beside = file.with_name("agenda.db-ahead")
    assert beside.stat().st_size < 100_000
    assert beside.stat().st_mode & 0o077 == 0
    await agenda.close()
    assert beside.stat().st_size == 0


@settings(max_examples=40, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(["now", "later", "drop", "wait", "kill"]))
    )
)
async def test_after_any_kill_all_is_as_it_was_put_at_once_or_later_still(tmp_path_factory, steps):
    file = tmp_path_factory.mktemp("agenda") / "agenda.db"
    agenda = await opened(file)
    safe: dict[str, list[int | None]] = {}
    for number, (key, step) in enumerate(steps):
        if step == "drop":
            agenda.drop(key)
            safe[key] = [None]
        elif step == "wait":
            await kept(agenda, key)
            safe[key] = safe.get(key, [None])[-1:]
        elif step == "kill":
            await killed(agenda)
            agenda = await opened(file)
            for one in "abc":
                found = agenda.left.get(one, {}).get("n")
                assert found in safe.get(one, [None])
                safe[one] = [found]
        else:
            agenda.put(key, lambda number=number: {"due": None, "n": number}, at_once=step == "now")
            safe[key] = [number] if step == "now" else [*safe.get(key, [None]), number]
    await agenda.close()


@pytest.mark.parametrize("version", [1, 2])
async def test_each_released_schema_still_opens(tmp_path, version):
    frozen = Path(__file__).parents[1] / "old_databases" / f"agenda-{version}.sql"
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
