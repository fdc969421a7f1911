"""What waits goes on after a restart: at its step, with its variables, and never twice."""

from __future__ import annotations

import copy

import pytest

GO = {"trigger": "event", "event_type": "go"}


def say(what):
    return {"action": "test.automation", "data": {"what": what}}


def said(house):
    return [call.data["what"] for call in house.calls]


def rule(*actions, **more):
    return {"id": "a", "alias": "A", "triggers": [GO], "actions": list(actions), **more}


def config(*rules, **more):
    return {"automation": list(rules), **more}


def go(house, **data):
    house.house.bus.emit("go", data)


@pytest.fixture
async def restart():
    """Kill a house and start it again; what it is set up with is the same unless said."""
    begun = []

    async def again(house, configuration, seconds=0):
        new = house.restarted(seconds)
        begun.append(new)
        await house.stop()
        new.set_up(copy.deepcopy(configuration))
        await new.advance(0)
        return new

    yield again
    for house in begun:
        await house.stop()


def outcomes(house, name="a"):
    return [trace.as_dict()["outcome"] for trace in house.household.engine.traces_of(name)]


async def test_a_delay_goes_on_for_what_is_left_of_it(house, restart):
    rules = config(rule(say("before"), {"delay": 60}, say("after {{ trigger.event.data.n }}")))
    house.set_up(rules)
    go(house, n=7)
    await house.advance(20)
    again = await restart(house, rules, 10)
    await again.advance(29)
    assert said(again) == []
    assert again.house.states.get("automation.a").attributes["current"] == 1
    await again.advance(2)
    assert said(again) == ["after 7"]
    assert outcomes(again) == ["finished"]


async def test_what_fell_due_while_the_hub_was_down_is_done_at_once_and_only_once(house, restart):
    rules = config(rule({"delay": 60}, say("one"), {"delay": 60}, say("two")))
    house.set_up(rules)
    go(house)
    again = await restart(house, rules, 3600)
    await again.advance(1)
    assert said(again) == ["one"]
    third = await restart(again, rules, 3600)
    await third.advance(1)
    assert said(third) == ["two"]
    fourth = await restart(third, rules, 3600)
    await fourth.advance(3600)
    assert said(fourth) == []


async def test_or_it_is_skipped_and_the_trace_says_so(house, restart):
    rules = config(rule({"delay": 60}, say("late"), after_restart="skip"))
    house.set_up(rules)
    go(house)
    again = await restart(house, rules, 3600)
    await again.advance(3600)
    assert said(again) == []
    [trace] = again.household.engine.traces_of("a")
    assert trace.as_dict()["outcome"] == "skipped"
    assert "its wait was over at 2024-05-06 12:01:00, while the hub was down" in trace.as_dict()["error"]


async def test_skip_lets_go_on_what_is_not_over_yet(house, restart):
    rules = config(rule({"delay": 60}, say("on time"), after_restart="skip"))
    house.set_up(rules)
    go(house)
    again = await restart(house, rules, 30)
    await again.advance(31)
    assert said(again) == ["on time"]


async def test_a_run_whose_automation_changed_does_not_go_on_and_says_so(house, restart):
    house.set_up(config(rule({"delay": 60}, say("old"))))
    go(house)
    again = await restart(house, config(rule({"delay": 60}, say("new"))))
    await again.advance(3600)
    assert said(again) == []
    [trace] = again.household.engine.traces_of("a")
    assert trace.as_dict()["outcome"] == "not_resumed"
    assert "its YAML changed" in trace.as_dict()["error"]


