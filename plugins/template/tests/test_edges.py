"""What is an edge of a template, and what is none."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import TypeAdapter

from hub.api import Attachment, Trigger, TriggerField
from hub.fields import Parsing

HOT = "{{ states('sensor.t') | float > limit }}"


def parse(house, config: dict) -> Trigger:
    context = Parsing(house.house.kinds, house.house.templates).context()
    return TypeAdapter(TriggerField).validate_python({"trigger": "template", **config}, context=context)


def attach(house, template: str, **config):
    fired: list[dict] = []

    def fire(facts, cause):
        fired.append(facts)

    trigger = parse(house, {"value_template": template, **config})
    attachment = Attachment(house.house, fire, {"limit": 20}, "test", {"id": "0"})
    return fired, trigger.attach(attachment)


def play(house, *states: str) -> None:
    for state in states:
        house.set("sensor.t", state)


@pytest.mark.parametrize(
    ("before", "after", "count"),
    [
        ("10", ["30"], 1),
        ("30", ["31"], 0),
        ("30", ["10", "31"], 1),
        ("unavailable", ["30"], 0),
        ("unavailable", ["10", "30"], 1),
        ("10", ["unavailable", "30"], 1),
        ("30", ["unavailable", "31"], 0),
    ],
)
def test_an_error_is_neither_true_nor_false(house, before, after, count):
    play(house, before)
    fired, _ = attach(house, HOT)

    play(house, *after)

    assert len(fired) == count


def test_what_fails_is_said_once_until_it_works_again(house, caplog):
    play(house, "10")
    attach(house, HOT)

    play(house, "warm", "hot", "11", "cold")

    assert caplog.text.count("test: template trigger:") == 2


@pytest.mark.parametrize("after", ["31", "unavailable"])
async def test_for_goes_on_while_nothing_says_false(house, after):
    play(house, "10")
    fired, _ = attach(house, HOT, **{"for": 5})

    play(house, "30")
    await house.advance(3)
    play(house, after)
    await house.advance(3)

    assert [facts["for"] for facts in fired] == [timedelta(seconds=5)]


@pytest.mark.parametrize(
    ("period", "seconds"),
    [("{{ limit }}", 20), ("00:00:{{ 5 if trigger.entity_id == 'sensor.t' else 9 }}", 5), ("{{ 0 }}", 0)],
)
async def test_for_may_be_a_template(house, period, seconds):
    play(house, "10")
    fired, _ = attach(house, HOT, **{"for": period})

    play(house, "30")
    await house.advance(seconds)

    assert [facts["for"] for facts in fired] == [timedelta(seconds=seconds)]


@pytest.mark.parametrize("period", ["{{ nothing }}", "{{ -1 }}", "{{ 1e300 }}"])
def test_a_for_that_is_no_duration_is_logged(house, period, caplog):
    play(house, "10")
    fired, _ = attach(house, HOT, **{"for": period})

    play(house, "30")

    assert fired == []
    assert "test: for:" in caplog.text


async def test_is_silent_once_detached(house):
    play(house, "10")
    fired, detach = attach(house, HOT, **{"for": 5})

    play(house, "30")
    detach()
    play(house, "10", "30")
    await house.advance(10)

    assert fired == []


@pytest.mark.parametrize(
    ("state", "now"),
    [("10", "'False'"), ("30", "'True'"), ("warm", "an error: ")],
    ids=["no", "yes", "error"],
)
def test_says_what_it_waits_for(house, state, now):
    play(house, state)

    words = parse(house, {"value_template": "{{ states('sensor.t') | float > 20 }}"}).waits_for(house.house)

    assert "becomes true" in words
    assert f"(now {now}" in words
