"""A person is where the most telling of their trackers is."""

from __future__ import annotations

import pytest

from hub.testing.house import SimulatedHouse

PHONE, ROUTER = "device_tracker.phone", "device_tracker.router"
PERSON = {"person": [{"name": "Keeper", "id": "keeper", "device_trackers": [PHONE, ROUTER]}]}


@pytest.fixture
async def house():
    made = SimulatedHouse()
    made.set_up(PERSON)
    yield made
    await made.stop()


def at(latitude: float) -> dict[str, object]:
    return {"source_type": "gps", "latitude": latitude, "longitude": 20.0, "gps_accuracy": 5}


def test_nobody_knows_at_first(house):
    assert house.state("person.keeper") == "unknown"


async def test_who_is_seen_at_home_is_at_home(house):
    house.set(ROUTER, "home", {"source_type": "router"})
    await house.advance(60)
    house.set(PHONE, "not_home", at(10.0))
    assert house.state("person.keeper") == "home"
    house.set(ROUTER, "not_home", {"source_type": "router"})
    assert house.state("person.keeper") == "not_home"
    assert house.house.states.get("person.keeper").attributes["latitude"] == 10.0


async def test_a_tracker_that_knows_nothing_moves_nobody(house):
    house.set(PHONE, "Boathouse", at(10.0))
    house.set(PHONE, "unavailable")
    assert house.state("person.keeper") == "Boathouse"


async def test_the_position_moves_along(house):
    house.set(PHONE, "not_home", at(10.0))
    house.set(PHONE, "not_home", at(11.0))
    state = house.house.states.get("person.keeper")
    assert (state.attributes["latitude"], state.attributes["source"]) == (11.0, PHONE)
