"""What people write under `customize:` lies over what entities say of themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from hub.app import App
from hub.testing.house import SimulatedHouse

PLUG = {"sensor": {"name": "Plug 3", "state_topic": "plug", "json_attributes_topic": "plug/more"}}


@pytest.fixture
async def home() -> AsyncIterator[SimulatedHouse]:
    home = SimulatedHouse()
    yield home
    await home.stop()


def attributes(home: SimulatedHouse, entity_id: str = "sensor.plug_3") -> Mapping[str, Any]:
    state = home.house.states.get(entity_id)
    assert state is not None
    return state.attributes


async def test_an_entity_shows_what_the_yaml_says(home: SimulatedHouse) -> None:
    own = {"friendly_name": "Washer", "icon": "mdi:washer", "hidden": "yes", "floor": 2, "room": "cellar"}
    home.set_up({"homeassistant": {"customize": {"sensor.Plug_3": own}}, "mqtt": [PLUG]})
    home.mqtt.deliver("plug", b"5")
    home.mqtt.deliver("plug/more", b'{"room": "attic", "watts": 7}')

    shown = attributes(home)
    assert (shown["friendly_name"], shown["icon"], shown["hidden"]) == ("Washer", "mdi:washer", True)
    assert (shown["floor"], shown["room"], shown["watts"]) == (2, "cellar", 7)
    assert home.state("sensor.plug_3") == "5"


async def test_an_entity_goes_before_a_glob_and_a_glob_before_a_domain(home: SimulatedHouse) -> None:
    home.set_up(
        {
            "homeassistant": {
                "customize": {"sensor.plug_3": {"a": "entity"}, "sensor.other": None},
                "customize_glob": {"sensor.pl*": {"a": "glob", "b": "glob"}, "*_3": {"b": "later glob"}},
                "customize_domain": {"sensor": {"a": "domain", "b": "domain", "c": "domain"}},
            },
            "mqtt": [PLUG],
        }
    )
    home.mqtt.deliver("plug", b"5")
    shown = attributes(home)
    assert (shown["a"], shown["b"], shown["c"]) == ("entity", "later glob", "domain")


async def test_what_is_no_entity_id_is_told(home: SimulatedHouse) -> None:
    read = home.read({"homeassistant": {"customize": {"sensor.pl*": {"icon": "x"}}}})
    assert ["'sensor.pl*' is no entity id" in str(problem) for problem in read.errors] == [True]


def icon(app: App) -> Any:
    state = app.house.states.get("input_boolean.x")
    assert state is not None
    return state.attributes["icon"]


async def test_a_reload_takes_it_over(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    text = (
        "homeassistant: {customize: {input_boolean.x: {icon: 'mdi:ICON'}}}\n"
        "broker: {listeners: []}\ninput_boolean: {x: {name: X}}\n"
    )
    file.write_text(text.replace("ICON", "one"))
    app = App(file, watch=False)
    await app.start()
    try:
        assert icon(app) == "mdi:one"
        file.write_text(text.replace("ICON", "two"))
        told = app.reload()
        assert icon(app) == "mdi:two"
        assert told["restart"] == []
    finally:
        await app.stop()