async def test_variables_of_all_kinds_are_as_they_were(house, restart):
    set_up = {
        "variables": {
            "number": "{{ 1.5 }}", "text": "012", "list": "{{ [1, 'a', none] }}", "pair": "{{ (1, 2) }}",
            "when": "{{ now() }}", "span": "{{ timedelta(minutes=5) }}", "map": "{{ {'k': {'n': 1}} }}",
            "spelt": '{"a": 1}', "infinite": "{{ inf }}",
        }
    }  # fmt: skip
    told = (
        "{{ number }}|{{ text }}|{{ list }}|{{ pair }}|{{ when }}|{{ span }}|{{ map.k.n }}"
        "|{{ spelt }}|{{ trigger.event.event_type }}|{{ this.entity_id }}"
    )
    rules = config(rule(set_up, say(told), {"delay": 5}, say(told)))
    house.set_up(rules)
    go(house)
    [before] = said(house)
    again = await restart(house, rules, 6)
    assert said(again) == [before]


async def test_the_trigger_and_its_states_are_known(house, restart):
    house.set("switch.x", "off", {"friendly_name": "X"})
    trigger = {"trigger": "state", "entity_id": "switch.x", "to": "on", "id": "mine"}
    steps = [{"delay": 5}, say("{{ trigger.id }} {{ trigger.to_state.name }} {{ trigger.from_state.state }}")]
    rules = config({"id": "a", "triggers": [trigger], "actions": steps})
    house.set_up(rules)
    house.set("switch.x", "on", {"friendly_name": "X"})
    again = await restart(house, rules, 6)
    assert said(again) == ["mine X off"]


COUNTED = {"repeat": {"count": 2, "sequence": [{"delay": 7}, say("n{{ repeat.index }}")]}}
ELSE = {"if": "{{ false }}", "then": [], "else": [{"delay": 10}, say("else")]}
LOOPS = [
    {"repeat": {"count": 3, "sequence": [{"delay": 10}, say("{{ repeat.index }} {{ repeat.last }}")]}},
    {"repeat": {"for_each": ["x", "y", "z"], "sequence": [say("{{ repeat.item }}"), {"delay": 10}]}},
    {"repeat": {"while": "{{ repeat.index < 4 }}", "sequence": [{"delay": 10}, say("w{{ repeat.index }}")]}},
    {"repeat": {"until": "{{ repeat.index == 3 }}", "sequence": [{"delay": 10}, say("u{{ repeat.index }}")]}},
    {"repeat": {"count": 2, "sequence": [COUNTED]}},
    {"choose": [{"conditions": "{{ false }}", "sequence": say("no")},
                {"conditions": "{{ true }}", "sequence": [say("in"), {"delay": 10}, say("still in")]}]},
    {"choose": [], "default": [{"delay": 10}, say("default")]},
    {"if": "{{ true }}", "then": [{"delay": 10}, ELSE]},
    {"sequence": [{"delay": 10}, {"variables": {"v": 3}}, {"delay": 10}, say("v={{ v }}")]},
    {"parallel": [[{"delay": 5}, say("p1")], [{"delay": 15}, say("p2")], say("p3")]},
    {"parallel": [COUNTED, [{"delay": 12}, say("q")]]},
    {"wait_template": "{{ is_state('switch.never', 'on') }}", "timeout": 25},
    {"wait_for_trigger": [{"trigger": "event", "event_type": "never"}], "timeout": 25},
    {"action": "script.s", "data": {"n": 4}, "response_variable": "r"},
    {"parallel": [{"action": "script.s", "data": {"n": 1}}, {"action": "script.s", "data": {"n": 2}}]},
]  # fmt: skip
SCRIPT = {
    "s": {"mode": "parallel", "sequence": [{"delay": "{{ 5 * n }}"}, say("s{{ n }}"), {"delay": 9},
          {"variables": {"answer": {"n": "{{ n * 2 }}"}}}, {"stop": "", "response_variable": "answer"}]}
}  # fmt: skip


