"""History moves from one store to another, whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hub.core.cause import Cause
from hub.core.errors import HubError
from hub.core.settings import Settings
from hub.core.store import HistoryStore
from hub.storage.migration import migrate
from hub.testing import SimulatedHouse

END = 1 << 60


async def opened(scheme: str, request: pytest.FixtureRequest, tmp_path: Path) -> HistoryStore:
    simulated = SimulatedHouse(settings=Settings(data_dir=tmp_path))
    url = "sqlite:///other.db" if scheme == "sqlite" else request.getfixturevalue("postgres_url")
    store: HistoryStore = await simulated.house.kinds.stores[scheme](url=url).open(simulated.house)
    return store


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
