"""Zones are entities that count who is in them."""

from __future__ import annotations

import pytest

from hub.api import Cause

SCHOOL = {"name": "My School", "latitude": 52.5, "longitude": 13.4}


async def test_home_is_where_the_house_is(house):
    settings = house.house.settings
    settings.name, settings.latitude, settings.longitude = "Our house", 52.5, 13.4

    house.set_up({"zone": None})

    home = house.house.states.get("zone.home")
    assert (home.state, home.name) == ("0", "Our house")
    assert dict(home.attributes) == {
        "latitude": 52.5,
        "longitude": 13.4,
        "radius": 100.0,
        "passive": False,
        "persons": [],
        "editable": True,
        "icon": "mdi:home",
        "friendly_name": "Our house",
    }


async def test_a_zone_called_home_takes_its_place(house):
    house.set_up({"zone": {**SCHOOL, "name": "Home"}})

    assert house.house.states.entity_ids("zone") == ["zone.home"]
    assert house.house.states.get("zone.home").attributes["latitude"] == 52.5


async def test_each_zone_is_an_entity(house):
    house.set_up({"zone": [{**SCHOOL, "radius": 250, "passive": True}, SCHOOL]})

    first = house.house.states.get("zone.my_school")
    assert house.house.states.entity_ids("zone") == ["zone.my_school", "zone.my_school_2", "zone.home"]
    assert (first.attributes["radius"], first.attributes["passive"]) == (250.0, True)
    assert first.attributes["editable"] is False


@pytest.mark.parametrize(
    ("state", "home", "school"),
    [
        ("home", "1", "0"),
        ("Home", "1", "0"),
        ("Our house", "1", "0"),
        ("my school", "0", "1"),
        ("not_home", "0", "0"),
        ("unavailable", "0", "0"),
    ],
)
async def test_persons_are_counted(house, state, home, school):
    house.house.settings.name = "Our house"
    house.set_up({"zone": SCHOOL})

    house.set("person.anna", state)

    assert (house.state("zone.home"), house.state("zone.my_school")) == (home, school)


async def test_a_person_who_moves_is_counted_elsewhere(house):
    house.set("person.ben", "home")
    house.set_up({"zone": SCHOOL})
    house.set("person.anna", "home")
    house.set("device_tracker.cat", "home")
    cause = Cause()

    house.set("person.ben", "My School", cause=cause)

    home, school = (house.house.states.get(name) for name in ("zone.home", "zone.my_school"))
    assert (home.state, home.attributes["persons"]) == ("1", ["person.anna"])
    assert (school.state, school.attributes["persons"]) == ("1", ["person.ben"])
    assert school.cause is cause


async def test_a_person_who_is_gone_is_not_counted(house):
    house.set("person.ben", "home")
    house.set_up({"zone": None})

    house.house.states.remove("person.ben")

    assert house.state("zone.home") == "0"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"latitude": 91}, "zone[0].latitude: should be at most 90"),
        ({"longitude": "x"}, "zone[0].longitude: should be a number"),
        ({"radius": -1}, "zone[0].radius: should be at least 0"),
        ({"raduis": 5}, "zone[0].raduis: unknown key"),
    ],
)
async def test_a_mistake_is_told_with_its_place(house, change, problem):
    configuration = house.read({"zone": [{**SCHOOL, **change}]})

    assert problem in str(configuration.problems[0])


@pytest.mark.parametrize("section", [None, [], {}])
async def test_the_section_may_be_empty(house, section):
    configuration = house.set_up({"zone": section})

    assert configuration.problems == []
    assert house.state("zone.home") == "0"


async def test_nothing_is_left_when_the_house_stops(house):
    house.set_up({"zone": SCHOOL})

    await house.stop()
    house.set("person.anna", "home")

    assert house.house.states.entity_ids("zone") == []
