"""The event trigger looks at the type, the data and the context of each event."""

from __future__ import annotations

import pytest

from hub.api import Cause, Event


def automation(trigger, **more):
    data = {"who": "{{ trigger.event.data.get('who') }}"}
    actions = {"action": "test.automation", "data": data}
    return {"automation": {"trigger": {"platform": "event", **trigger}, "action": actions, **more}}


@pytest.mark.parametrize(
    ("wanted", "data", "fires"),
    [
        ({}, {"a": 1}, 1),
        ({"a": 1}, {"a": 1, "b": 2}, 1),
        ({"a": 1}, {"b": 2}, 0),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}, 1),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, 0),
        ({"a": [1, 2]}, {"a": [1, 2]}, 1),
        ({"a": [1, 2]}, {"a": 1}, 0),
        ({"a": True}, {"a": 1}, 0),
    ],
)
async def test_the_data_must_hold_what_is_wanted(house, wanted, data, fires):
    house.set_up(automation({"event_type": "ring", "event_data": wanted}))
    house.house.bus.fire(Event("ring", data))
    assert len(house.calls) == fires


async def test_several_types_are_one_trigger(house):
    house.set_up(automation({"event_type": ["ring", "knock"]}))
    house.house.bus.fire(Event("ring", {"who": "anna"}))
    house.house.bus.fire(Event("knock"))
    house.house.bus.fire(Event("shout"))
    assert [call.data["who"] for call in house.calls] == ["anna", None]


async def test_the_type_may_come_from_trigger_variables(house):
    house.set_up(automation({"event_type": "{{ kind }}_now"}, trigger_variables={"kind": "ring"}))
    house.house.bus.fire(Event("ring_now"))
    assert len(house.calls) == 1


@pytest.mark.parametrize(("users", "fires"), [("anna", 1), (["bob", "anna"], 1), (["bob"], 0)])
async def test_the_context_may_name_several_users(house, users, fires):
    house.set_up(automation({"event_type": "ring", "context": {"user_id": users}}))
    house.house.bus.fire(Event("ring", {}, Cause(user_id="anna")))
    assert len(house.calls) == fires


async def test_the_run_has_the_event_as_its_cause(house):
    house.set_up(automation({"event_type": "ring"}))
    cause = Cause()
    house.house.bus.fire(Event("ring", {}, cause))
    assert house.calls[0].cause.parent is cause


async def test_changes_of_one_entity_are_events_too(house):
    house.set_up(automation({"event_type": "state_changed", "event_data": {"entity_id": "sensor.a"}}))

    house.set("sensor.a", "1")
    house.set("sensor.b", "1")

    assert len(house.calls) == 1


async def test_a_type_that_is_rendered_to_nothing_does_not_listen(house, caplog):
    house.set_up(automation({"event_type": "{{ kind | default('') }}"}))

    assert "event_type is empty" in caplog.text


async def test_says_what_it_waits_for(house):
    house.set_up(automation({"event_type": ["ring", "knock"], "event_data": {"a": 1}}))

    words = house.household.engine.automations[0].waits_for()

    assert words == ["event ring or knock with {'a': 1}"]
