"""When the numeric_state trigger fires, and what it tells."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import TypeAdapter

from hub.api import Attachment, Trigger, TriggerField
from hub.fields import Parsing

GONE = object()


def parse(house, config: dict) -> Trigger:
    context = Parsing(house.house.kinds, house.house.templates).context()
    data = {"trigger": "numeric_state", "entity_id": "sensor.a", **config}
    return TypeAdapter(TriggerField).validate_python(data, context=context)


def attach(house, config: dict, **variables):
    fired: list[dict] = []
    attachment = Attachment(
        house.house, lambda facts, cause: fired.append(facts), variables, "test", {"id": "0"}
    )
    return fired, parse(house, config).attach(attachment)


def play(house, *states) -> None:
    """Let the entity go through these states; a pair has attributes too."""
    for state in states:
        if state is GONE:
            house.house.states.remove("sensor.a")
        elif isinstance(state, tuple):
            house.set("sensor.a", *state)
        else:
            house.set("sensor.a", state)


def seen(fired: list[dict]) -> list[str]:
    return [facts["to_state"].state for facts in fired]


@pytest.mark.parametrize(
    ("config", "before", "states", "fires_at"),
    [
        ({"below": 10}, "11", ["9"], ["9"]),
        ({"below": 10}, "11", ["9", "5", "11", "8"], ["9", "8"]),
        ({"above": 10}, "9", ["10"], []),
        ({"above": 10}, "9", ["10.01"], ["10.01"]),
        ({"above": 5, "below": 10}, "4", ["5", "6", "10", "7"], ["6", "7"]),
        ({"above": 5, "below": 10}, "4", ["12", "4"], []),
        ({"above": 5, "below": 5}, "4", ["5", "6"], []),
        ({"above": "-1.5"}, "-2", ["-1"], ["-1"]),
    ],
)
def test_fires_when_the_number_comes_inside(house, config, before, states, fires_at):
    play(house, before)
    fired, _ = attach(house, config)

    play(house, *states)

    assert seen(fired) == fires_at


@pytest.mark.parametrize(
    ("before", "states", "fires_at"),
    [
        (["30"], ["31"], []),
        (["unavailable"], ["30"], ["30"]),
        (["unknown"], ["30"], ["30"]),
        ([], ["30"], []),
        ([], ["20", "30"], ["30"]),
        (["warm"], ["30"], []),
        (["20"], ["warm", "30"], ["30"]),
        (["20"], ["30", "warm", "31"], ["30"]),
        (["20"], ["30", "unavailable", "31"], ["30", "31"]),
        (["20"], [GONE, "30"], ["30"]),
        (["20"], ["30", GONE, "31"], ["30"]),
        (["20"], ["nan", "30"], ["30"]),
    ],
)
def test_only_what_was_seen_outside_can_come_inside(house, before, states, fires_at):
    play(house, *before)
    fired, _ = attach(house, {"above": 25})

    play(house, *states)

    assert seen(fired) == fires_at


@pytest.mark.parametrize(
    ("config", "attributes", "count"),
    [
        ({"attribute": "x"}, [{"x": 20}, {"x": 30}], 1),
        ({"attribute": "x"}, [{}, {"x": 30}], 1),
        ({"attribute": "x"}, [{"x": None}, {"x": "30"}], 1),
        ({"value_template": "{{ state.attributes.x[1] * factor }}"}, [{"x": [0, 1]}, {"x": [0, 3]}], 1),
        ({"value_template": "{{ state.attributes.x }}", "attribute": "y"}, [{"x": 3}, {"x": 30}], 0),
        ({"value_template": "{{ 1 / state.attributes.x }}"}, [{"x": 1}, {"x": 0}, {"x": 0.01}], 1),
    ],
)
def test_the_number_may_come_from_an_attribute_or_a_template(house, config, attributes, count):
    fired, _ = attach(house, {"above": 25, **config}, factor=10)

    play(house, *(("text", each) for each in attributes))

    assert len(fired) == count


@pytest.mark.parametrize("limit", ["number.limit", "input_number.limit", "sensor.limit", "zone.limit"])
def test_a_limit_may_be_an_entity(house, limit):
    house.set(limit, "25")
    play(house, "20")
    fired, _ = attach(house, {"above": limit})

    play(house, "25", "26")

    assert seen(fired) == ["26"]
    assert fired[0]["above"] == limit


@pytest.mark.parametrize(("value", "count"), [("25", 1), ("unknown", 0), ("much", 0)])
def test_a_limit_that_is_no_number_keeps_everything_outside(house, value, count):
    house.set("sensor.limit", value)
    play(house, "20")
    fired, _ = attach(house, {"above": "sensor.limit"})

    play(house, "30")

    assert len(fired) == count


def test_a_limit_that_changes_counts_with_the_next_number_only(house):
    house.set("sensor.limit", "25")
    play(house, "20")
    fired, _ = attach(house, {"above": "sensor.limit"})

    house.set("sensor.limit", "10")
    before = len(fired)
    play(house, "21")

    assert (before, len(fired)) == (0, 1)


def test_watch_limits_counts_a_limit_that_changes(house):
    house.set("sensor.limit", "25")
    play(house, "20")
    fired, detach = attach(house, {"above": "sensor.limit", "watch_limits": True})

    house.set("sensor.limit", "10")
    house.set("sensor.limit", "30")
    detach()
    house.set("sensor.limit", "10")

    assert seen(fired) == ["20"]


@pytest.mark.parametrize("attribute_too", [True, False])
def test_attributes_that_change_do_not_fire_again(house, attribute_too):
    config = {"value_template": "{{ state.state }}"} if attribute_too else {}
    play(house, "20")
    fired, _ = attach(house, {"above": 25, **config})

    play(house, "30", ("30", {"x": 1}))

    assert len(fired) == 1


def test_tells_what_changed(house):
    play(house, "20")
    fired, _ = attach(house, {"above": 25, "below": 50.5})

    play(house, "30")

    facts = fired[0]
    assert facts.pop("from_state").state == "20"
    assert facts.pop("to_state").state == "30"
    assert facts == {
        "entity_id": "sensor.a",
        "above": 25.0,
        "below": 50.5,
        "for": None,
        "description": "numeric state of sensor.a",
    }


# --- for ---


@pytest.mark.parametrize(
    ("after", "count"),
    [
        (["31"], 1),
        ([("30", {"x": 1})], 1),
        (["20"], 0),
        (["20", "30"], 0),
        (["unavailable"], 0),
        (["warm"], 0),
        ([GONE], 0),
    ],
)
async def test_what_leaves_the_range_ends_the_wait(house, after, count):
    play(house, "20")
    fired, _ = attach(house, {"above": 25, "for": 5})

    play(house, "30")
    await house.advance(3)
    play(house, *after)
    await house.advance(3)

    assert [facts["for"] for facts in fired] == [timedelta(seconds=5)] * count


async def test_for_may_be_a_template_of_the_entity(house):
    house.set("sensor.a", "20")
    house.set("sensor.b", "20")
    period = "{{ slow if trigger.entity_id == 'sensor.b' else 5 }}"
    fired, _ = attach(house, {"entity_id": "sensor.a, sensor.b", "above": 25, "for": period}, slow=10)

    house.set("sensor.a", "30")
    house.set("sensor.b", "30")
    await house.advance(20)

    assert [facts["for"].seconds for facts in fired] == [5, 10]


@pytest.mark.parametrize("period", ["{{ nothing }}", "{{ -5 }}", "{{ 1e300 }}"])
def test_a_for_that_is_no_duration_is_logged(house, period, caplog):
    play(house, "20")
    fired, _ = attach(house, {"above": 25, "for": period})

    play(house, "30")

    assert fired == []
    assert "test: for:" in caplog.text


async def test_detaching_ends_the_wait(house):
    play(house, "20")
    fired, detach = attach(house, {"above": 25, "for": 5})

    play(house, "30")
    detach()
    await house.advance(10)
    play(house, "20", "30")

    assert fired == []


# --- what goes beyond Home Assistant ---


def test_on_start_counts_what_is_inside_when_the_house_has_started(house):
    play(house, "30")
    fired, _ = attach(house, {"above": 25, "on_start": True})

    before = len(fired)
    house.household.started()

    assert (before, seen(fired)) == (0, ["30"])


def test_on_start_does_not_fire_twice_for_what_came_inside_before(house):
    play(house, "20")
    fired, _ = attach(house, {"above": 25, "on_start": True})

    play(house, "30")
    house.household.started()

    assert seen(fired) == ["30"]


def test_on_start_counts_at_once_in_a_house_that_runs(house):
    play(house, "30")
    house.household.started()

    fired, _ = attach(house, {"above": 25, "on_start": True})

    assert seen(fired) == ["30"]


async def test_hold_looks_past_a_time_without_a_number(house):
    play(house, "20")
    fired, _ = attach(house, {"above": 25, "for": 5, "through_unavailable": "hold"})

    play(house, "30")
    await house.advance(3)
    play(house, "unavailable", "31")
    await house.advance(3)
    play(house, "unknown", "32")
    await house.advance(9)

    assert seen(fired) == ["30"]


# --- what is refused, and words ---


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        ({}, "needs a limit"),
        ({"above": None}, "needs a limit"),
        ({"above": 1200, "below": 1000}, "nothing is above 1200 and below 1000"),
        ({"above": True}, "not a boolean"),
        ({"above": "light.kitchen"}, "can't be a limit"),
        ({"above": 5, "for": {"invalid": 5}}, "is no duration"),
    ],
)
def test_refuses_what_makes_no_sense(house, config, problem):
    with pytest.raises(ValueError, match=problem):
        parse(house, config)


def test_says_once_what_it_cannot_read(house, caplog):
    play(house, "20")
    attach(house, {"above": 25})

    play(house, "warm", "hot", "21", "cold")

    said = [record.getMessage() for record in caplog.records]
    assert said == [
        "test: numeric_state: sensor.a: 'warm' is no number",
        "test: numeric_state: sensor.a: 'cold' is no number",
    ]


@pytest.mark.parametrize(
    ("state", "now"),
    [
        ("20", "20"),
        ("30", "30, which is inside already: it must leave first"),
        ("unavailable", "unavailable"),
        ("warm", "sensor.a: 'warm' is no number"),
    ],
)
def test_says_what_it_waits_for(house, state, now):
    play(house, state)

    words = parse(house, {"above": 25, "below": 50.5, "for": 5}).waits_for(house.house)

    assert words == f"sensor.a comes above 25 and below 50.5 for 5 s (now {now})"
