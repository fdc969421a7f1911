"""A trace says what a run did, and why one did not happen."""

from __future__ import annotations

import json

RULE = {
    "id": "heater_off",
    "triggers": [{"trigger": "numeric_state", "entity_id": "sensor.room", "above": 25}],
    "conditions": [{"condition": "numeric_state", "entity_id": "sensor.outdoor", "below": 18}],
    "actions": [
        {"variables": {"limit": 25}},
        {"if": "{{ limit > 20 }}", "then": [{"action": "test.automation"}]},
    ],
}


def traces(house, name="heater_off"):
    return [trace.as_dict() for trace in house.household.engine.traces_of(name)]


async def test_a_run_that_a_condition_forbids_says_which_and_with_what_values(house):
    house.set("sensor.outdoor", "21.9")
    house.set("sensor.room", "20")
    house.set_up({"automation": [RULE]})
    house.set("sensor.room", "26")
    [trace] = traces(house)
    assert trace["outcome"] == "failed_conditions"
    assert trace["steps"][-1]["why"] == "condition 1: numeric_state sensor.outdoor: 21.9 is not below 18"
    assert house.calls == []


async def test_a_run_that_happened_shows_each_step_and_choice(house):
    house.set("sensor.outdoor", "10")
    house.set("sensor.room", "20")
    house.set_up({"automation": [RULE]})
    house.set("sensor.room", "26")
    [trace] = traces(house)
    assert trace["outcome"] == "finished"
    assert [step["path"] for step in trace["steps"]] == ["action/0", "action/1", "action/1/then/0"]
    assert trace["steps"][1]["choice"] == "then"
    assert trace["trigger"]["to_state"]["state"] == "26"
    assert json.dumps(trace)


async def test_a_failed_step_is_named_with_its_error(house):
    house.set_up(
        {"automation": {"id": "a", "trigger": {"platform": "event", "event_type": "go"},
                        "action": [{"delay": 0}, {"action": "no.such"}]}}
    )  # fmt: skip
    house.house.bus.emit("go")
    await house.advance(1)
    [trace] = traces(house, "a")
    assert trace["outcome"] == "error"
    assert "no service is called no.such" in trace["steps"][-1]["error"]


async def test_only_the_latest_are_kept(house):
    house.set_up(
        {"automation": {"id": "a", "trigger": {"platform": "event", "event_type": "go"}, "action": [],
                        "trace": {"stored_traces": 3}}}
    )  # fmt: skip
    for _ in range(5):
        house.house.bus.emit("go")
    assert len(traces(house, "a")) == 3


async def test_a_loop_between_automations_ends_and_is_named(house, caplog):
    def flip(name, event, other):
        trigger = {"platform": "event", "event_type": event}
        common = {"id": name, "alias": name, "mode": "parallel", "max": 100}
        return {**common, "trigger": trigger, "action": {"event": other}}

    house.set_up({"automation": [flip("one", "a", "b"), flip("two", "b", "a")]})
    house.house.bus.emit("a")
    await house.settle()
    assert traces(house, "one")[-1]["outcome"] == "disallowed_recursion_detected" or (
        traces(house, "two")[-1]["outcome"] == "disallowed_recursion_detected"
    )
    assert "automation.one <- automation.two" in caplog.text
