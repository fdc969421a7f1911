"""Automations that cause each other without end are paused, and the chain is shown."""

from __future__ import annotations

import pytest

from hub.automation import automation as module


def rule(name, trigger, *actions, **more):
    return {"id": name, "alias": name, "trigger": trigger, "action": list(actions), **more}


def publish(topic, payload="x"):
    return {"service": "mqtt.publish", "data": {"topic": topic, "payload": payload}}


def on(topic):
    return {"platform": "mqtt", "topic": topic}


def paused(house):
    return [state.entity_id for state in house.house.states.in_domain("automation") if state.state == "off"]


async def test_an_automation_that_hears_itself_over_mqtt_is_paused(house, caplog):
    house.mqtt.echoes = True
    house.set_up({"automation": rule("echo", on("a"), publish("a"), mode="parallel", max=1000)})
    house.mqtt.deliver("a", b"x")
    await house.settle()
    state = house.house.states.get("automation.echo")
    assert state.state == "off"
    assert state.attributes["paused"].startswith("part of a loop: automation.echo <- message a: x <- ")
    assert "is paused; turn it on again when the loop is mended" in caplog.text
    assert house.household.engine.traces_of("echo")[-1].outcome == "disallowed_recursion_detected"


async def test_two_that_answer_each_other_over_mqtt_are_stopped(house):
    house.mqtt.echoes = True
    rules = [rule("ping", on("a"), publish("b")), rule("pong", on("b"), publish("a"))]
    told = []
    house.set_up({"automation": rules})
    house.house.bus.listen("automation_paused", told.append)
    house.mqtt.deliver("a", b"x")
    await house.settle()
    assert len(paused(house)) == 1
    assert "automation.ping" in told[0].data["chain"]
    assert "automation.pong" in told[0].data["chain"]


SWITCH = {"name": "S", "command_topic": "s/set", "state_topic": "s/state"}


@pytest.mark.parametrize(("seconds", "loops"), [(0.5, True), (4, False)])
async def test_a_loop_through_a_device_is_seen_by_its_answers_if_it_is_quick(house, seconds, loops):
    flip = {"service": "switch.toggle", "target": {"entity_id": "switch.s"}}
    trigger = {"platform": "state", "entity_id": "switch.s", "to": ["on", "off"]}
    house.set_up({"mqtt": {"switch": SWITCH}, "automation": rule("flip", trigger, flip)})
    house.mqtt.deliver("s/state", b"OFF")
    for _ in range(100):
        await house.advance(seconds)
        sent = [m.payload for m in house.mqtt.published if m.topic == "s/set"]
        if sent:
            house.mqtt.deliver("s/state", sent[-1])
    assert bool(paused(house)) is loops


async def test_a_slow_chain_is_cut_and_goes_on(house):
    steps = [{"delay": 5}, {"event": "go"}]
    trigger = {"platform": "event", "event_type": "go"}
    house.set_up({"automation": rule("blink", trigger, *steps, mode="queued")})
    house.house.bus.emit("go")
    await house.advance(5 * 500)
    assert paused(house) == []
    traces = house.household.engine.traces_of("blink")
    assert {trace.outcome for trace in traces} == {"finished"}
    assert all(len(trace.cause.chain()) < 200 for trace in traces)


async def test_what_is_triggered_as_often_as_only_a_loop_does_is_paused(house, monkeypatch, caplog):
    monkeypatch.setattr(module, "MOST_RUNS", 100)
    house.set_up({"automation": rule("busy", on("a"), publish("elsewhere"))})
    for number in range(350):
        house.mqtt.deliver("a", str(number).encode())
    assert paused(house) == ["automation.busy"]
    assert "triggered 100 times in" in caplog.text
    house.house.services.call("automation", "turn_on", {"entity_id": "automation.busy"})
    assert paused(house) == []
    assert "paused" not in house.house.states.get("automation.busy").attributes


async def test_one_that_is_triggered_often_over_a_long_time_goes_on(house, monkeypatch):
    monkeypatch.setattr(module, "MOST_RUNS", 100)
    house.set_up({"automation": rule("busy", on("a"), publish("elsewhere"))})
    for number in range(350):
        house.mqtt.deliver("a", str(number).encode())
        await house.advance(0.2)
    assert paused(house) == []
