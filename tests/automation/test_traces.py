"""A trace says what a run did, and why one did not happen."""

from __future__ import annotations

import json

from hub.automation.trace import Step, Trace

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


async def test_variables_and_what_steps_change_and_how_long_they_take_are_told(house):
    rule = {
        "id": "a",
        "trigger": {"platform": "event", "event_type": "go"},
        "variables": {"first": 1},
        "action": [{"delay": 5}, {"variables": {"second": "{{ first + 1 }}"}}],
    }
    house.set_up({"automation": rule})
    house.house.bus.emit("go")
    await house.advance(5)
    [trace] = traces(house, "a")
    assert trace["variables"] == {"first": 1}
    assert trace["steps"][0]["took"] == 5
    assert trace["steps"][1]["changed"] == {"second": 2}


SWITCH = {"name": "Fan", "command_topic": "fan/set", "state_topic": "fan/state"}
CHAIN = {
    "mqtt": {"switch": SWITCH, "sensor": {"name": "Damp", "state_topic": "bath/damp"}},
    "automation": {
        "id": "fan",
        "alias": "Fan",
        "trigger": {"platform": "numeric_state", "entity_id": "sensor.damp", "above": 70},
        "action": {"service": "switch.turn_on", "target": {"entity_id": "switch.fan"}},
    },
}


async def test_the_chain_goes_from_the_message_to_the_devices_answer(house):
    house.set_up(CHAIN)
    house.mqtt.deliver("bath/damp", b"60")
    house.mqtt.deliver("bath/damp", b"80")
    await house.advance(0.2)
    house.mqtt.deliver("fan/state", b"ON")
    [trace] = traces(house, "fan")
    assert trace["cause"] == ["automation.fan", "message bath/damp: 80"]
    assert trace["trigger"]["to_state"]["state"] == "80"
    assert trace["steps"][0]["service"] == "switch.turn_on"
    [answer] = trace["answers"]
    assert (answer["entity_id"], answer["state"]) == ("switch.fan", "on")
    assert answer["message"] == "message fan/state: ON"
    assert house.house.states.get("switch.fan").context.origin == "automation.fan"


async def test_what_a_device_tells_much_later_is_no_answer(house):
    house.set_up(CHAIN)
    house.mqtt.deliver("bath/damp", b"60")
    house.mqtt.deliver("bath/damp", b"80")
    await house.advance(6)
    house.mqtt.deliver("fan/state", b"ON")
    assert traces(house, "fan")[0]["answers"] == []
    assert house.house.states.get("switch.fan").context.origin == "message fan/state: ON"


def test_a_very_long_run_keeps_its_beginning_and_its_end():
    trace = Trace(1, "automation.a", 0.0, None, {})
    trace.steps = [Step(str(number), 0.0) for number in range(2500)]
    trace.shorten()
    told = trace.as_dict()
    assert (told["steps"][0]["path"], told["steps"][-1]["path"]) == ("0", "2499")
    assert len(told["steps"]) + told["left_out"] == 2500


# --- explain ----------------------------------------------------------------------------------------


def explained(house, name="a"):
    return house.household.engine.automation(name).waits_for()


async def test_explain_says_how_far_it_is_from_firing(house):
    triggers = [
        {"platform": "numeric_state", "entity_id": "sensor.t", "above": 25},
        {"platform": "time", "at": "14:30:00"},
        {"platform": "time_pattern", "minutes": "/5"},
        {"platform": "state", "entity_id": "sensor.t", "to": "23.6", "for": 150},
        {"platform": "event", "event_type": "go", "enabled": False},
    ]
    house.set("sensor.t", "20")
    house.set_up({"automation": {"id": "a", "trigger": triggers, "action": [{"delay": 90}]}})
    house.set("sensor.t", "23.6")
    await house.advance(20)
    told = explained(house)
    assert told[0].endswith("needs 1.4 more")
    assert told[1].endswith("in 2 h 29 min")
    assert told[2].endswith("in 4 min 40 s")
    assert told[3].endswith("its `for` runs for sensor.t, and is over in 2 min 10 s")
    assert told[4].endswith("it does not listen now")


async def test_explain_tells_which_conditions_hold_and_which_runs_wait(house):
    rule = {**RULE, "actions": [{"delay": 90}]}
    house.set("sensor.outdoor", "21")
    house.set("sensor.room", "20")
    house.set_up({"automation": [rule]})
    automation = house.household.engine.automation("heater_off")
    [told] = automation.conditions_now()
    assert (told["holds"], told["why"]) == (False, "numeric_state sensor.outdoor: 21 is not below 18")
    house.set("sensor.outdoor", "10")
    house.set("sensor.room", "26")
    await house.advance(30)
    [run] = automation.runs_under_way()
    assert run["waits"] == "it waits at most 1 min longer"
    house.house.services.call("automation", "turn_off", {"entity_id": automation.entity_id})
    assert automation.waits_for()[0].endswith("the automation is off")
