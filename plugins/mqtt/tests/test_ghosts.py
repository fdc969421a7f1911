"""Check that announced devices that are gone are told from those that are there, and cleared up."""

from __future__ import annotations

from typing import Any

import pytest

DAY = 86400
PLUG = {"name": "X", "stat_t": "plug", "uniq_id": "u", "dev": {"ids": ["d1"], "name": "Plug"}}
LAMP = {
    "name": "L",
    "stat_t": "lamp",
    "avty_t": "lamp/up",
    "uniq_id": "l",
    "dev": {"ids": ["d2"], "name": "Lamp"},
}


async def ghosts(home: Any, **data: Any) -> dict[str, Any]:
    answer = await home.house.services.wait("mqtt", "discovery_ghosts", data, return_response=True)
    return {ghost["name"]: ghost["why"] for ghost in answer["ghosts"]}


@pytest.fixture(autouse=True)
async def _set_up(home: Any) -> None:
    home.set_up()
    home.discover("sensor/plug", PLUG)
    home.discover("sensor/lamp", LAMP)


async def test_a_device_that_was_heard_lately_is_none(home: Any) -> None:
    home.message("plug", "1")
    home.message("lamp/up", "online")
    home.message("lamp", "2")

    assert await ghosts(home, days=0.1) == {}


async def test_one_that_fell_silent_is_one_after_a_week(home: Any) -> None:
    home.message("plug", "1")
    await home.advance(6 * DAY)
    home.message("lamp/up", "online")
    home.message("lamp", "2")
    assert await ghosts(home) == {}

    await home.advance(1.1 * DAY)

    assert await ghosts(home) == {"Plug": "nothing was heard of it since 2024-05-06T12:00:00+00:00"}


async def test_one_that_was_never_heard_is_one_after_a_day(home: Any) -> None:
    assert await ghosts(home) == {}

    await home.advance(DAY + 1)

    assert set(await ghosts(home)) == {"Plug", "Lamp"}
    assert (await ghosts(home))["Lamp"].startswith("nothing was ever heard of it")


async def test_a_device_that_only_takes_commands_says_nothing_and_is_none(home: Any) -> None:
    home.discover(
        "button/b", {"name": "B", "cmd_t": "b/set", "uniq_id": "b", "dev": {"ids": "d3", "name": "Bell"}}
    )

    await home.advance(30 * DAY)

    assert "Bell" not in await ghosts(home)


async def test_a_ghost_is_removed_with_its_announcement(home: Any) -> None:
    await home.advance(2 * DAY)
    home.sent()

    await ghosts(home, remove=True, device="Plug")

    assert home.sent() == [("homeassistant/sensor/plug/config", "")]
    assert home.entities() == ["sensor.lamp_l"]
    assert home.house.devices.find([("mqtt", "d1")]) is None
    assert home.house.registry.get("sensor.plug_x") is None
