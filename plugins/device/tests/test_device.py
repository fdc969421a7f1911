"""Device parts do what the same parts on an entity do."""

from __future__ import annotations

from typing import Any

import pytest

from hub.testing import SimulatedHouse

CALL = {"action": "test.automation"}
GO = {"trigger": "event", "event_type": "go"}


def set_up(house: SimulatedHouse, **parts: Any) -> list[Any]:
    config = {"triggers": [GO], "actions": [CALL], **parts}
    return house.set_up({"automation": [config]}).problems


async def go(house: SimulatedHouse) -> int:
    house.house.bus.emit("go")
    await house.settle()
    return len(house.calls)


@pytest.mark.parametrize(
    ("entity_id", "given", "before", "after"),
    [
        ("light.a", {"type": "turned_on"}, "off", "on"),
        ("switch.a", {"type": "turned_off"}, "on", "off"),
        ("fan.a", {"type": "changed_states"}, "on", "off"),
        ("binary_sensor.a", {"type": "motion"}, "off", "on"),
        ("binary_sensor.a", {"type": "no_motion"}, "on", "off"),
        ("binary_sensor.a", {"type": "not_opened"}, "on", "off"),
        ("binary_sensor.a", {"type": "not_locked"}, "off", "on"),
        ("sensor.a", {"type": "temperature", "above": 20}, "19", "21"),
        ("cover.a", {"type": "opened"}, "closed", "open"),
        ("lock.a", {"type": "jammed"}, "locking", "jammed"),
        ("media_player.a", {"type": "playing"}, "idle", "playing"),
        ("alarm_control_panel.a", {"type": "armed_away"}, "arming", "armed_away"),
        ("climate.a", {"type": "hvac_mode_changed", "to": "heat"}, "off", "heat"),
        ("select.a", {"type": "current_option_changed"}, "one", "two"),
        ("vacuum.a", {"type": "docked"}, "returning", "docked"),
        ("button.a", {"type": "pressed"}, "2024-01-01T00:00:00+00:00", "2024-01-02T00:00:00+00:00"),
    ],
)
async def test_a_trigger_fires_as_one_on_the_entity(
    house: SimulatedHouse, entity_id: str, given: dict[str, Any], before: str, after: str
) -> None:
    trigger = {"platform": "device", "domain": entity_id.split(".")[0], "entity_id": entity_id, **given}
    house.set(entity_id, before)

    problems = set_up(house, triggers=[{**trigger, "device_id": "abc"}])
    house.set(entity_id, after)
    await house.settle()

    assert problems == []
    assert len(house.calls) == 1


async def test_a_trigger_waits_where_for_says_so(house: SimulatedHouse) -> None:
    trigger = {"trigger": "device", "domain": "light", "entity_id": "light.a", "type": "turned_on"}
    house.set("light.a", "off")
    set_up(house, triggers=[{**trigger, "for": {"minutes": 1}}])

    house.set("light.a", "on")
    await house.advance(59)
    assert house.calls == []

    await house.advance(1)
    assert len(house.calls) == 1


async def test_trigger_variables_are_those_of_a_device_trigger(house: SimulatedHouse) -> None:
    trigger = {"trigger": "device", "domain": "light", "entity_id": "light.a", "type": "turned_on"}
    told = {"platform": "{{ trigger.platform }}", "now": "{{ trigger.to_state.state }}"}
    house.set("light.a", "off")
    set_up(house, triggers=[trigger], actions=[{**CALL, "data": told}])

    house.set("light.a", "on")
    await house.settle()

    assert dict(house.calls[0].data) == {"platform": "device", "now": "on"}


@pytest.mark.parametrize(
    ("entity_id", "given", "state", "calls"),
    [
        ("light.a", {"type": "is_on"}, "on", 1),
        ("light.a", {"type": "is_on"}, "off", 0),
        ("binary_sensor.a", {"type": "is_not_open"}, "off", 1),
        ("sensor.a", {"type": "is_illuminance", "below": 30}, "20", 1),
        ("sensor.a", {"type": "is_illuminance", "below": 30}, "40", 0),
        ("climate.a", {"type": "is_hvac_mode", "hvac_mode": "heat"}, "heat", 1),
        ("select.a", {"type": "selected_option", "option": "b"}, "a", 0),
        ("device_tracker.a", {"type": "is_not_home"}, "not_home", 1),
    ],
)
async def test_a_condition_holds_as_one_on_the_entity(
    house: SimulatedHouse, entity_id: str, given: dict[str, Any], state: str, calls: int
) -> None:
    condition = {"condition": "device", "domain": entity_id.split(".")[0], "entity_id": entity_id, **given}
    house.set(entity_id, state)

    assert set_up(house, conditions=[{**condition, "device_id": "abc"}]) == []

    assert await go(house) == calls


@pytest.mark.parametrize(
    ("domain", "given", "service", "fields"),
    [
        ("light", {"type": "turn_on", "brightness_pct": 60}, "turn_on", {"brightness_pct": 60}),
        ("light", {"type": "brightness_decrease"}, "turn_on", {"brightness_step_pct": -10}),
        ("switch", {"type": "toggle"}, "toggle", {}),
        ("cover", {"type": "set_position", "position": 40}, "set_cover_position", {"position": 40}),
        (
            "cover",
            {"type": "set_tilt_position", "position": 4},
            "set_cover_tilt_position",
            {"tilt_position": 4},
        ),
        ("lock", {"type": "unlock"}, "unlock", {}),
        ("number", {"type": "set_value", "value": 3}, "set_value", {"value": 3}),
        ("alarm_control_panel", {"type": "disarm", "code": "1"}, "alarm_disarm", {"code": "1"}),
        ("vacuum", {"type": "dock"}, "return_to_base", {}),
    ],
)
async def test_an_action_calls_the_service(
    house: SimulatedHouse, domain: str, given: dict[str, Any], service: str, fields: dict[str, Any]
) -> None:
    house.record(domain, service)
    action = {"device_id": "abc", "domain": domain, "entity_id": f"{domain}.a", **given}

    assert set_up(house, actions=[action]) == []

    assert await go(house) == 1
    assert dict(house.calls[0].data) == {"entity_id": f"{domain}.a", **fields}


@pytest.mark.parametrize(
    "part",
    [
        {"triggers": {"trigger": "device", "domain": "zha", "type": "remote_button_short_press"}},
        {"triggers": {"trigger": "device", "domain": "light", "entity_id": "light.a", "type": "odd"}},
        {"triggers": {"trigger": "device", "domain": "light", "entity_id": "a" * 32, "type": "turned_on"}},
        {"conditions": {"condition": "device", "domain": "hue", "device_id": "a", "type": "is_odd"}},
        {"actions": {"device_id": "a", "domain": "mobile_app", "type": "notify", "message": "x"}},
    ],
)
async def test_what_nobody_here_can_do_is_a_warning(house: SimulatedHouse, part: dict[str, Any]) -> None:
    problems = set_up(house, **part)

    assert [problem.severity for problem in problems] == ["warning"]
    assert "no plugin offers" in problems[0].text
