"""The page lists the meters, for those who may see them; the command asks one."""

from __future__ import annotations

import json

from hub.testing import SimulatedHouse
from hub.testing.pages import SimulatedPages


async def test_lists_the_meters(house: SimulatedHouse, pages: SimulatedPages) -> None:
    house.set_up({"sensor": {"platform": "meter", "name": "Water", "url": "http://127.0.0.1:9/"}})

    assert pages.menu("viewer") == ["Meters"]
    assert "meters.js" in pages.file("meters")
    answer = await pages.ask("meters/readings", role="viewer")
    assert json.loads(answer.body) == [{"name": "Water", "state": "unknown"}]
    assert (await pages.ask("meters/readings", method="POST")).status == 405
