"""`hub entity`, `hub device`, `hub area`, `hub floor` and `hub label` change what the house is called."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.app import App
from hub.cli.app import app

CONFIG = """
hub: {name: Test}
broker: {listeners: [{host: 127.0.0.1, port: 0}]}
mqtt:
  - sensor:
      - name: Warmth
        unique_id: warmth
        state_topic: warmth
        device_class: temperature
        unit_of_measurement: °C
        device: {identifiers: stove, name: Stove}
"""
Say = Callable[[str], Awaitable[str]]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[App]:
    (tmp_path / "config.yaml").write_text(CONFIG)
    house = App(tmp_path / "config.yaml", watch=False)
    await house.start()
    yield house
    await house.stop()


@pytest.fixture
def say(house: App) -> Say:
    """Return what calls `hub WORDS`, and gives back what is said or refused."""

    async def run(words: str) -> str:
        command = [*words.split("/"), "--config", str(house.path)]
        result = await asyncio.to_thread(CliRunner().invoke, app, command)
        return f"{result.output}{result.exception or ''}"

    return run


async def test_an_entity_is_called_placed_shown_and_measured_as_people_wish(say: Say, house: App) -> None:
    await say("area/create/Kitchen")
    await say("label/create/Warm")

    assert "'Heat'" in await say("entity/rename/sensor.stove_warmth/Heat/--id/heat")
    assert "in Kitchen" in await say("entity/place/sensor.heat/Kitchen")
    assert "labels Warm" in await say("entity/label/sensor.heat/Warm")
    await say("entity/unit/sensor.heat/°F")
    await say("entity/icon/sensor.heat/mdi:fire")
    assert "hidden" in await say("entity/hide/sensor.heat")
    assert "hidden" not in await say("entity/unhide/sensor.heat")
    house.house.mqtt.publish("warmth", "20")

    state = house.house.states.get("sensor.heat")
    assert state is not None
    assert (state.state, state.attributes["unit_of_measurement"]) == ("68.0", "°F")
    assert state.attributes["icon"] == "mdi:fire"
    assert "Heat" in await say("entity/list/--area/Kitchen")
    assert "'Stove Warmth'" in await say("entity/rename/sensor.heat/--reset")
    assert "switched off" in await say("entity/disable/sensor.heat")
    assert "sensor.heat" in await say("entity/list/--disabled")


async def test_a_device_is_listed_renamed_and_placed(say: Say) -> None:
    await say("area/create/Kitchen")

    assert "Stove" in await say("device/list")
    assert "Oven: 1 entities" in await say("device/rename/Stove/Oven")
    assert "Oven in Kitchen" in await say("device/place/Oven/Kitchen")
    assert "switched off" in await say("device/disable/stove")
    assert "switched off" not in await say("device/enable/stove")
    assert "no device is called Ofen" in await say("device/rename/Ofen/A")


async def test_rooms_floors_and_labels_have_the_same_verbs(say: Say) -> None:
    await say("floor/create/Attic/--level/2")
    await say("area/create/Study/--floor/Attic")
    await say("label/create/Night")

    assert await say("floor/rename/Attic/Top") == "attic is called Top\n"
    assert await say("floor/alias/Top/Roof") == "attic is called Top, also Roof\n"
    assert await say("area/rename/Study/Office") == "study is called Office, on Top\n"
    assert await say("area/alias/Office/Work/Den") == "study is called Office, on Top, also Den, Work\n"
    assert await say("area/floor/Office") == "study is called Office, also Den, Work\n"
    assert await say("label/rename/Night/Dark") == "night is called Dark\n"
    assert await say("label/describe/Dark/Lights out") == "night is called Dark\n"
    assert "Lights out" in await say("label/list")
    assert await say("area/delete/Den") == "Den is gone.\n"
    assert "no area is called 'Den'" in await say("area/icon/Den/mdi:sofa")
    assert "There are no areas yet" in await say("area/list")
    assert "letters" in await say("label/rename/Dark/ ")
