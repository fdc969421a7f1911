"""Countdowns: their states, their events, and what a restart leaves of them."""

from __future__ import annotations

import pytest

from hub.api import Cause, ServiceRefused

A = "timer.a"
TEN = {"timer": {"a": {"duration": 10}}}
EVENTS = ("started", "restarted", "paused", "cancelled", "finished", "changed")


@pytest.fixture
def told():
    """Listen to a house: a list that grows by `(event, the timer's state when it was fired)`."""

    def listen(house):
        heard = []
        for name in EVENTS:
            house.house.bus.listen(
                f"timer.{name}", lambda event, name=name: heard.append((name, house.state(A)))
            )
        return heard

    return listen


async def test_it_runs_out(house, call, told, attributes):
    heard = told(house)
    house.set_up(TEN)

    call(house, A, "start")
    shown = dict(attributes(house, A))
    await house.advance(9)
    late = house.state(A)
    await house.advance(1)

    assert (shown["finishes_at"], shown["remaining"]) == ("2024-05-06T12:00:10+00:00", "0:00:10")
    assert (late, house.state(A)) == ("active", "idle")
    assert not {"finishes_at", "remaining"} & set(attributes(house, A))
    assert heard == [("started", "active"), ("finished", "idle")]


async def test_its_end_tells_which_timer_and_when(house, call):
    ends = []
    house.house.bus.listen("timer.finished", ends.append)
    house.set_up(TEN)

    call(house, A, "start")
    await house.advance(10)

    assert [event.data for event in ends] == [{"entity_id": A, "finished_at": "2024-05-06T12:00:10+00:00"}]


async def test_a_pause_holds_what_remains(house, call, told, attributes):
    heard = told(house)
    house.set_up(TEN)

    call(house, A, "start")
    await house.advance(3)
    call(house, A, "pause")
    paused = dict(attributes(house, A))
    await house.advance(60)
    call(house, A, "start")
    await house.advance(6)
    nearly = house.state(A)
    await house.advance(1)

    assert (paused["remaining"], "finishes_at" in paused) == ("0:00:07", False)
    assert (nearly, house.state(A)) == ("active", "idle")
    assert [name for name, _ in heard] == ["started", "paused", "restarted", "finished"]


async def test_starting_it_again_begins_anew(house, call, told):
    heard = told(house)
    house.set_up(TEN)

    call(house, A, "start")
    await house.advance(9)
    call(house, A, "start")
    await house.advance(9)
    nearly = house.state(A)
    await house.advance(1)

    assert (nearly, house.state(A)) == ("active", "idle")
    assert [name for name, _ in heard] == ["started", "restarted", "finished"]


async def test_a_restart_is_a_change_of_state_even_when_nothing_differs(house, call):
    changes = []
    house.set_up(TEN)
    house.house.bus.listen_state(A, changes.append)

    call(house, A, "start")
    call(house, A, "start")

    assert [change.new.state for change in changes] == ["active", "active"]


async def test_a_duration_is_for_this_time_only(house, call, attributes):
    house.set_up(TEN)

    call(house, A, "start", duration="00:00:15")
    running = attributes(house, A)["duration"]
    call(house, A, "cancel")

    assert (running, attributes(house, A)["duration"]) == ("0:00:15", "0:00:10")


@pytest.mark.parametrize(
    ("before", "service", "state", "event"),
    [
        (["start"], "cancel", "idle", "cancelled"),
        (["start", "pause"], "cancel", "idle", "cancelled"),
        (["start"], "finish", "idle", "finished"),
        (["start", "pause"], "finish", "idle", "finished"),
        (["start", "pause"], "start", "active", "restarted"),
    ],
)
async def test_it_obeys(house, call, told, before, service, state, event):
    house.set_up(TEN)
    for step in before:
        call(house, A, step)
    heard = told(house)

    call(house, A, service)
    await house.advance(3)

    assert heard == [(event, state)]


@pytest.mark.parametrize(
    ("before", "service"),
    [([], "cancel"), ([], "finish"), ([], "pause"), (["start", "pause"], "pause")],
)
async def test_what_has_no_effect_is_not_told(house, call, told, before, service):
    house.set_up(TEN)
    for step in before:
        call(house, A, step)
    heard = told(house)

    call(house, A, service)

    assert heard == []


async def test_what_remains_can_be_changed(house, call, told, attributes):
    house.set_up(TEN)
    call(house, A, "start")
    await house.advance(2)
    heard = told(house)

    call(house, A, "change", duration=-5)
    less = attributes(house, A)["remaining"]
    call(house, A, "change", duration="00:00:02")
    more = attributes(house, A)["remaining"]
    await house.advance(5)

    assert (less, more) == ("0:00:03", "0:00:05")
    assert [name for name, _ in heard] == ["changed", "changed", "finished"]


