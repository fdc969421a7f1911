"""When the state condition holds, and why it does not."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from hub.api import HubError
from hub.configuration import parse_condition


@pytest.fixture
def ask(house):
    """Return the condition with the scope to ask it in."""

    def parse(**config):
        data = {"condition": "state", "entity_id": "sensor.a", **config}
        condition, problems = parse_condition(data, house.house)
        assert not problems
        return condition, SimpleNamespace(house=house.house, variables={"five": 5})

    return parse


@pytest.mark.parametrize(
    ("config", "now", "holds"),
    [
        ({"state": "on"}, ("on",), True),
        ({"state": "on"}, ("off",), False),
        ({"state": ["on", "home"]}, ("home",), True),
        ({"state": []}, ("on",), False),
        ({"attribute": "x", "state": 5}, ("on", {"x": 5}), True),
        ({"attribute": "x", "state": 5}, ("on", {"x": "5"}), False),
        ({"attribute": "x", "state": None}, ("on", {"x": None}), True),
        ({"attribute": "x", "state": None}, ("on", {}), False),
        ({"attribute": "x", "state": [[1], [2]]}, ("on", {"x": [2]}), True),
    ],
)
def test_compares_with_the_state_now(house, ask, config, now, holds):
    condition, scope = ask(**config)

    house.set("sensor.a", *now)

    assert condition.test(scope) is holds


@pytest.mark.parametrize(
    ("match", "states", "result"),
    [
        ("all", {"sensor.a": "on", "sensor.b": "on"}, True),
        ("all", {"sensor.a": "on", "sensor.b": "off"}, False),
        ("all", {"sensor.a": "off"}, False),
        ("any", {"sensor.a": "off", "sensor.b": "on"}, True),
        ("any", {"sensor.a": "off", "sensor.b": "off"}, False),
        ("any", {"sensor.b": "on"}, True),
    ],
)
def test_several_entities_must_all_match_or_any(house, ask, match, states, result):
    condition, scope = ask(entity_id=["sensor.a", "sensor.b"], state="on", match=match)

    for entity_id, state in states.items():
        house.set(entity_id, state)

    assert condition.test(scope) is result


@pytest.mark.parametrize(("match", "state"), [("all", "on"), ("any", "off")])
def test_an_entity_that_is_missing_leaves_the_answer_open(house, ask, match, state):
    condition, scope = ask(entity_id=["sensor.a", "sensor.b"], state="on", match=match)
    house.set("sensor.a", state)

    with pytest.raises(HubError, match=r"there is no entity sensor\.b"):
        condition.test(scope)


async def test_takes_the_value_from_a_helper(house, ask):
    condition, scope = ask(state=["input_text.wanted", "input_text.missing"])
    house.set("input_text.wanted", "on")

    house.set("sensor.a", "on")
    matching = condition.test(scope)
    house.set("sensor.a", "off")

    assert matching
    with pytest.raises(HubError, match=r"input_text\.missing, which does not exist"):
        condition.test(scope)


@pytest.mark.parametrize("period", [5, "{{ five }}", {"seconds": "{{ five }}"}])
async def test_for_asks_for_longer_than_that(house, ask, period):
    condition, scope = ask(state="on", **{"for": period})
    house.set("sensor.a", "on")

    await house.advance(5)
    house.set("sensor.a", "on", {"x": 1})
    just = condition.test(scope)
    await house.advance(0.001)

    assert (just, condition.test(scope)) == (False, True)


@pytest.mark.parametrize(
    ("config", "now", "words"),
    [
        ({"state": "on"}, ("off",), "state sensor.a: 'off' is not 'on'"),
        ({"state": ["on", "home"]}, ("off",), "state sensor.a: 'off' is not 'on' or 'home'"),
        ({"state": "on", "for": 5}, ("on",), "state sensor.a: 'on' for 0 s, not for more than 5 s"),
        ({"attribute": "x", "state": 5}, ("on",), "state sensor.a: it has no attribute x"),
        ({"attribute": "x", "state": 5}, ("on", {"x": "5"}), "state sensor.a: x '5' is not 5"),
    ],
)
def test_says_why_not(house, ask, config, now, words):
    condition, scope = ask(**config)
    house.set("sensor.a", *now)

    held = condition.test(scope)

    assert (held, condition.why(scope)) == (False, words)


@pytest.mark.parametrize("config", [{"state": True}, {"state": None}, {}, {"state": "on", "entity_id": "x"}])
def test_refuses_what_makes_no_sense(house, config):
    data = {"condition": "state", "entity_id": "sensor.a", **config}

    condition, problems = parse_condition(data, house.house)

    assert condition is None
    assert problems
