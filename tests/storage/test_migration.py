"""History moves from one store to another, whole."""

from __future__ import annotations

import itertools
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hub.core.cause import Cause
from hub.core.errors import HubError
from hub.core.settings import Settings
from hub.core.store import COPYING, Batch, HistoryStore
from hub.storage import migration
from hub.storage.migration import migrate
from hub.testing import SimulatedHouse

END = 1 << 60


async def opened(scheme: str, request: pytest.FixtureRequest, tmp_path: Path) -> HistoryStore:
    simulated = SimulatedHouse(settings=Settings(data_dir=tmp_path))
    url = "sqlite:///other.db" if scheme == "sqlite" else request.getfixturevalue("postgres_url")
    store: HistoryStore = await simulated.house.kinds.stores[scheme](url=url).open(simulated.house)
    return store


class Broken(Exception):
    """Stands for a kill: nothing is done after it."""


class BreaksOff:
    """A store whose writing ends after so many times."""

    def __init__(self, store: HistoryStore, writes: int) -> None:
        self._store = store
        self._left = writes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def write(self, batch: Batch) -> None:
        self._count()
        await self._store.write(batch)

    async def save_statistics(self, *given: Any) -> None:
        self._count()
        await self._store.save_statistics(*given)

    def _count(self) -> None:
        if self._left == 0:
            raise Broken
        self._left -= 1


async def live(recording: Any) -> None:
    cause = Cause(Cause(user_id="ann"), origin="automation.x")
    for number in range(300):
        recording.set("sensor.p", str(number), {"unit_of_measurement": "W", "part": number // 50})
    for number in range(40):
        recording.set("light.a", "on" if number % 2 else "off", cause=cause)
        recording.simulated.house.bus.emit("automation_triggered", {"name": str(number // 2)}, cause)
        await recording.advance(100 * (number % 3))
    await recording.archive.compile()


async def same(source: HistoryStore, target: HistoryStore) -> None:
    known = await source.entities()
    assert await target.entities() == known
    for number in known.values():
        rows = [await each.changes(number, 0, END, most=10_000) for each in (source, target)]
        told = [[(change._replace(attributes=None), data) for change, data in each] for each in rows]
        assert told[0] == told[1]
        assert await target.logged([number], 0, END, 99) == await source.logged([number], 0, END, 99)
    assert sorted(await target.events([], 0, END, 999)) == sorted(await source.events([], 0, END, 999))
    assert (await target.load(0)).compiled == (await source.load(0)).compiled


@pytest.mark.parametrize("scheme", ["sqlite", "postgresql"])
async def test_a_copy_that_is_broken_off_is_taken_up_again(
    recording: Any,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    scheme: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if scheme not in recording.simulated.house.kinds.stores:
        pytest.skip(f"no plugin offers {scheme}")
    monkeypatch.setattr(migration, "_PAGE", 16)
    await live(recording)
    source = await recording.archive.ready()
    target = await opened(scheme, request, tmp_path)
    broken = 0
    for writes in itertools.count(1, 3):
        try:
            await migrate(source, BreaksOff(target, writes), int(recording.now), lambda *_: None)
        except Broken:
            broken += 1
            assert (await target.load(0)).compiled == COPYING
            continue
        break
    assert broken > 3
    await same(source, target)
    await target.close()


async def test_what_was_recorded_meanwhile_comes_along(
    recording: Any, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    await live(recording)
    source = await recording.archive.ready()
    target = await opened("sqlite", request, tmp_path)
    with pytest.raises(Broken):
        await migrate(source, BreaksOff(target, 5), int(recording.now), lambda *_: None)
    recording.set("sensor.new", "1")
    await live(recording)
    await recording.archive.ready()
    await migrate(source, target, int(recording.now), lambda *_: None)
    await same(source, target)
    await target.close()


async def test_nothing_is_recorded_into_a_copy_that_was_broken_off(start: Any, tmp_path: Path) -> None:
    house = await start()
    house.set("light.a", "on")
    await house.archive.ready()
    await house.archive.compile()
    await house.stop()
    with closing(sqlite3.connect(tmp_path / "history.db")) as db, db:
        db.execute("UPDATE facts SET value = ?", (COPYING,))
    again = await start()
    with pytest.raises(HubError, match="a migration was broken off"):
        await again.archive.recorder.flush()
    assert "hub storage migrate" in again.archive.recorder.problem


@pytest.mark.parametrize("scheme", ["sqlite", "postgresql"])
async def test_all_of_it_arrives(
    recording: Any, request: pytest.FixtureRequest, tmp_path: Path, scheme: str
) -> None:
    if scheme not in recording.simulated.house.kinds.stores:
        pytest.skip(f"no plugin offers {scheme}")
    cause = Cause(Cause(user_id="ann"), origin="automation.x")
    for number in range(12_000):
        recording.set("sensor.p", str(number), {"unit_of_measurement": "W", "part": number // 5000})
    for number in range(40):
        recording.set("light.a", "on" if number % 2 else "off", cause=cause)
        recording.simulated.house.bus.emit("automation_triggered", {"name": str(number)}, cause)
        await recording.advance(100)
    recording.simulated.house.states.remove("light.a")
    await recording.archive.compile()
    source = await recording.archive.ready()
    target = await opened(scheme, request, tmp_path)
    told: list[tuple[str, int, int]] = []

    count = await migrate(source, target, int(recording.now), lambda *progress: told.append(progress))

    assert count == 12_000 + 40 + 1
    assert [done for _, done, _ in told] == list(range(3))
    known = await source.entities()
    assert await target.entities() == known
    for number in known.values():
        assert await target.readings(number, 0, END) == await source.readings(number, 0, END)
        assert await target.change_before(number, END) is not None
        for resolution in ("5minute", "hour"):
            ask = (resolution, [number], 0, END)
            assert await target.statistics(*ask) == await source.statistics(*ask)  # type: ignore[arg-type]
    light = [known["light.a"]]
    assert await target.logged(light, 0, END, 99) == await source.logged(light, 0, END, 99)
    assert await target.events([], 0, END, 99) == await source.events([], 0, END, 99)
    assert (await target.load(0)).compiled == (await source.load(0)).compiled
    with pytest.raises(HubError, match="holds history already"):
        await migrate(source, target, int(recording.now), lambda *_: None)
    await target.close()
