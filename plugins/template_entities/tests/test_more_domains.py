"""Templates make alarms, events, images, updates, vacuum cleaners and weather."""

from __future__ import annotations

import pytest

from hub.core.errors import HubError


async def call(house, service, **data):
    domain, _, name = service.partition(".")
    return await house.house.services.wait(domain, name, data)


async def test_an_alarm_follows_its_template_and_needs_its_code(house):
    house.set("switch.armed", "off")
    alarm = {
        "name": "Boathouse",
        "state": "{{ 'armed_away' if is_state('switch.armed', 'on') else 'disarmed' }}",
        "arm_away": {"action": "test.script", "data": {"code": "{{ code }}"}},
    }
    house.set_up({"template": [{"alarm_control_panel": alarm}]})
    assert house.state("alarm_control_panel.boathouse") == "disarmed"
    house.set("switch.armed", "on")
    assert house.state("alarm_control_panel.boathouse") == "armed_away"

    with pytest.raises(HubError, match="needs its code"):
        await call(house, "alarm_control_panel.alarm_arm_away", entity_id="alarm_control_panel.boathouse")
    await call(
        house, "alarm_control_panel.alarm_arm_away", entity_id="alarm_control_panel.boathouse", code="4711"
    )
    assert house.calls[-1].data == {"code": 4711}


async def test_an_event_happens_when_its_triggers_fire(house):
    house.set_up(
        {
            "template": [
                {
                    "triggers": {"trigger": "event", "event_type": "bell"},
                    "event": {
                        "name": "Bell",
                        "event_type": "{{ trigger.event.data.kind }}",
                        "event_types": "{{ ['short', 'long'] }}",
                    },
                }
            ]
        }
    )
    assert house.state("event.bell") == "unknown"
    house.house.bus.emit("bell", {"kind": "long"})
    await house.settle()
    first = house.state("event.bell")
    assert first == "2024-05-06T12:00:00.000+00:00"
    await house.advance(2)
    house.house.bus.emit("bell", {"kind": "none of them"})
    await house.settle()
    assert house.state("event.bell") == first
    assert house.house.states.get("event.bell").attributes["event_type"] == "long"


async def test_an_image_changes_with_its_address(house):
    house.set("sensor.view", "lake")
    house.set_up(
        {"template": [{"image": {"name": "View", "url": "http://cam/{{ states('sensor.view') }}.jpg"}}]}
    )
    assert house.state("image.view") == "2024-05-06T12:00:00+00:00"
    await house.advance(60)
    house.set("sensor.view", "shore")
    assert house.state("image.view") == "2024-05-06T12:01:00+00:00"


async def test_an_update_is_on_while_a_newer_version_waits(house):
    house.set("sensor.installed", "1.9")
    update = {
        "name": "Pump",
        "installed_version": "{{ states('sensor.installed') }}",
        "latest_version": "{{ '1.10.0' }}",
        "install": {"action": "test.script", "data": {"version": "{{ specific_version }}"}},
    }
    house.set_up({"template": [{"update": update}]})
    assert house.state("update.pump") == "on"
    await call(house, "update.install", entity_id="update.pump")
    assert len(house.calls) == 1
    await call(house, "update.skip", entity_id="update.pump")
    assert house.state("update.pump") == "off"
    await call(house, "update.clear_skipped", entity_id="update.pump")
    house.set("sensor.installed", "2.0.beta")
    assert house.state("update.pump") == "on"


async def test_a_vacuum_without_a_state_template_is_assumed(house):
    vacuum = {
        "name": "Robot",
        "start": {"action": "test.script"},
        "set_fan_speed": {"action": "test.script", "data": {"speed": "{{ fan_speed }}"}},
        "fan_speeds": ["low", "high"],
    }
    house.set_up({"template": [{"vacuum": vacuum}]})
    await call(house, "vacuum.start", entity_id="vacuum.robot")
    assert house.state("vacuum.robot") == "cleaning"
    await call(house, "vacuum.set_fan_speed", entity_id="vacuum.robot", fan_speed="high")
    assert house.calls[-1].data == {"speed": "high"}


async def test_weather_gives_its_forecast_by_entity(house):
    weather = {
        "name": "Lake",
        "condition_template": "sunny",
        "temperature_template": "{{ 21.5 }}",
        "humidity_template": "{{ 40 }}",
        "forecast_daily_template": "{{ [{'datetime': '2024-05-07', 'condition': 'rainy'}] }}",
    }
    house.set_up({"template": [{"weather": weather}]})
    state = house.house.states.get("weather.lake")
    assert (state.state, state.attributes["temperature"]) == ("sunny", 21.5)
    answer = await house.house.services.wait(
        "weather", "get_forecasts", {"entity_id": "weather.lake", "type": "daily"}, return_response=True
    )
    assert answer == {"weather.lake": {"forecast": [{"datetime": "2024-05-07", "condition": "rainy"}]}}
