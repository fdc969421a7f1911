"""When the numeric_state condition holds, and why it does not."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from hub.api import HubError
from hub.configuration import parse_condition


@pytest.fixture
def ask(house):
    """Return the condition with the scope to ask it in."""

    def parse(**config):
        data = {"condition": "numeric_state", "entity_id": "sensor.a", **config}
        condition, problems = parse_condition(data, house.house)
        assert not problems
        return condition, SimpleNamespace(house=house.house, variables={"factor": 10})

    return parse


@pytest.mark.parametrize(
    ("config", "now", "holds"),
    [
        ({"below": 50}, ("49",), True),
        ({"below": 50}, ("50",), False),
        ({"above": 50}, ("50",), False),
        ({"above": 40, "below": 50}, ("45.5",), True),
        ({"below": 50}, ("unavailable",), False),
        ({"below": 50}, ("unknown",), False),
        ({"below": 50}, ("nan",), False),
        ({"below": 50, "attribute": "x"}, ("100", {"x": 49}), True),
        ({"below": 50, "attribute": "x"}, ("10", {}), False),
        ({"below": 50, "attribute": "x"}, ("10", {"x": None}), False),
        ({"below": 50, "value_template": "{{ state.state|int / factor }}"}, ("499",), True),
    ],
)
def test_compares_the_number_now(house, ask, config, now, holds):
    condition, scope = ask(**config)

    house.set("sensor.a", *now)

    assert condition.test(scope) is holds


@pytest.mark.parametrize(
    ("limit", "holds"), [("100", True), ("42", False), ("unknown", False), ("unavailable", False)]
)
def test_a_limit_may_be_an_entity(house, ask, limit, holds):
    condition, scope = ask(below="input_number.high")
    house.set("sensor.a", "42")

    house.set("input_number.high", limit)

    assert condition.test(scope) is holds


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        ({"entity_id": "sensor.b", "above": 0}, r"there is no entity sensor\.b"),
        ({"above": 0}, "'fifty' is no number"),
        ({"above": 0, "value_template": "{{ 1 / 0 }}"}, "ZeroDivisionError"),
        ({"above": 0, "value_template": "{{ [] }}"}, "is no number"),
        ({"below": "number.missing", "value_template": "5"}, "which does not exist"),
        ({"below": "sensor.a", "value_template": "5"}, r"sensor\.a, but 'fifty' is no number"),
    ],
)
def test_what_is_no_number_leaves_the_answer_open(house, ask, config, problem):
    condition, scope = ask(**config)
    house.set("sensor.a", "fifty")

    with pytest.raises(HubError, match=problem):
        condition.test(scope)


def test_one_entity_outside_decides_over_one_that_is_missing(house, ask):
    condition, scope = ask(entity_id=["sensor.missing", "sensor.a"], below=50)
    house.set("sensor.a", "50")

    assert condition.test(scope) is False


@pytest.mark.parametrize(
    ("config", "now", "words"),
    [
        ({"below": 18}, "21.9", "numeric_state sensor.a: 21.9 is not below 18"),
        ({"above": 25.5, "below": 30}, "21.90", "numeric_state sensor.a: 21.9 is not above 25.5"),
        ({"above": "number.x"}, "20", "numeric_state sensor.a: 20 is not above number.x (22)"),
        ({"above": "number.y"}, "20", "numeric_state sensor.a: 20 is not above number.y (no number)"),
        ({"above": 25}, "unavailable", "numeric_state sensor.a: 'unavailable' is no number"),
    ],
)
def test_says_why_not(house, ask, config, now, words):
    condition, scope = ask(**config)
    house.set("number.x", "22")
    house.set("number.y", "unknown")
    house.set("sensor.a", now)

    held = condition.test(scope)

    assert (held, condition.why(scope)) == (False, words)
