"""A scene calls the services that bring its entities into their states, and no others."""

from __future__ import annotations

from typing import Any

import pytest

from hub.api import HubError, Remembered
from hub.testing import SimulatedHouse


async def call(house: SimulatedHouse, service: str, **data: Any) -> None:
    await house.house.services.wait("scene", service, data)


def recording(house: SimulatedHouse, *services: str) -> None:
    for service in services:
        domain, _, name = service.partition(".")
        house.record(domain, name)


def told(house: SimulatedHouse) -> list[tuple[str, dict[str, Any]]]:
    return [(f"{call.domain}.{call.service}", dict(call.data)) for call in house.calls]


def scene(**entities: Any) -> dict[str, Any]:
    named = {key.replace("__", "."): value for key, value in entities.items()}
    return {"scene": [{"name": "Movie", "id": "m1", "entities": named}]}


async def test_it_is_activated_with_a_transition(house: SimulatedHouse) -> None:
    house.set("light.a", "off")
    house.set("switch.b", "on")
    house.set_up(scene(light__a={"state": "on", "brightness": 60}, switch__b="off"))
    recording(house, "light.turn_on", "switch.turn_off")

    await call(house, "turn_on", entity_id="scene.movie", transition=3)

    light = {"entity_id": "light.a", "transition": 3.0, "brightness": 60}
    assert told(house) == [("light.turn_on", light), ("switch.turn_off", {"entity_id": "switch.b"})]
    assert house.state("scene.movie") == "2024-05-06T12:00:00+00:00"


async def test_it_lists_its_entities(house: SimulatedHouse) -> None:
    house.set_up(scene(light__a="on"))
    state = house.house.states.get("scene.movie")
    assert state is not None
    assert (state.state, state.attributes["id"]) == ("unknown", "m1")
    assert state.attributes["entity_id"] == ["light.a"]


async def test_what_is_so_already_is_not_told(house: SimulatedHouse) -> None:
    house.set("light.a", "on", {"brightness": 60})
    house.set_up(scene(light__a={"state": "on", "brightness": 60}))
    recording(house, "light.turn_on")

    await call(house, "turn_on", entity_id="scene.movie")

    assert told(house) == []


@pytest.mark.parametrize(
    ("entity_id", "now", "wanted", "calls"),
    [
        (
            "light.a",
            ("on", {"color_mode": "hs", "hs_color": [1, 2]}),
            {"state": "on", "color_mode": "color_temp", "color_temp_kelvin": 3000, "hs_color": [9, 9]},
            [("light.turn_on", {"color_temp_kelvin": 3000})],
        ),
        ("cover.a", ("open", {}), "closed", [("cover.close_cover", {})]),
        (
            "cover.a",
            ("open", {"current_position": 100}),
            {"state": "open", "current_position": 40},
            [("cover.set_cover_position", {"position": 40})],
        ),
        (
            "climate.a",
            ("off", {}),
            {"state": "heat", "temperature": 21},
            [
                ("climate.set_hvac_mode", {"hvac_mode": "heat"}),
                ("climate.set_temperature", {"temperature": 21}),
            ],
        ),
        (
            "fan.a",
            ("on", {"percentage": 10}),
            {"state": "on", "percentage": 50},
            [("fan.set_percentage", {"percentage": 50})],
        ),
        ("lock.a", ("unlocked", {}), "locked", [("lock.lock", {})]),
        ("select.a", ("x", {}), "y", [("select.select_option", {"option": "y"})]),
        ("switch.a", ("off", {}), "dim", []),
        ("sensor.a", ("1", {}), "2", []),
    ],
)
async def test_each_domain_has_its_services(
    house: SimulatedHouse, entity_id: str, now: Any, wanted: Any, calls: list[tuple[str, dict[str, Any]]]
) -> None:
    house.set(entity_id, *now)
    house.set_up({})
    recording(house, *(service for service, _ in calls))

    await call(house, "apply", entities={entity_id: wanted})

    assert told(house) == [(service, {"entity_id": entity_id, **data}) for service, data in calls]


async def test_a_snapshot_brings_back_what_was(house: SimulatedHouse) -> None:
    house.set("switch.a", "on")
    house.set_up({})
    recording(house, "switch.turn_on")
    await call(house, "create", scene_id="before", snapshot_entities=["switch.a"])
    house.set("switch.a", "off")

    await call(house, "turn_on", entity_id="scene.before")

    assert told(house) == [("switch.turn_on", {"entity_id": "switch.a"})]


async def test_only_what_a_service_made_is_deleted(house: SimulatedHouse) -> None:
    house.set_up(scene(light__a="on"))
    await call(house, "create", scene_id="mine", entities={"light.a": "off"})
    await call(house, "delete", entity_id="scene.mine")
    assert house.state("scene.mine") is None
    with pytest.raises(HubError, match="no scene that a service made"):
        await call(house, "delete", entity_id="scene.movie")


async def test_when_it_was_activated_is_restored() -> None:
    house = SimulatedHouse(remembered={"scene.movie": Remembered("2024-01-01T00:00:00+00:00")})
    house.set_up(scene(light__a="on"))
    assert house.state("scene.movie") == "2024-01-01T00:00:00+00:00"
    await house.stop()


async def test_a_state_is_a_text(house: SimulatedHouse) -> None:
    found = house.read(scene(number__a={"state": 5}))
    assert "should be a text" in str(found.errors[0])
