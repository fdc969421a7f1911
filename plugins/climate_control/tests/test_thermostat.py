"""A generic thermostat keeps a room at its target by a switch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from hub.api import HubError, Remembered
from hub.testing import SimulatedHouse


def thermostat(**more: Any) -> dict[str, Any]:
    base = {"name": "Bath", "heater": "switch.heater", "target_sensor": "sensor.t", "target_temp": 20}
    return {"climate": {"platform": "generic_thermostat", "initial_hvac_mode": "heat", **base, **more}}


def set_up(house: SimulatedHouse, heater: str = "off", **more: Any) -> None:
    house.set("switch.heater", heater)
    house.set_up(thermostat(**more))
    house.record("homeassistant", "turn_on")
    house.record("homeassistant", "turn_off")


async def call(house: SimulatedHouse, service: str, **data: Any) -> None:
    await house.house.services.wait("climate", service, {"entity_id": "climate.bath", **data})


def told(house: SimulatedHouse) -> list[str]:
    return [call.service for call in house.calls]


def attributes(house: SimulatedHouse) -> Mapping[str, Any]:
    state = house.house.states.get("climate.bath")
    assert state is not None
    return state.attributes


@pytest.mark.parametrize(
    ("heater", "temperature", "does"),
    [
        ("off", "19.6", ["turn_on"]),
        ("off", "19.8", []),
        ("on", "20.2", []),
        ("on", "20.3", ["turn_off"]),
        ("off", "unavailable", []),
    ],
)
async def test_it_heats(house: SimulatedHouse, heater: str, temperature: str, does: list[str]) -> None:
    set_up(house, heater)
    house.set("sensor.t", temperature)
    assert told(house) == does


@pytest.mark.parametrize(
    ("heater", "temperature", "does"),
    [("off", "20.4", ["turn_on"]), ("on", "19.8", []), ("on", "19.7", ["turn_off"])],
)
async def test_it_cools(house: SimulatedHouse, heater: str, temperature: str, does: list[str]) -> None:
    set_up(house, heater, ac_mode=True, initial_hvac_mode="cool")
    house.set("sensor.t", temperature)
    assert told(house) == does


async def test_the_switch_keeps_its_state_for_the_shortest_cycle(house: SimulatedHouse) -> None:
    set_up(house, min_cycle_duration=300)
    house.set("sensor.t", "18")
    assert told(house) == []
    await house.advance(300)
    house.set("sensor.t", "18.1")
    assert told(house) == ["turn_on"]


async def test_keep_alive_repeats(house: SimulatedHouse) -> None:
    set_up(house, "on", keep_alive=60)
    house.set("sensor.t", "19")
    await house.advance(120)
    assert told(house) == ["turn_on", "turn_on"]


async def test_off_turns_the_heater_off(house: SimulatedHouse) -> None:
    set_up(house, "on")
    house.set("sensor.t", "19")
    await call(house, "turn_off")
    assert told(house) == ["turn_off"]
    assert (house.state("climate.bath"), attributes(house)["hvac_action"]) == ("off", "off")


async def test_presets_remember_the_target(house: SimulatedHouse) -> None:
    set_up(house, away_temp=16)
    await call(house, "set_preset_mode", preset_mode="away")
    assert (attributes(house)["temperature"], attributes(house)["preset_mode"]) == (16, "away")
    await call(house, "set_preset_mode", preset_mode="none")
    assert attributes(house)["temperature"] == 20


@pytest.mark.parametrize(
    ("service", "data"),
    [
        ("set_temperature", {"temperature": 36}),
        ("set_hvac_mode", {"hvac_mode": "cool"}),
        ("set_preset_mode", {"preset_mode": "eco"}),
    ],
)
async def test_what_it_can_not_do_is_refused(
    house: SimulatedHouse, service: str, data: dict[str, Any]
) -> None:
    set_up(house, away_temp=16)
    with pytest.raises(HubError):
        await call(house, service, **data)


async def test_it_is_restored() -> None:
    before = Remembered("heat", {"temperature": 22.5, "preset_mode": "away"})
    house = SimulatedHouse(remembered={"climate.bath": before})
    set_up(house, initial_hvac_mode=None, target_temp=None, away_temp=16)
    assert house.state("climate.bath") == "heat"
    assert (attributes(house)["temperature"], attributes(house)["preset_mode"]) == (22.5, "away")
    await house.stop()
