"""An automation can be switched, triggered by hand and reloaded; a bad one harms no other."""

from __future__ import annotations

import pytest

from hub.core.remembered import Remembered
from hub.testing import SimulatedHouse


def rule(name, event="go", **more):
    return {
        "id": name,
        "alias": name,
        "trigger": {"platform": "event", "event_type": event},
        "action": {"action": "test.automation", "data": {"who": name}},
        **more,
    }


def who(house):
    return [call.data["who"] for call in house.calls]


async def test_what_is_off_does_not_run(house):
    house.set_up({"automation": [rule("a"), rule("b", initial_state=False)]})
    house.house.bus.emit("go")
    assert who(house) == ["a"]
    assert house.state("automation.b") == "off"


@pytest.mark.parametrize(
    ("service", "before", "after"),
    [("turn_off", True, "off"), ("turn_on", False, "on"), ("toggle", True, "off"), ("toggle", False, "on")],
)
async def test_it_is_switched_by_services(house, service, before, after):
    house.set_up({"automation": rule("a", initial_state=before)})
    house.house.services.call("automation", service, {"entity_id": "automation.a"})
    assert house.state("automation.a") == after


async def test_triggered_by_hand_it_skips_its_conditions_unless_told_otherwise(house):
    house.set_up({"automation": rule("a", condition="{{ false }}")})
    call = house.house.services.call
    call("automation", "trigger", {"entity_id": "automation.a", "skip_condition": False})
    assert house.calls == []
    call("automation", "trigger", {"entity_id": "automation.a"})
    assert who(house) == ["a"]


async def test_a_bad_automation_is_unavailable_and_the_others_run(house):
    configuration = house.set_up({"automation": [rule("a"), {"id": "b", "trigger": {"platform": "evnt"}}]})
    house.house.bus.emit("go")
    assert who(house) == ["a"]
    assert house.state("automation.b") == "unavailable"
    texts = [str(problem) for problem in configuration.problems]
    assert any("no trigger is called 'evnt'" in text and "event" in text for text in texts)


async def test_a_reload_leaves_alone_what_did_not_change(house):
    slow = rule("slow", action=[{"delay": 10}, {"action": "test.automation", "data": {"who": "slow"}}])
    house.set_up({"automation": [slow, rule("a"), rule("gone")]})
    house.house.bus.emit("go")
    house.calls.clear()
    changed = rule("a", action={"action": "test.automation", "data": {"who": "new a"}})
    changes = house.household.automate(house.read({"automation": [slow, changed, rule("fresh")]}))
    assert (changes.added, changes.changed, changes.removed) == (("fresh",), ("a",), ("gone",))
    assert changes.unchanged == 1
    await house.advance(10)
    assert who(house) == ["slow"]
    house.house.bus.emit("go")
    assert sorted(who(house)) == ["fresh", "new a", "slow"]


async def test_switched_off_it_stops_what_is_under_way(house):
    house.set_up({"automation": rule("a", action=[{"delay": 5}, {"action": "test.automation"}])})
    house.house.bus.emit("go")
    house.house.services.call("automation", "turn_off", {"entity_id": "automation.a"})
    await house.advance(10)
    assert house.calls == []


async def test_on_or_off_and_the_last_run_are_remembered():
    saved = Remembered("off", {"last_triggered": "2024-01-02T03:04:05+00:00"})
    house = SimulatedHouse(remembered={"automation.a": saved})
    house.set_up({"automation": rule("a")})
    state = house.house.states.get("automation.a")
    assert state.state == "off"
    assert state.attributes["last_triggered"].isoformat() == "2024-01-02T03:04:05+00:00"
    await house.stop()


async def test_its_state_says_how_it_runs(house):
    house.set_up({"automation": rule("a", mode="queued", max=3, action=[{"delay": 5}])})
    house.house.bus.emit("go")
    house.house.bus.emit("go")
    attributes = house.house.states.get("automation.a").attributes
    assert (attributes["current"], attributes["mode"], attributes["max"]) == (2, "queued", 3)
    await house.advance(11)
    assert house.house.states.get("automation.a").attributes["current"] == 0


async def test_a_run_that_starts_and_ends_at_once_makes_no_task(house):
    house.set_up({"automation": rule("a")})
    house.house.bus.emit("go")
    assert len(house.house.tasks) == 0
    assert len(house.calls) == 1


async def test_an_error_names_the_variable_and_the_template(house, caplog):
    actions = [{"variables": {"fine": 1, "bad": {"deep": "{{ 1 / 0 }}"}}}]
    house.set_up({"automation": [{"id": "a", "triggers": [], "actions": actions}]})
    await house.house.services.wait("automation", "trigger", {"entity_id": "automation.a"})
    assert (
        "automation a: action/0: bad.deep: ZeroDivisionError: division by zero, in {{ 1 / 0 }}" in caplog.text
    )
