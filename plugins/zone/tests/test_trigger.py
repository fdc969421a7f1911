"""The zone trigger fires when somebody crosses the border of a zone."""

from __future__ import annotations

import logging

import pytest
from pydantic import TypeAdapter

from hub.api import Cause, TriggerField
from hub.fields import Parsing

SQUARE = {"name": "Square", "latitude": 32.880837, "longitude": -117.237561, "radius": 250}
INSIDE = {"latitude": 32.880586, "longitude": -117.237564}
OUTSIDE = {"latitude": 32.881011, "longitude": -117.234758}

STATES = "{{ trigger.from_state.state }} {{ trigger.to_state.state }}"
SEEN = "{{ trigger.entity_id }} " + STATES + " {{ trigger.zone.name }}"


def automation(trigger, zones=(SQUARE,)):
    trigger = {"trigger": "zone", "entity_id": "person.anna", "zone": "zone.square", **trigger}
    action = {"action": "test.automation", "data": {"seen": SEEN, "event": "{{ trigger.event }}"}}
    return {"zone": list(zones), "automation": {"triggers": trigger, "actions": action}}


@pytest.mark.parametrize(
    ("event", "way", "fires"),
    [
        ("enter", (OUTSIDE, INSIDE), 1),
        ("enter", (OUTSIDE, INSIDE, INSIDE), 1),
        ("enter", (INSIDE, OUTSIDE), 0),
        ("leave", (INSIDE, OUTSIDE), 1),
        ("leave", (OUTSIDE, INSIDE), 0),
        ("leave", (INSIDE, OUTSIDE, INSIDE, OUTSIDE), 2),
        ("enter", ({}, INSIDE), 0),
        ("leave", (INSIDE, {}), 0),
    ],
)
async def test_crossing_the_border_fires(house, event, way, fires):
    house.set("person.anna", "x", way[0])
    house.set_up(automation({"event": event}))

    for place in way[1:]:
        house.set("person.anna", "x", place)

    assert len(house.calls) == fires


async def test_somebody_who_appears_inside_enters(house):
    house.set_up(automation({}))

    house.set("person.anna", "x", INSIDE)

    assert len(house.calls) == 1


async def test_somebody_who_is_gone_has_not_left(house):
    house.set("person.anna", "x", INSIDE)
    house.set_up(automation({"event": "leave"}))

    house.house.states.remove("person.anna")

    assert house.calls == []


@pytest.mark.parametrize(("event", "fires"), [("leave", 1), ("enter", 0)])
async def test_somebody_who_is_unavailable_is_nowhere(house, event, fires):
    house.set("person.anna", "x", INSIDE)
    house.set_up(automation({"event": event}))

    house.set("person.anna", "unavailable", INSIDE)

    assert len(house.calls) == fires


async def test_tells_who_and_where(house):
    house.set("person.anna", "away", OUTSIDE)
    house.set_up(automation({}))
    cause = Cause()

    house.set("person.anna", "there", INSIDE, cause=cause)

    assert house.calls[0].data == {"seen": "person.anna away there Square", "event": "enter"}
    assert house.calls[0].cause.parent is cause


async def test_a_zone_that_does_not_exist_is_told_once(house, caplog):
    house.set("person.anna", "x", OUTSIDE)
    house.set_up(automation({"zone": "zone.mars"}))

    for place in (INSIDE, OUTSIDE, INSIDE):
        house.set("person.anna", "x", place)

    told = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert told == ["automation automation_0: zone: there is no zone zone.mars"]
    assert house.calls == []


@pytest.mark.parametrize(
    ("place", "now"),
    [
        (INSIDE, "person.anna is inside, 28 m from zone.square, whose radius is 250 m"),
        (
            {**OUTSIDE, "gps_accuracy": 5},
            "person.anna is outside, 263 m (± 5 m) from zone.square, whose radius is 250 m",
        ),
        ({}, "zone: person.anna has no latitude"),
    ],
)
async def test_says_what_it_waits_for(house, place, now):
    house.set_up({"zone": SQUARE})
    context = Parsing(house.house.kinds, house.house.templates).context()
    config = {"trigger": "zone", "entity_id": "person.anna", "zone": "zone.square", "event": "leave"}
    trigger = TypeAdapter(TriggerField).validate_python(config, context=context)

    house.set("person.anna", "x", place)

    assert trigger.waits_for(house.house) == f"person.anna leaves zone.square (now {now})"
