"""When the time condition holds, and why it does not."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from hub.api import HubError
from hub.configuration import parse_condition

TIMESTAMP = {"device_class": "timestamp"}


@pytest.fixture
def ask(house):
    """Return the condition with the scope to ask it in."""
    house.house.settings.time_zone = ZoneInfo("Europe/Berlin")

    def parse(**config):
        condition, problems = parse_condition({"condition": "time", **config}, house.house)
        assert not problems
        return condition, SimpleNamespace(house=house.house, variables={})

    return parse


async def move(house, text: str) -> None:
    """Move to a local time on Tuesday 2024-05-07."""
    await house.move_to(
        datetime.fromisoformat(f"2024-05-07 {text}").replace(tzinfo=ZoneInfo("Europe/Berlin"))
    )


@pytest.mark.parametrize(
    ("config", "now", "holds"),
    [
        ({"after": "06:00", "before": "18:00"}, "06:00:00", True),
        ({"after": "06:00", "before": "18:00"}, "05:59:59", False),
        ({"after": "06:00", "before": "18:00"}, "17:59:59", True),
        ({"after": "06:00", "before": "18:00"}, "18:00:00", False),
        ({"after": "22:00", "before": "06:00"}, "23:00:00", True),
        ({"after": "22:00", "before": "06:00"}, "05:59:59", True),
        ({"after": "22:00", "before": "06:00"}, "06:00:00", False),
        ({"after": "22:00", "before": "06:00"}, "21:59:59", False),
        ({"after": "06:00"}, "23:59:59", True),
        ({"before": "06:00"}, "00:00:01", True),
        ({"after": "06:00", "before": "06:00"}, "12:00:00", True),
        ({"weekday": "tue"}, "12:00:00", True),
        ({"weekday": ["mon", "wed"]}, "12:00:00", False),
        ({"weekday": []}, "12:00:00", False),
        ({"after": "06:00", "weekday": "mon"}, "12:00:00", False),
    ],
)
async def test_compares_with_the_local_time(house, ask, config, now, holds):
    condition, scope = ask(**config)

    await move(house, now)

    assert condition.test(scope) is holds


@pytest.mark.parametrize(
    ("entity_id", "state", "attributes", "holds"),
    [
        ("input_datetime.a", "x", {"has_time": True, "hour": 11, "minute": 30, "second": 0}, True),
        ("input_datetime.a", "x", {"has_time": True, "hour": 12, "minute": 30, "second": 0}, False),
        ("input_datetime.a", "x", {"has_date": True}, False),
        ("input_datetime.a", "x", {"hour": "noon"}, False),
        ("time.a", "11:30:00", {}, True),
        ("time.a", "unavailable", {}, False),
        ("sensor.a", "2021-06-03 09:30:00+00:00", TIMESTAMP, True),
        ("sensor.a", "2021-06-03 11:30:00", TIMESTAMP, True),
        ("sensor.a", "2021-06-03 10:30:00+00:00", TIMESTAMP, False),
        ("sensor.a", "2021-06-03 09:30:00+00:00", {}, False),
        ("sensor.a", "this is none", TIMESTAMP, False),
        ("sensor.a", "unknown", TIMESTAMP, False),
    ],
)
async def test_takes_the_time_of_an_entity(house, ask, entity_id, state, attributes, holds):
    condition, scope = ask(after=entity_id)
    house.set(entity_id, state, attributes)

    await move(house, "12:00:00")

    assert condition.test(scope) is holds


def test_an_entity_that_is_missing_leaves_the_answer_open(ask):
    condition, scope = ask(before="sensor.missing")

    with pytest.raises(HubError, match=r"there is no entity sensor\.missing"):
        condition.test(scope)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"after": "18:00"}, "time: 12:00:00 is before 18:00:00"),
        ({"before": "08:00"}, "time: 12:00:00 is not before 08:00:00"),
        ({"after": "22:00", "before": "06:00"}, "time: 12:00:00 is not between 22:00:00 and 06:00:00"),
        ({"weekday": ["mon", "wed"]}, "time: it is tue, not mon or wed"),
        ({"after": "sensor.a"}, "time: sensor.a holds no time"),
    ],
)
async def test_says_why_not(house, ask, config, words):
    condition, scope = ask(**config)
    house.set("sensor.a", "unknown", TIMESTAMP)
    await move(house, "12:00:00")

    held = condition.test(scope)

    assert (held, condition.why(scope)) == (False, words)


@pytest.mark.parametrize("config", [{}, {"after": 600}, {"after": "light.a"}, {"weekday": "today"}])
def test_refuses_what_makes_no_sense(house, config):
    condition, problems = parse_condition({"condition": "time", **config}, house.house)

    assert condition is None
    assert problems