async def test_started_again_after_a_change_it_runs_what_was_left_then(house, call, attributes):
    house.set_up(TEN)
    call(house, A, "start")
    call(house, A, "change", duration=-5)
    await house.advance(2)

    call(house, A, "start")

    assert attributes(house, A)["finishes_at"] == "2024-05-06T12:00:07+00:00"


@pytest.mark.parametrize(
    ("before", "duration", "words"),
    [
        ([], 1, "does not run"),
        (["start", "pause"], 1, "does not run"),
        (["start"], 1, "beyond its duration, 0:00:10"),
        (["start"], -11, "less left"),
        (["start"], "soon", "no duration"),
    ],
)
async def test_a_change_that_makes_no_sense_is_refused(house, call, before, duration, words):
    house.set_up(TEN)
    for step in before:
        call(house, A, step)

    with pytest.raises(ServiceRefused, match=words):
        call(house, A, "change", duration=duration)


async def test_without_a_duration_it_ends_at_once(house, call, told):
    heard = told(house)
    house.set_up({"timer": {"a": None}})

    call(house, A, "start")
    await house.advance(0)

    assert [name for name, _ in heard] == ["started", "finished"]


async def test_an_event_carries_the_cause_of_the_call(house):
    starts = []
    house.house.bus.listen("timer.started", starts.append)
    house.set_up(TEN)
    cause = Cause()

    house.house.services.call("timer", "start", {"entity_id": A}, cause=cause)

    assert starts[0].context is cause


# --- after a restart ---

KEPT = {"timer": {"a": {"duration": "0:01:00", "restore": True}}}


@pytest.mark.parametrize(
    ("before", "state", "shown"),
    [
        (("idle", {"duration": "0:00:30"}), "idle", {"duration": "0:01:00"}),
        (
            ("paused", {"duration": "0:00:30", "remaining": "0:00:15"}),
            "paused",
            {"duration": "0:00:30", "remaining": "0:00:15"},
        ),
        (
            ("active", {"duration": "0:00:30", "finishes_at": "2024-05-06T12:00:15+00:00"}),
            "active",
            {"duration": "0:00:30", "remaining": "0:00:15", "finishes_at": "2024-05-06T12:00:15+00:00"},
        ),
        (
            ("active", {"duration": "0:00:30", "finishes_at": "2024-05-06T11:59:44+00:00"}),
            "idle",
            {"duration": "0:01:00"},
        ),
        (("active", {"duration": "0:00:30"}), "idle", {"duration": "0:01:00"}),
        (("active", {"duration": "0:00:30", "finishes_at": "later"}), "idle", {"duration": "0:01:00"}),
        (("paused", {"duration": None, "remaining": 3}), "idle", {"duration": "0:01:00"}),
    ],
)
async def test_with_restore_it_goes_on(make_house, attributes, before, state, shown):
    house = make_house({A: before})

    house.set_up(KEPT)

    found = dict(attributes(house, A))
    assert house.state(A) == state
    assert {name: found.get(name) for name in ("duration", "remaining", "finishes_at")} == {
        "remaining": None,
        "finishes_at": None,
        **shown,
    }
    assert found["restore"] is True


async def test_without_restore_it_is_idle_after_a_start(make_house, told, attributes):
    house = make_house({A: ("active", {"duration": "0:00:30", "finishes_at": "2024-05-06T12:00:15+00:00"})})
    heard = told(house)

    house.set_up(TEN)
    await house.advance(60)

    assert (house.state(A), heard) == ("idle", [])
    assert "restore" not in attributes(house, A)


async def test_a_restored_timer_runs_out(make_house, told):
    house = make_house({A: ("active", {"duration": "0:00:30", "finishes_at": "2024-05-06T12:00:15+00:00"})})
    heard = told(house)

    house.set_up(KEPT)
    await house.advance(15)

    assert [name for name, _ in heard] == ["restarted", "finished"]


async def test_a_rule_hears_of_a_timer_that_ended_while_the_hub_was_down(make_house):
    house = make_house({A: ("active", {"duration": "0:00:30", "finishes_at": "2024-05-06T11:59:44+00:00"})})
    rule = {
        "triggers": {"trigger": "event", "event_type": "timer.finished", "event_data": {"entity_id": A}},
        "actions": {"action": "test.automation", "data": {"at": "{{ trigger.event.data.finished_at }}"}},
    }

    house.set_up({**KEPT, "automation": rule})
    await house.settle()

    assert [call.data["at"] for call in house.calls] == ["2024-05-06T11:59:44+00:00"]
    assert house.state(A) == "idle"


async def test_what_a_timer_is_is_kept_for_the_next_start(house, call):
    house.set_up(KEPT)

    call(house, A, "start")

    kept = house.house.memory.recall(A)
    assert (kept.state, kept.attributes["finishes_at"]) == ("active", "2024-05-06T12:01:00+00:00")


async def test_a_timer_that_is_gone_does_not_end(house, call, told):
    heard = told(house)
    house.set_up(TEN)
    call(house, A, "start")

    await house.stop()
    await house.advance(60)

    assert [name for name, _ in heard] == ["started"]
