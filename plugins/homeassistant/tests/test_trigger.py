"""Start fires once everything is there, shutdown before anything is gone."""

from __future__ import annotations


def automation(event):
    return {
        "automation": {
            "trigger": {"platform": "homeassistant", "event": event},
            "action": {"action": "test.automation", "data": {"event": "{{ trigger.event }}"}},
        }
    }


async def test_start_fires_when_everything_is_set_up(house):
    house.set_up(automation("start"))
    assert [call.data["event"] for call in house.calls] == ["start"]


async def test_shutdown_fires_before_the_house_stops(house):
    house.set_up(automation("shutdown"))
    assert house.calls == []
    await house.household.stop()
    assert [call.data["event"] for call in house.calls] == ["shutdown"]


async def test_an_automation_that_comes_later_does_not_fire_for_a_past_start(house):
    house.set_up({})
    house.household.automate(house.read(automation("start")))
    assert house.calls == []
