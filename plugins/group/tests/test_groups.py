"""A group says in the words of its members whether one of them, or every one, is on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from hub.testing import SimulatedHouse


def attributes(house: SimulatedHouse, entity_id: str) -> Mapping[str, Any]:
    state = house.house.states.get(entity_id)
    assert state is not None
    return state.attributes


async def call(house: SimulatedHouse, service: str, **data: Any) -> None:
    domain, _, name = service.partition(".")
    await house.house.services.wait(domain, name, data)


@pytest.mark.parametrize(
    ("states", "every", "shown"),
    [
        ({"light.a": "on", "switch.b": "off"}, False, "on"),
        ({"light.a": "on", "switch.b": "off"}, True, "off"),
        ({"light.a": "unavailable"}, False, "unknown"),
        ({"cover.a": "open", "cover.b": "closed"}, False, "open"),
        ({"cover.a": "closed", "cover.b": "closed"}, False, "closed"),
        ({"cover.a": "closed", "light.b": "off"}, False, "off"),
        ({"lock.a": "locked", "lock.b": "unlocking"}, False, "unlocked"),
        ({"person.a": "not_home", "person.b": "home"}, False, "home"),
        ({"person.a": "work"}, False, "not_home"),
        ({"climate.a": "heat"}, False, "on"),
        ({"sensor.a": "12"}, False, "unknown"),
        ({"light.a": "off", "sensor.b": "12"}, False, "off"),
    ],
)
async def test_it_shows_what_its_members_are(
    house: SimulatedHouse, states: dict[str, str], every: bool, shown: str
) -> None:
    for entity_id, state in states.items():
        house.set(entity_id, state)
    house.set_up({"group": {"g": {"entities": list(states), "all": every}}})
    assert house.state("group.g") == shown


async def test_a_group_of_groups_keeps_their_words(house: SimulatedHouse) -> None:
    house.set("cover.a", "open")
    house.set_up({"group": {"inner": "cover.a", "outer": {"entities": ["group.inner"]}}})
    assert house.state("group.outer") == "open"

    house.set("cover.a", "closed")

    assert house.state("group.outer") == "closed"


async def test_it_lists_its_members_in_order(house: SimulatedHouse) -> None:
    house.set_up(
        {"group": {"a": {"name": "First", "icon": "mdi:home", "entities": "light.b, light.a"}, "b": []}}
    )
    told = attributes(house, "group.a")
    assert (told["entity_id"], told["order"], told["icon"]) == (("light.b", "light.a"), 0, "mdi:home")
    assert told["friendly_name"] == "First"
    assert attributes(house, "group.b")["order"] == 1


async def test_set_makes_changes_and_remove_takes_out(house: SimulatedHouse) -> None:
    house.set("light.a", "on")
    house.set("light.b", "off")
    house.set_up({})
    await call(house, "group.set", object_id="g", name="New", entities=["light.a"])
    assert house.state("group.g") == "on"
    assert attributes(house, "group.g")["auto"] is True

    await call(house, "group.set", object_id="g", add_entities="light.b", all=True)
    assert house.state("group.g") == "off"
    await call(house, "group.set", object_id="g", remove_entities="light.b")
    assert house.state("group.g") == "on"
    await call(house, "group.remove", object_id="g")

    assert house.state("group.g") is None


@pytest.mark.parametrize("service", ["homeassistant.turn_on", "light.turn_on"])
async def test_a_service_reaches_the_members(house: SimulatedHouse, service: str) -> None:
    lamp = {"name": "Lamp", "turn_on": [{"action": "test.automation"}], "turn_off": []}
    house.set_up({"template": {"switch": lamp}, "group": {"g": "switch.lamp"}})

    await call(house, service, entity_id="group.g")

    assert len(house.calls) == (1 if service.startswith("homeassistant") else 0)
