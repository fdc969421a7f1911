"""A template trigger fires at the edge; a template condition takes only true."""

from __future__ import annotations

import pytest


def automation(trigger, **more):
    return {
        "automation": {
            "trigger": {"platform": "template", **trigger},
            "action": {"action": "test.automation", "data": {"who": "{{ trigger.entity_id }}"}},
            **more,
        }
    }


HOT = {"value_template": "{{ states('sensor.t') | float > 20 }}"}


async def test_it_fires_when_the_template_becomes_true(house):
    house.set("sensor.t", "10")
    house.set_up(automation(HOT))
    for value in ("30", "31", "10", "32"):
        house.set("sensor.t", value)
    assert [call.data["who"] for call in house.calls] == ["sensor.t", "sensor.t"]


async def test_it_does_not_fire_when_true_from_the_start(house):
    house.set("sensor.t", "30")
    house.set_up(automation(HOT))
    house.set("sensor.t", "31")
    assert house.calls == []


async def test_an_error_is_no_edge(house):
    house.set("sensor.t", "30")
    house.set_up(automation(HOT))
    house.set("sensor.t", "unavailable")
    house.set("sensor.t", "31")
    assert house.calls == []


async def test_a_template_with_the_time_is_looked_at_each_minute(house):
    house.set_up(automation({"value_template": "{{ now().minute == 5 }}"}))
    await house.advance(4 * 60 + 59)
    assert house.calls == []
    await house.advance(2)
    assert [call.data["who"] for call in house.calls] == [None]


async def test_with_for_it_must_stay_true(house):
    house.set("sensor.t", "10")
    house.set_up(automation({**HOT, "for": 5}))
    house.set("sensor.t", "30")
    await house.advance(4)
    house.set("sensor.t", "10")
    await house.advance(4)
    assert house.calls == []
    house.set("sensor.t", "30")
    await house.advance(5)
    assert len(house.calls) == 1


async def test_what_is_read_later_is_watched_too(house):
    house.set("input_boolean.a", "off")
    house.set("input_boolean.b", "off")
    both = "{{ is_state('input_boolean.a', 'on') and is_state('input_boolean.b', 'on') }}"
    house.set_up(automation({"value_template": both}))
    house.set("input_boolean.a", "on")
    house.set("input_boolean.b", "on")
    assert [call.data["who"] for call in house.calls] == ["input_boolean.b"]


@pytest.mark.parametrize(
    ("result", "passes"), [("true", 1), ("True", 1), ("on", 0), ("1", 0), ("yes", 0), ("false", 0)]
)
async def test_a_condition_takes_only_true(house, result, passes):
    house.set("sensor.t", "10")
    house.set_up(automation(HOT, condition="{{ '" + result + "' }}"))
    house.set("sensor.t", "30")
    assert len(house.calls) == passes
