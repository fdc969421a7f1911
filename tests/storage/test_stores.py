"""Every store of history keeps the same promises."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from hub.core.settings import Settings
from hub.core.store import MICRO, Batch, CauseRow, Change, EventRow, HistoryStore, Series, StatisticRow
from hub.kinds import Store
from hub.testing import SimulatedHouse

CAUSE = CauseRow(7, 5, "abc", None, "ann", "automation.x", "it was 7")


def address(scheme: str, request: pytest.FixtureRequest) -> str:
    if scheme == "sqlite":
        return ""
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture(params=["sqlite", "postgresql"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[HistoryStore]:
    simulated = SimulatedHouse(settings=Settings(data_dir=tmp_path))
    if request.param not in simulated.house.kinds.stores:
        pytest.skip(f"no plugin offers {request.param}")
    kind: Store = simulated.house.kinds.stores[request.param](url=address(request.param, request))
    opened = await kind.open(simulated.house)
    yield opened
    await opened.close()
    await simulated.stop()


def change(entity: int, at: int, state: str | None, *rest: Any) -> Any:
    return tuple(Change(entity, at, state, *rest))


async def filled(store: HistoryStore, count: int = 10) -> HistoryStore:
    await store.load(1)
    batch = Batch(entities=[(1, "sensor.a"), (2, "light.b")])
    batch.attributes = [(1, 1, '{"unit": "W"}'), (2, 2, '{"friendly_name": "B"}')]
    batch.causes = [CAUSE]
    batch.changes = [change(1, n * MICRO, str(n), 1) for n in range(count)]
    batch.changes += [
        change(2, 3 * MICRO, "on", 2, 7),
        change(2, 4 * MICRO, "on", None, None, 3 * MICRO),
        change(2, 5 * MICRO, None),
    ]
    batch.events = [
        EventRow(2 * MICRO, "doorbell", '{"door": "front"}', 7),
        EventRow(9 * MICRO, "x", "{}", None),
    ]
    batch.series = [Series(1, "measurement", "W")]
    await store.write(batch)
    return store


async def test_what_is_written_is_read(store):
    await filled(store)
    assert await store.entities() == {"sensor.a": 1, "light.b": 2}
    found = await store.changes(1, 2 * MICRO, 5 * MICRO, most=10)
    assert found == [(Change(1, n * MICRO, str(n), 1), '{"unit": "W"}') for n in (2, 3, 4)]
    assert len(await store.changes(1, 0, 99 * MICRO, most=4)) == 4
    assert await store.series() == [Series(1, "measurement", "W")]


async def test_only_changes_of_the_text_can_be_asked_for(store):
    await filled(store)
    found = await store.changes(2, 0, 99 * MICRO, most=9, text_only=True)
    assert [each.state for each, _ in found] == ["on", None]


async def test_the_last_change_before_a_time_is_found(store):
    await filled(store)
    found, data = await store.change_before(1, 5 * MICRO)
    assert (found.at, data) == (4 * MICRO, '{"unit": "W"}')
    assert await store.change_before(1, 0) is None
    assert await store.change_before(99, 5 * MICRO) is None


async def test_readings_come_in_order(store):
    await filled(store)
    assert await store.readings(1, 0, 3 * MICRO) == ([0, MICRO, 2 * MICRO], ["0", "1", "2"])
    assert await store.readings(2, 5 * MICRO, 9 * MICRO) == ([5 * MICRO], [None])
    assert await store.readings(99, 0, 1) == ([], [])


async def test_the_newest_are_logged_with_their_cause(store):
    await filled(store)
    found = await store.logged([1, 2], 0, 99 * MICRO, 3)
    assert [(each.entity, each.at // MICRO, each.state) for each in found] == [
        (1, 7, "7"),
        (1, 8, "8"),
        (1, 9, "9"),
    ]
    (on, gone) = await store.logged([2], 0, 99 * MICRO, 9)
    assert (on.cause, on.attributes) == (CAUSE, '{"friendly_name": "B"}')
    assert (gone.state, gone.cause, gone.attributes) == (None, None, None)
    assert await store.causes([7, 8]) == [CAUSE]


async def test_events_are_found_by_type_and_time(store):
    await filled(store)
    found = await store.events(["doorbell"], 0, 99 * MICRO, 9)
    assert found == [(EventRow(2 * MICRO, "doorbell", '{"door": "front"}', 7), CAUSE)]
    assert [each.type for each, _ in await store.events([], 0, 99 * MICRO, 9)] == ["doorbell", "x"]
    assert [each.type for each, _ in await store.events([], 0, 99 * MICRO, 1)] == ["x"]


async def test_what_is_written_again_is_there_once(store):
    await filled(store)
    await store.write(Batch(changes=[change(1, 0, "again", 1)], series=[Series(1, "total", "kWh")]))
    assert (await store.readings(1, 0, 1))[1] == ["again"]
    assert await store.series() == [Series(1, "total", "kWh")]


async def test_statistics_are_kept_by_resolution(store):
    await filled(store)
    rows = [StatisticRow(1, start, 1.5, 1, 2, 2, None) for start in (0, 300, 600)]
    await store.save_statistics("5minute", rows, 900)
    await store.save_statistics("hour", [StatisticRow(1, 0, 1, 1, 1, 1, 5.5)])
    assert await store.statistics("5minute", [1], 300, 900) == rows[1:]
    assert await store.statistic_before("5minute", 1, 600) == rows[1]
    assert await store.statistic_before("5minute", 1, 0) is None
    assert (await store.statistics("hour", [1, 2], 0, 1))[0].sum == 5.5
    assert (await store.load(2)).compiled == 900


async def test_what_is_loaded_goes_on_where_it_ended(store):
    first = await store.load(100)
    assert (first.stopped, first.last) == (100, 0)
    await store.end(200)
    await filled(store)
    second = await store.load(300)
    assert second.stopped is None, "filled() began a recording and did not end it"
    assert second.entities == {"sensor.a": 1, "light.b": 2}
    assert sorted(second.attributes) == [(1, 1, '{"unit": "W"}'), (2, 2, '{"friendly_name": "B"}')]
    assert (second.last_cause, second.last) == (7, 9 * MICRO)
    await store.end(400)
    assert (await store.load(500)).stopped == 400


async def test_purging_goes_in_steps_and_leaves_what_was_true(store):
    await filled(store, 100)
    assert await store.purge(1, 50 * MICRO, 20) == 20
    gone = 20
    while step := await store.purge(1, 50 * MICRO, 20):
        gone += step
    times, _ = await store.readings(1, 0, 99 * MICRO)
    assert (gone, times[0]) == (49, 49 * MICRO)
    assert await store.purge_attributes(1) == 0
    await store.write(Batch(attributes=[(3, 1, "{}")]))
    assert await store.purge_attributes(1) == 1
    assert await store.purge_others(9 * MICRO, 100) == 2
    await store.save_statistics(
        "5minute", [StatisticRow(1, start, 1, 1, 1, 1, 1) for start in range(0, 900, 300)]
    )
    assert await store.purge_statistics(600, 1) == 1
    assert await store.purge_statistics(600, 100) == 1
    await store.give_back()


async def test_a_batch_is_written_whole_or_not_at_all(store):
    await store.load(1)
    bad = Batch(entities=[(1, "sensor.a")], changes=[(1, "no time", "x", None, None, None)])  # type: ignore[list-item]
    with pytest.raises(Exception, match=r".+"):
        await store.write(bad)
    assert await store.entities() == {}
    await filled(store)
    assert len(await store.entities()) == 2


async def test_it_is_whole(store):
    await filled(store)
    assert await store.check() == ""
    assert await store.size() > 0


async def test_many_rows_in_any_order(store):
    await store.load(1)
    dice = random.Random(7)
    rows = [change(dice.randrange(5), at * 1000 + dice.randrange(1000), str(at)) for at in range(5000)]
    dice.shuffle(rows)
    for begin in range(0, len(rows), 700):
        await store.write(Batch(changes=rows[begin : begin + 700]))
    for entity in range(5):
        mine = sorted(row[1] for row in rows if row[0] == entity)
        assert (await store.readings(entity, 0, 1 << 60))[0] == mine