@pytest.mark.parametrize("block", LOOPS, ids=str)
@pytest.mark.parametrize("pause", [3, 11])
async def test_restarts_at_any_moment_change_nothing_of_what_is_done(house, restart, block, pause):
    """Killed and started every few seconds, a run does what it does when it is left alone."""
    last = say("end {{ v | default('-') }} {{ wait.completed | default('-') }} {{ r.n | default('-') }}")
    rules = config(rule({"variables": {"v": 1}}, block, last), script=SCRIPT)
    alone = house.restarted()
    alone.set_up(copy.deepcopy(rules))
    go(alone)
    await alone.advance(200)
    house.set_up(copy.deepcopy(rules))
    go(house)
    done = []
    for _ in range(200 // pause):
        await house.advance(pause)
        done += said(house)
        house = await restart(house, rules)
    assert done + said(house) == said(alone)
    assert house.agenda.entries() == {}
    await alone.stop()


async def test_a_wait_for_a_trigger_goes_on_with_its_for(house, restart):
    trigger = {"trigger": "state", "entity_id": "switch.x", "to": "on", "for": 60}
    rules = config(rule({"wait_for_trigger": trigger}, say("{{ wait.trigger.to_state.state }}")))
    house.set("switch.x", "off")
    house.set_up(rules)
    go(house)
    await house.settle()
    house.set("switch.x", "on")
    await house.advance(40)
    again = house.restarted(5)
    await house.stop()
    again.set("switch.x", "on")
    again.set_up(rules)
    await again.advance(14)
    assert said(again) == []
    await again.advance(2)
    assert said(again) == ["on"]
    await again.stop()


async def test_queued_runs_keep_their_turn(house, restart):
    rules = config(rule(say("{{ trigger.event.data.n }}"), {"delay": 60}, mode="queued"))
    house.set_up(rules)
    for n in range(3):
        go(house, n=n)
    await house.settle()
    assert said(house) == [0]
    again = await restart(house, rules, 30)
    assert again.house.states.get("automation.a").attributes["current"] == 3
    await again.advance(31)
    assert said(again) == [1]
    last = await restart(again, rules, 0)
    await last.advance(60)
    assert said(last) == [2]


async def test_while_a_run_goes_on_a_new_one_is_refused_as_ever(house, restart):
    rules = config(rule({"delay": 60}, say("x")))
    house.set_up(rules)
    go(house)
    again = await restart(house, rules)
    go(again)
    await again.advance(61)
    assert said(again) == ["x"]
    assert outcomes(again) == ["failed_single", "finished"]


async def test_the_cause_of_a_run_is_known_after_a_restart(house, restart):
    rules = config(rule({"delay": 5}, {"event": "done"}))
    house.set_up(rules)
    house.house.bus.emit("go", {}, house.house.states.set("sensor.s", "1").context)
    again = house.restarted(1)
    await house.stop()
    heard = []
    again.house.bus.listen("done", heard.append)
    again.set_up(rules)
    await again.advance(5)
    assert heard[0].cause.origin == "automation.a"
    assert heard[0].cause.parent_id is not None
    await again.stop()


# --- for --------------------------------------------------------------------------------------------

TRIGGERS = {
    "state": ({"trigger": "state", "entity_id": "sensor.x", "to": "30", "for": 60}, "20", "30"),
    "attribute": (
        {"trigger": "state", "entity_id": "sensor.x", "attribute": "a", "to": "30", "for": 60}, "20", "30",
    ),
    "leaving": ({"trigger": "state", "entity_id": "sensor.x", "from": "20", "for": 60}, "20", "30"),
    "number": ({"trigger": "numeric_state", "entity_id": "sensor.x", "above": 25, "for": 60}, "20", "30"),
    "template": (
        {"trigger": "template", "value_template": "{{ is_state('sensor.x', '30') }}", "for": 60}, "20", "30",
    ),
}  # fmt: skip


def put(house, value):
    house.set("sensor.x", value, {"a": value})


@pytest.fixture(params=TRIGGERS)
def lasting(request, house):
    """A rule whose trigger began to last 20 s ago, and what its entity is outside and inside."""
    trigger, outside, inside = TRIGGERS[request.param]
    rules = config({"id": "a", "triggers": [trigger], "actions": [say("{{ trigger.to_state.state }}")]})
    put(house, outside)
    house.set_up(copy.deepcopy(rules))
    put(house, inside)
    return house, rules, outside, inside


async def again_with(house, rules, before, seconds=0):
    new = house.restarted(seconds)
    if before is not None:
        put(new, before)
    new.set_up(copy.deepcopy(rules))
    await new.advance(0)
    return new


async def test_a_for_goes_on(lasting):
    house, rules, _, inside = lasting
    await house.advance(20)
    again = await again_with(house, rules, inside, 10)
    await again.advance(29)
    assert said(again) == []
    await again.advance(2)
    assert said(again) == [30]
    await again.advance(3600)
    assert said(again) == [30]
    assert again.agenda.entries() == {}
    await again.stop()


async def test_a_for_that_was_over_while_the_hub_was_down_fires_once_when_the_entity_is_known(lasting):
    house, rules, _, inside = lasting
    again = await again_with(house, rules, None, 3600)
    await again.advance(100)
    assert said(again) == []
    put(again, "unavailable")
    await again.advance(100)
    assert said(again) == []
    put(again, inside)
    await again.advance(3600)
    assert said(again) == [30]
    await again.stop()


@pytest.mark.parametrize("same", [True, False])
async def test_a_state_from_before_the_restart_decides_nothing(lasting, same):
    house, rules, outside, inside = lasting
    again = house.restarted(3600)
    again.set("sensor.x", inside, {"a": inside, "restored": True})
    again.set_up(copy.deepcopy(rules))
    await again.advance(100)
    assert said(again) == []
    put(again, inside if same else outside)
    await again.advance(3600)
    assert said(again) == ([30] if same else [])
    assert again.agenda.entries() == {}
    await again.stop()


async def test_a_for_ends_if_the_entity_is_another_after_the_restart(lasting):
    house, rules, outside, _ = lasting
    again = await again_with(house, rules, outside, 30)
    await again.advance(3600)
    assert said(again) == []
    assert again.agenda.entries() == {}
    await again.stop()


async def test_a_for_ends_if_the_entity_turns_out_to_be_another_later(lasting):
    house, rules, outside, _ = lasting
    again = await again_with(house, rules, None, 30)
    put(again, outside)
    await again.advance(3600)
    assert said(again) == []
    assert again.agenda.entries() == {}
    await again.stop()


async def test_a_for_can_be_skipped(lasting):
    house, rules, _, inside = lasting
    rules["automation"][0]["after_restart"] = "skip"
    new = house.restarted()
    put(new, "20")
    new.set_up(copy.deepcopy(rules))
    put(new, inside)
    again = await again_with(new, rules, inside, 3600)
    await again.advance(3600)
    assert said(again) == []
    assert outcomes(again) == ["skipped"]
    await again.stop()
    await new.stop()


async def test_a_for_of_a_changed_automation_is_forgotten(lasting):
    house, rules, _, inside = lasting
    rules["automation"][0]["description"] = "changed"
    again = await again_with(house, rules, inside)
    await again.advance(3600)
    assert said(again) == []
    assert again.agenda.entries() == {}
    await again.stop()


async def test_switching_an_automation_off_forgets_its_for(lasting):
    house, _, _, _ = lasting
    [automation] = house.house.states.in_domain("automation")
    house.house.services.call("automation", "turn_off", {"entity_id": automation.entity_id})
    assert house.agenda.entries() == {}


async def test_a_run_that_never_waits_is_never_written(house):
    written = []
    house.agenda.put = lambda key, told: written.append(key)
    house.set_up(config(rule(say("x"), {"if": "{{ true }}", "then": [say("y")]}, {"delay": 0})))
    rules = config(rule(say("x"), {"repeat": {"count": 3, "sequence": [say("y")]}}))
    other = house.restarted()
    other.agenda.put = lambda key, told: written.append(key)
    other.set_up(rules)
    for _ in range(10):
        go(other)
    assert written == []
    await other.stop()
