"""The steps of a script, as a user writes them."""

from __future__ import annotations

import asyncio

import pytest


def script(*steps, **more):
    return {"script": {"s": {"sequence": list(steps), **more}}}


def say(what):
    return {"action": "test.script", "data": {"what": what}}


def said(house):
    return [call.data["what"] for call in house.calls]


async def run(house, data=None):
    """Start the script and let everything that can happen at once happen."""
    task = asyncio.ensure_future(house.house.services.wait("script", "s", data or {}))
    await house.settle()
    return task


async def test_choose_takes_the_first_option_that_holds(house):
    options = [
        {"conditions": "{{ n > 10 }}", "sequence": say("big")},
        {"conditions": "{{ n > 5 }}", "sequence": say("middling")},
    ]
    house.set_up(script({"choose": options, "default": say("small")}))
    for n in (11, 6, 1):
        await (await run(house, {"n": n}))
    assert said(house) == ["big", "middling", "small"]


async def test_repeat_count_knows_where_it_is(house):
    told = "{{ repeat.index }} {{ repeat.first }} {{ repeat.last }}"
    house.set_up(script({"repeat": {"count": 3, "sequence": say(told)}}))
    await (await run(house))
    assert said(house) == ["1 True False", "2 False False", "3 False True"]


async def test_repeat_for_each_gives_the_item_also_while_it_waits(house):
    steps = [{"delay": 1}, say("{{ repeat.item }}")]
    house.set_up(script({"repeat": {"for_each": ["a", "b"], "sequence": steps}}))
    task = await run(house)
    await house.advance(1)
    assert said(house) == ["a"]
    await house.advance(1)
    await task
    assert said(house) == ["a", "b"]


async def test_repeat_until_and_while_stop_at_their_condition(house):
    until = {"repeat": {"until": "{{ repeat.index == 2 }}", "sequence": say("u")}}
    while_ = {"repeat": {"while": "{{ repeat.index <= 3 }}", "sequence": say("w")}}
    house.set_up(script(until, while_))
    await (await run(house))
    assert said(house) == ["u", "u", "w", "w", "w"]


async def test_a_repeat_without_end_is_stopped(house):
    house.set_up(script({"repeat": {"while": "{{ true }}", "sequence": [{"variables": {"x": 1}}]}}))
    task = await run(house)
    await asyncio.wait([task])
    assert "10000 rounds" in str(task.exception())


async def test_a_list_among_parallel_branches_is_a_sequence(house):
    house.set_up(script({"parallel": [[say("a"), say("b")], say("c")]}))
    await (await run(house))
    assert said(house) == ["a", "b", "c"]


async def test_parallel_goes_on_when_all_are_done(house):
    branches = [{"sequence": [{"delay": 2}, say("slow")]}, say("quick")]
    house.set_up(script({"parallel": branches}, say("after")))
    await run(house)
    assert said(house) == ["quick"]
    await house.advance(2)
    assert said(house) == ["quick", "slow", "after"]


async def test_a_wait_that_times_out_says_so(house):
    wait = {"wait_template": "{{ is_state('switch.x', 'on') }}", "timeout": 5}
    house.set("switch.x", "off")
    house.set_up(script(wait, say("{{ wait.completed }} {{ wait.remaining }}")))
    await run(house)
    await house.advance(5)
    assert said(house) == ["False 0.0"]


async def test_a_wait_that_must_not_time_out_ends_the_run(house):
    trigger = {"platform": "event", "event_type": "go"}
    wait = {"wait_for_trigger": trigger, "timeout": 5, "continue_on_timeout": False}
    house.set_up(script(wait, say("never")))
    task = await run(house)
    await house.advance(5)
    await task
    assert said(house) == []
    assert not house.house.bus.has_listeners("go")


async def test_a_stopped_run_leaves_no_listener_behind(house):
    house.set_up(script({"wait_for_trigger": {"platform": "event", "event_type": "go"}}))
    task = await run(house)
    assert house.house.bus.has_listeners("go")
    house.house.services.call("script", "turn_off", {"entity_id": "script.s"})
    await task
    assert not house.house.bus.has_listeners("go")


@pytest.mark.parametrize(
    "delay", [5, "00:00:05", {"seconds": 5}, "{{ 2 + 3 }}", {"seconds": "{{ 5 }}"}, "00:00:05.000"]
)
async def test_a_delay_can_be_written_in_many_ways(house, delay):
    house.set_up(script({"delay": delay}, say("now")))
    await run(house)
    await house.advance(4.9)
    assert said(house) == []
    await house.advance(0.2)
    assert said(house) == ["now"]


async def test_stop_gives_its_response_to_who_called(house):
    house.set_up(script({"variables": {"r": {"n": 1}}}, {"stop": "done", "response_variable": "r"}))
    answer = await house.house.services.wait("script", "s", {}, return_response=True)
    assert answer == {"n": 1}


async def test_the_old_forms_of_a_service_call_work(house):
    old = {"service": "test.script", "entity_id": "light.a", "data_template": {"what": "{{ 1 + 1 }}"}}
    house.set_up(script(old))
    await (await run(house))
    assert house.calls[0].data == {"what": 2, "entity_id": "light.a"}


async def test_a_service_may_be_named_by_a_template(house):
    house.set_up(script({"action": "test.{{ 'script' }}", "data": {"what": 1}}))
    await (await run(house))
    assert said(house) == [1]


async def test_an_event_carries_its_data_and_the_run_as_its_cause(house):
    heard = []
    house.set_up(script({"event": "ring", "event_data": {"n": "{{ 2 }}"}}))
    house.house.bus.listen("ring", heard.append)
    await (await run(house))
    assert heard[0].data == {"n": 2}
    assert heard[0].cause.origin == "script.s"


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ({"action": "nodot"}, "is no service"),
        ({"delay": "soon"}, "is no duration"),
        ({"repeat": {"sequence": []}}, "repeat needs one of"),
        ({"frobnicate": 1}, "no action known here"),
        ({"repeat": {"count": 1, "until": "{{ true }}", "sequence": []}}, "repeat needs one of"),
    ],
)
async def test_mistakes_are_refused_with_their_place(house, step, words):
    configuration = house.set_up(script(step))
    [problem] = configuration.problems
    assert words in problem.text
    assert problem.path[:4] == ("script", "s", "sequence", 0)
