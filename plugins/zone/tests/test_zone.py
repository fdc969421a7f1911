"""Zones as entities, the zone trigger and the zone condition."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from pydantic import TypeAdapter

from hub.api import Attachment, HubError, State, Trigger, TriggerField
from hub.configuration import parse_condition
from hub.fields import Parsing
from plugins.zone.places import Place, is_in, metres

ZONE = {"latitude": 32.880837, "longitude": -117.237561, "radius": 250, "friendly_name": "Test"}
INSIDE = {"latitude": 32.880586, "longitude": -117.237564}
OUTSIDE = {"latitude": 32.881011, "longitude": -117.234758}
GONE = object()


def parse(house, config: dict) -> Trigger:
    context = Parsing(house.house.kinds, house.house.templates).context()
    return TypeAdapter(TriggerField).validate_python({"trigger": "zone", **config}, context=context)


def attach(house, **config):
    fired: list[dict] = []

    def fire(facts, cause):
        fired.append(facts)

    trigger = parse(house, {"entity_id": "person.a", "zone": "zone.test", **config})
    return fired, trigger.attach(Attachment(house.house, fire, {}, "test"))


def play(house, *states) -> None:
    for state in states:
        if state is GONE:
            house.house.states.remove("person.a")
        else:
            house.set("person.a", *state)


# --- where things are ---


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (Place(52.52, 13.405), Place(48.137, 11.575), 504_000),
        (Place(0, 179.9), Place(0, -179.9), 22_239),
        (Place(90, 0), Place(-90, 0), 20_015_000),
        (Place(1, 1), Place(1, 1), 0),
    ],
)
def test_measures_on_the_globe(one, other, expected):
    assert metres(one, other) == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize(
    ("attributes", "inside"),
    [
        (INSIDE, True),
        (OUTSIDE, False),
        ({**OUTSIDE, "gps_accuracy": 20}, True),
        ({**INSIDE, "latitude": "32"}, False),
    ],
)
def test_coordinates_and_their_accuracy_decide(attributes, inside):
    zone = State("zone.test", "0", ZONE, 0, 0, 0, None)

    assert is_in(zone, State("person.a", "away", attributes, 0, 0, 0, None)) is inside


@pytest.mark.parametrize(
    ("zone_id", "state", "inside"),
    [
        ("zone.test", "test", True),
        ("zone.test", "home", False),
        ("zone.home", "home", True),
        ("zone.test", "not_home", False),
        ("zone.test", "unavailable", False),
    ],
)
def test_without_coordinates_the_state_decides(zone_id, state, inside):
    zone = State(zone_id, "0", ZONE, 0, 0, 0, None)

    assert is_in(zone, State("person.a", state, {}, 0, 0, 0, None)) is inside


# --- trigger ---


@pytest.mark.parametrize(
    ("event", "states", "count"),
    [
        ("enter", [("a", OUTSIDE), ("a", INSIDE)], 1),
        ("enter", [("a", INSIDE), ("b", INSIDE)], 1),
        ("enter", [("a", INSIDE), ("a", OUTSIDE)], 1),
        ("enter", [("a", {}), ("a", INSIDE)], 0),
        ("enter", [("not_home", {}), ("test", {})], 1),
        ("enter", [("unavailable", {}), ("test", {})], 0),
        ("leave", [("a", INSIDE), ("a", OUTSIDE)], 1),
        ("leave", [("a", OUTSIDE), ("a", INSIDE)], 0),
        ("leave", [("a", INSIDE), GONE], 0),
        ("leave", [("a", INSIDE), ("a", {})], 0),
    ],
)
def test_fires_when_somebody_crosses_the_border(house, event, states, count):
    house.set("zone.test", "0", ZONE)
    fired, _ = attach(house, event=event)

    play(house, *states)

    assert len(fired) == count


def test_tells_who_crossed_which_border(house):
    house.set("zone.test", "0", ZONE)
    play(house, ("a", INSIDE))
    fired, _ = attach(house, event="leave")

    play(house, ("b", OUTSIDE))

    facts = fired[0]
    assert (facts["from_state"].state, facts["to_state"].state) == ("a", "b")
    assert facts["zone"].entity_id == "zone.test"
    assert (facts["event"], facts["description"]) == ("leave", "person.a leaving Test")


def test_a_zone_that_is_missing_is_said_at_the_start(house, caplog):
    fired, detach = attach(house)

    play(house, ("a", OUTSIDE), ("a", INSIDE))
    detach()

    assert fired == []
    assert "there is no zone zone.test yet" in caplog.text


@pytest.mark.parametrize(
    ("states", "now"),
    [([], "not there"), ([("a", INSIDE)], "inside"), ([("a", OUTSIDE)], "outside")],
)
def test_says_what_it_waits_for(house, states, now):
    house.set("zone.test", "0", ZONE)
    play(house, *states)

    words = parse(house, {"entity_id": "person.a", "zone": "zone.test"}).waits_for(house.house)

    assert words == f"person.a enters zone.test (now {now})"


def test_says_that_it_waits_for_a_zone_that_is_missing(house):
    words = parse(house, {"entity_id": "person.a", "zone": "zone.test"}).waits_for(house.house)

    assert words == "person.a enters zone.test (now there is no such zone)"


# --- condition ---


@pytest.fixture
def ask(house):
    """Return the condition with the scope to ask it in."""

    def parse(entity_id, zone):
        condition, problems = parse_condition(
            {"condition": "zone", "entity_id": entity_id, "zone": zone}, house.house
        )
        assert not problems
        return condition, SimpleNamespace(house=house.house, variables={})

    house.set("zone.test", "0", ZONE)
    house.set("zone.far", "0", {**ZONE, "latitude": 0, "friendly_name": "Far"})
    house.set("person.a", "x", INSIDE)
    house.set("person.b", "y", OUTSIDE)
    return parse


@pytest.mark.parametrize(
    ("entity_id", "zone", "holds"),
    [
        ("person.a", "zone.test", True),
        ("person.b", "zone.test", False),
        ("person.a", ["zone.far", "zone.test"], True),
        (["person.a", "person.b"], "zone.test", False),
        ("person.a", ["zone.test", "zone.missing"], True),
    ],
)
def test_each_must_be_in_one_of_the_zones(ask, entity_id, zone, holds):
    condition, scope = ask(entity_id, zone)

    assert condition.test(scope) is holds


@pytest.mark.parametrize(
    ("entity_id", "zone", "problem"),
    [
        ("person.missing", "zone.test", r"there is no entity person\.missing"),
        ("person.a", "zone.missing", r"there is no zone zone\.missing"),
    ],
)
def test_what_is_missing_leaves_the_answer_open(ask, entity_id, zone, problem):
    condition, scope = ask(entity_id, zone)

    with pytest.raises(HubError, match=problem):
        condition.test(scope)


def test_says_who_is_not_there(ask):
    condition, scope = ask(["person.a", "person.b"], ["zone.test", "zone.far"])

    assert condition.why(scope) == "zone: person.b is not in zone.test or zone.far"


# --- entities ---


def test_home_is_always_there(house):
    house.house.settings.latitude = 52.5

    house.set_up({})

    state = house.house.states.get("zone.home")
    assert state.state == "0"
    assert state.attributes["latitude"] == 52.5
    assert state.attributes["radius"] == 100
    assert state.attributes["friendly_name"] == "Home"
    assert state.attributes["persons"] == []


def test_zones_of_the_configuration_are_entities(house):
    zones = [
        {"name": "Work", "latitude": 52.5, "longitude": 13.4, "radius": 50, "icon": "mdi:desk"},
        {"name": "Home", "latitude": 1, "longitude": 2, "passive": True},
    ]

    house.set_up({"zone": zones})

    assert sorted(house.house.states.entity_ids("zone")) == ["zone.home", "zone.work"]
    assert house.house.states.get("zone.home").attributes["passive"] is True
    assert house.house.states.get("zone.work").attributes["icon"] == "mdi:desk"


def test_counts_the_people_that_say_they_are_there(house):
    house.set("person.a", "home")
    house.set_up({"zone": {"name": "Work", "latitude": 52.5, "longitude": 13.4}})

    house.set("person.b", "home")
    house.set("person.c", "work")
    house.set("person.a", "not_home")
    house.house.states.remove("person.c")
    house.set("person.c", "Work")

    assert (house.state("zone.home"), house.state("zone.work")) == ("1", "1")
    assert house.house.states.get("zone.home").attributes["persons"] == ["person.b"]


@pytest.mark.parametrize(
    "zone",
    [{"name": "x"}, {"name": "x", "latitude": 91, "longitude": 0}, {"latitude": 1, "longitude": 1}, "x"],
)
def test_refuses_what_is_no_place(house, zone):
    configuration = house.read({"zone": [zone]})

    assert configuration.errors


async def test_zones_go_with_the_house(house):
    house.set_up({})

    await house.stop()

    assert house.house.states.entity_ids("zone") == []
