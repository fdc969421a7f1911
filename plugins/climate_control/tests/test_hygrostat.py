"""A generic hygrostat keeps the air at its target by a switch."""

from __future__ import annotations

from typing import Any

import pytest

from hub.testing import SimulatedHouse


def set_up(house: SimulatedHouse, switch: str = "off", **more: Any) -> None:
    house.set("switch.fog", switch)
    base = {"name": "Air", "humidifier": "switch.fog", "target_sensor": "sensor.h", "target_humidity": 50}
    options = {"platform": "generic_hygrostat", "initial_state": True, **base, **more}
    house.set("sensor.h", "50")
    house.set_up({"humidifier": options})
    house.record("homeassistant", "turn_on")
    house.record("homeassistant", "turn_off")
    house.calls.clear()


@pytest.mark.parametrize(
    ("kind", "switch", "humidity", "does"),
    [
        ("humidifier", "off", "47", ["turn_on"]),
        ("humidifier", "off", "48", []),
        ("humidifier", "on", "53", ["turn_off"]),
        ("dehumidifier", "off", "53", ["turn_on"]),
        ("dehumidifier", "on", "47", ["turn_off"]),
    ],
)
async def test_it_switches(
    house: SimulatedHouse, kind: str, switch: str, humidity: str, does: list[str]
) -> None:
    set_up(house, device_class=kind)
    house.set("switch.fog", switch)
    house.set("sensor.h", humidity)
    assert [call.service for call in house.calls] == does


async def test_a_silent_hygrometer_turns_it_off(house: SimulatedHouse) -> None:
    set_up(house, sensor_stale_duration=60)
    house.set("switch.fog", "on")
    house.set("sensor.h", "40")
    await house.advance(60)
    assert [call.service for call in house.calls] == ["turn_off"]


async def test_away_has_a_target_of_its_own(house: SimulatedHouse) -> None:
    set_up(house, away_humidity=35)
    data = {"entity_id": "humidifier.air", "mode": "away"}
    await house.house.services.wait("humidifier", "set_mode", data)
    state = house.house.states.get("humidifier.air")
    assert state is not None
    assert (state.attributes["humidity"], state.attributes["saved_humidity"]) == (35, 50)


async def test_without_a_value_it_is_unavailable(house: SimulatedHouse) -> None:
    set_up(house)
    assert house.state("humidifier.air") == "on"
    house.set("sensor.h", "unavailable")
    assert house.state("humidifier.air") == "unavailable"


async def test_hygrostats_have_a_section_of_their_own(house):
    house.set("sensor.cellar", "70")
    house.set("switch.dryer", "off")
    house.set_up(
        {
            "generic_hygrostat": [
                {
                    "name": "Cellar",
                    "humidifier": "switch.dryer",
                    "target_sensor": "sensor.cellar",
                    "device_class": "dehumidifier",
                    "target_humidity": 55,
                    "initial_state": True,
                }
            ]
        }
    )
    assert house.state("humidifier.cellar") == "on"
