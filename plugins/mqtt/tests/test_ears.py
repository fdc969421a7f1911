"""Check what is discovered and is no entity: device triggers and tags."""

from __future__ import annotations

from typing import Any

import pytest

BUTTON = {
    "automation_type": "trigger",
    "type": "action",
    "subtype": "single",
    "topic": "z/button",
    "payload": "single",
    "device": {"identifiers": "b1", "name": "Button"},
}


@pytest.fixture
async def device_id(home: Any) -> str:
    home.set_up()
    home.discover("device_automation/b1/single", BUTTON)
    found: str = home.house.devices.find([("mqtt", "b1")]).id
    return found


def automation(home: Any, device_id: str) -> None:
    trigger = {
        "trigger": "device",
        "domain": "mqtt",
        "device_id": device_id,
        "type": "action",
        "subtype": "single",
    }
    action = {"action": "test.automation", "data": {"payload": "{{ trigger.payload }}"}}
    home.simulated.household.automate(
        home.simulated.read({"automation": {"triggers": trigger, "actions": action}})
    )


async def pressed(home: Any) -> int:
    await home.simulated.settle()
    return len(home.simulated.calls)


@pytest.mark.parametrize(
    ("payload", "retain", "times"), [("single", False, 1), ("double", False, 0), ("single", True, 0)]
)
async def test_a_device_trigger_fires(
    home: Any, device_id: str, payload: str, retain: bool, times: int
) -> None:
    automation(home, device_id)

    home.message("z/button", payload, retain=retain)

    assert await pressed(home) == times


async def test_a_device_trigger_may_read_its_payload_by_a_template(home: Any, device_id: str) -> None:
    home.discover("device_automation/b1/single", {**BUTTON, "value_template": "{{ value_json.action }}"})
    automation(home, device_id)

    home.message("z/button", {"action": "single"})

    assert await pressed(home) == 1


async def test_a_trigger_that_is_taken_back_does_not_fire(home: Any, device_id: str) -> None:
    automation(home, device_id)

    home.discover("device_automation/b1/single", "")
    home.message("z/button", "single")

    assert await pressed(home) == 0
    assert home.house.devices.get(device_id) is None


async def test_the_same_trigger_twice_is_refused(home: Any, device_id: str, caplog: Any) -> None:
    home.discover("device_automation/b1/again", BUTTON)

    assert "has the same trigger already" in caplog.text


async def test_other_automation_types_are_refused(home: Any, device_id: str, caplog: Any) -> None:
    home.discover("device_automation/b1/other", {**BUTTON, "automation_type": "condition"})

    assert "no automation_type" in caplog.text


async def test_a_tag_that_is_read_is_an_event(home: Any) -> None:
    home.set_up()
    scanned: list[dict[str, Any]] = []
    home.house.bus.listen("tag_scanned", lambda event: scanned.append(dict(event.data)))

    home.discover("tag/r", {"topic": "reader", "value_template": "{{ value_json.uid }}"})
    home.message("reader", {"uid": " 04A1 "})
    home.message("reader", {"uid": ""})

    assert scanned == [{"tag_id": "04A1", "device_id": None}]
