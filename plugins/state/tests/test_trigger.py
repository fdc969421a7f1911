"""When the state trigger fires, and what it tells."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import TypeAdapter

from hub.api import Attachment, Trigger, TriggerField
from hub.core.cause import Cause
from hub.fields import Parsing

GONE = object()


class Fired(list):
    """What the trigger told, each time it fired."""

    def __init__(self) -> None:
        super().__init__()
        self.causes: list[Cause | None] = []

    def take(self, facts: dict, cause: Cause | None) -> None:
        self.append(facts)
        self.causes.append(cause)

    @property
    def values(self) -> list[str | None]:
        return [facts["to_state"].state if facts["to_state"] else None for facts in self]


def parse(house, config: dict) -> Trigger:
    context = Parsing(house.house.kinds, house.house.templates).context()
    return TypeAdapter(TriggerField).validate_python({"trigger": "state", **config}, context=context)


def attach(house, config: dict, **variables):
    fired = Fired()
    attachment = Attachment(house.house, fired.take, variables, "test", {"id": "0", "platform": "state"})
    return fired, parse(house, {"entity_id": "sensor.a", **config}).attach(attachment)


def play(house, *states) -> None:
    """Let the entity go through these states; a pair has attributes too."""
    for state in states:
        if state is GONE:
            house.house.states.remove("sensor.a")
        elif isinstance(state, tuple):
            house.set("sensor.a", *state)
        else:
            house.set("sensor.a", state)


@pytest.mark.parametrize(
    ("config", "states", "fires_at"),
    [
        ({}, ["a", "b", GONE], ["a", "b", None]),
        ({}, ["a", ("a", {"x": 1})], ["a", "a"]),
        ({"to": None}, ["a", ("a", {"x": 1}), "b"], ["a", "b"]),
        ({"from": None}, ["a", ("a", {"x": 1}), "b"], ["a", "b"]),
        ({"to": "b"}, ["a", "b", ("b", {"x": 1}), "c", "b"], ["b", "b"]),
        ({"to": "b"}, ["b"], ["b"]),
        ({"to": ["b", "c"]}, ["a", "b", "c"], ["b", "c"]),
        ({"to": []}, ["a", "b"], []),
        ({"from": "a"}, ["a", "b", "a", GONE], ["b", None]),
        ({"from": "a", "to": "c"}, ["a", "b", "c", "a", "c"], ["c"]),
        ({"not_from": "a"}, ["a", "b", "c"], ["a", "c"]),
        ({"not_from": ["a", "b"], "to": "c"}, ["a", "c", "b", "c", "d", "c"], ["c"]),
        ({"not_to": "b"}, ["a", "b", GONE], ["a", None]),
        ({"not_to": None, "not_from": None}, ["a", ("a", {"x": 1}), "b"], ["a", "b"]),
    ],
)
def test_fires_on_the_changes_that_it_asks_for(house, config, states, fires_at):
    fired, _ = attach(house, config)

    play(house, *states)

    assert fired.values == fires_at


@pytest.mark.parametrize(
    ("config", "values", "fires_at"),
    [
        ({}, [1, 1, 2], [1, 2]),
        ({"to": True}, [False, True, "on"], [True]),
        ({"to": "5"}, [5, "5"], ["5"]),
        ({"to": 5}, ["5", 5], [5]),
        ({"from": None, "to": 2}, [1, 2], [2]),
        ({"to": [1, 3]}, [2, 3, [1, 3]], [3]),
        ({"not_to": 1}, [1, 2, 1], [2]),
    ],
)
def test_an_attribute_is_compared_with_its_type(house, config, values, fires_at):
    play(house, "x")
    fired, _ = attach(house, {"attribute": "level", **config})

    play(house, *(("x", {"level": value}) for value in values))

    assert [facts["to_state"].attributes["level"] for facts in fired] == fires_at


def test_an_attribute_that_is_not_there_counts_as_null(house):
    play(house, ("x", {"level": 1}))
    fired, _ = attach(house, {"attribute": "level"})

    play(house, "x", "y", ("y", {"level": 2}), GONE)

    assert len(fired) == 3


def test_tells_what_changed_and_why(house):
    cause = Cause()
    play(house, "a")
    fired, _ = attach(house, {})

    house.set("sensor.a", "b", cause=cause)

    facts = fired[0]
    assert facts["from_state"].state == "a"
    assert facts["to_state"].state == "b"
    assert {key: facts[key] for key in ("entity_id", "for", "attribute", "description")} == {
        "entity_id": "sensor.a",
        "for": None,
        "attribute": None,
        "description": "state of sensor.a",
    }
    assert fired.causes == [cause]


def test_listens_once_to_an_entity_that_is_named_twice(house):
    fired, _ = attach(house, {"entity_id": "sensor.a, sensor.a"})

    play(house, "a")

    assert len(fired) == 1


def test_is_silent_once_detached(house):
    fired, detach = attach(house, {})

    detach()
    detach()
    play(house, "a")

    assert fired == []


# --- for ---


@pytest.mark.parametrize(
    ("period", "told"),
    [
        (5, timedelta(seconds=5)),
        ("00:00:05", timedelta(seconds=5)),
        ({"seconds": 5}, timedelta(seconds=5)),
        ("{{ 5 }}", timedelta(seconds=5)),
        ({"seconds": "{{ seconds }}"}, timedelta(seconds=5)),
        ("00:00:{{ 5 if trigger.to_state.state == 'b' else 9 }}", timedelta(seconds=5)),
        ("{{ 5 if trigger.id == '0' else 9 }}", timedelta(seconds=5)),
    ],
)
async def test_waits_as_long_as_for_says(house, period, told):
    fired, _ = attach(house, {"to": "b", "for": period}, seconds=5)

    play(house, "a", "b")
    await house.advance(4.9)
    before = len(fired)
    await house.advance(0.1)

    assert (before, [facts["for"] for facts in fired]) == (0, [told])


@pytest.mark.parametrize("period", [0, {"seconds": 0}, "{{ 0 }}"])
def test_fires_at_once_when_for_is_nothing(house, period):
    fired, _ = attach(house, {"to": "b", "for": period})

    play(house, "b")

    assert [facts["for"] for facts in fired] == [timedelta(0)]


@pytest.mark.parametrize(
    ("config", "before", "after", "count"),
    [
        ({"to": "b"}, ["b"], [("b", {"x": 1})], 1),
        ({"to": "b"}, ["b"], ["c"], 0),
        ({"to": "b"}, ["b"], ["c", "b"], 0),
        ({"to": "b"}, ["b"], [GONE], 0),
        ({"to": ["b", "c"]}, ["b"], ["c"], 0),
        ({}, ["b"], [("b", {"x": 1})], 1),
        ({}, ["b"], ["c"], 0),
        ({"not_from": "q"}, ["b"], ["c"], 0),
        ({"from": "a"}, ["b"], ["c"], 1),
        ({"from": "a"}, ["b"], ["a"], 0),
        ({"from": "a"}, ["b"], [GONE], 0),
        ({"from": "a", "not_to": "z"}, ["b"], ["z"], 1),
        ({"attribute": "x", "to": 1}, [("a", {"x": 1})], [("b", {"x": 1})], 1),
        ({"attribute": "x", "to": 1}, [("a", {"x": 1})], ["a"], 0),
        ({"attribute": "x", "not_to": 1}, ["b", ("b", {"x": 2})], [GONE], 0),
    ],
)
async def test_what_leaves_the_match_ends_the_wait(house, config, before, after, count):
    play(house, "a")
    fired, _ = attach(house, {**config, "for": 5})

    play(house, *before)
    await house.advance(3)
    play(house, *after)
    await house.advance(3)

    assert len(fired) == count


async def test_each_entity_has_a_wait_of_its_own(house):
    fired, _ = attach(house, {"entity_id": ["sensor.a", "sensor.b"], "to": "on", "for": 5})

    house.set("sensor.a", "on")
    await house.advance(2)
    house.set("sensor.b", "on")
    house.set("sensor.a", "off")
    await house.advance(10)

    assert [facts["entity_id"] for facts in fired] == ["sensor.b"]


async def test_detaching_ends_the_wait(house):
    fired, detach = attach(house, {"to": "b", "for": 5})

    play(house, "b")
    detach()
    await house.advance(10)

    assert fired == []


@pytest.mark.parametrize("period", ["{{ nothing }}", "{{ -5 }}", "{{ 'soon' }}", "{{ 1e300 }}"])
def test_a_for_that_is_no_duration_is_logged(house, period, caplog):
    fired, _ = attach(house, {"to": "b", "for": period})

    play(house, "b")

    assert fired == []
    assert "test: for:" in caplog.text


# --- through_unavailable ---


def test_hold_looks_past_a_time_without_the_entity(house):
    play(house, "on")
    fired, _ = attach(house, {"to": None, "through_unavailable": "hold"})

    play(house, "unavailable", "on", "unknown", "off")

    assert [(facts["from_state"].state, facts["to_state"].state) for facts in fired] == [("on", "off")]


async def test_hold_keeps_the_wait_while_the_entity_is_away(house):
    play(house, "off")
    fired, _ = attach(house, {"to": "on", "for": 5, "through_unavailable": "hold"})

    play(house, "on")
    await house.advance(3)
    play(house, "unavailable", "on")
    await house.advance(3)

    assert fired.values == ["on"]


# --- what is refused, and words ---


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        ({"to": True}, "a state is a text, not a YAML boolean"),
        ({"to": 5}, "a state is a text, not a number"),
        ({"to": {"a": 1}}, "a state should be a text"),
        ({"from": "a", "not_from": "b"}, "from and not_from exclude each other"),
        ({"to": None, "not_to": "b"}, "to and not_to exclude each other"),
        ({"for": {"invalid": 5}}, "is no duration"),
        ({"for": -1}, "can't be negative"),
        ({"entity_id": "kitchen"}, "is no entity id"),
    ],
)
def test_refuses_what_makes_no_sense(house, config, problem):
    with pytest.raises(ValueError, match=problem):
        parse(house, {"entity_id": "sensor.a", **config})


def test_says_what_it_waits_for(house):
    house.set("sensor.a", "off")
    trigger = parse(house, {"entity_id": "sensor.a, sensor.b", "from": ["off", "idle"], "to": "on", "for": 5})

    words = trigger.waits_for(house.house)

    assert words == "sensor.a or sensor.b changes from 'off' or 'idle' to 'on' for 5 s (now 'off', not there)"
