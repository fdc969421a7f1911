"""What Home Assistant has and no plugin here offers is read with a warning; a misspelling is an error."""

from __future__ import annotations

from typing import Any

import pytest

from hub.testing import SimulatedHouse

CALL = {"action": "test.automation"}
EVENT = {"trigger": "event", "event_type": "go"}


def problems(house: SimulatedHouse, **parts: Any) -> list[Any]:
    config = {"alias": "a", "triggers": [EVENT], "actions": [CALL], **parts}
    return house.set_up({"automation": [config]}).problems


@pytest.mark.parametrize(
    "parts",
    [
        {"triggers": [{"trigger": "calendar", "entity_id": "calendar.bins", "event": "start"}]},
        {"triggers": [{"platform": "litejet", "number": 1}]},
        {"triggers": [{"platform": "conversation", "command": ["good night"]}]},
        {"triggers": [{"platform": "geo_location", "source": "a", "zone": "zone.home", "event": "enter"}]},
        {"triggers": [{"trigger": "light.turned_on", "target": {"area_id": "hall"}}]},
        {"triggers": [{"platform": "zwave_js.event", "entity_id": "sensor.a", "event_source": "node"}]},
        {"conditions": [{"condition": "light.is_on", "target": {"entity_id": "light.a"}}]},
        {"triggers": [{"platform": "lawn_robot", "button": 3}]},
        {"triggers": [{"trigger": "timer", "entity_id": "timer.a"}]},
        {"conditions": [{"condition": "moon_phase", "phase": "full"}]},
    ],
)
async def test_what_only_home_assistant_has_is_a_warning(house: SimulatedHouse, parts: Any) -> None:
    found = problems(house, **parts)

    assert [(problem.severity, "no plugin offers" in problem.text) for problem in found] == [
        ("warning", True)
    ]
    assert found[0].hint


@pytest.mark.parametrize(
    ("parts", "hint"),
    [
        ({"triggers": [{"trigger": "numeric_stat", "entity_id": "sensor.a"}]}, "numeric_state"),
        ({"conditions": [{"condition": "templat", "value_template": "x"}]}, "template"),
        ({"conditions": [{"condition": "numerc_state", "entity_id": "sensor.a"}]}, "numeric_state"),
        ({"actions": [{"dely": 5}]}, "delay"),
    ],
)
async def test_a_misspelt_name_stays_an_error(house: SimulatedHouse, parts: Any, hint: str) -> None:
    found = problems(house, **parts)

    assert [problem.severity for problem in found] == ["error"]
    assert f"Did you mean {hint!r}?" in found[0].hint


async def test_an_automation_goes_on_by_its_other_triggers(house: SimulatedHouse) -> None:
    problems(house, triggers=[{"trigger": "litejet", "number": 1}, EVENT])

    house.house.bus.emit("go")
    await house.settle()

    assert len(house.calls) == 1


async def test_an_absent_condition_can_not_be_told(house: SimulatedHouse) -> None:
    problems(house, conditions=[{"condition": "light.is_on", "target": {}}])

    house.house.bus.emit("go")
    await house.settle()

    assert house.calls == []
