"""And, or and not know three answers: yes, no, and can't be told."""

from __future__ import annotations

import pytest

from hub.api import HubError, holds
from hub.configuration import parse_condition

YES, NO = "{{ true }}", "{{ false }}"
BROKEN = {"condition": "state", "entity_id": "sensor.missing", "state": "on"}
OFF = {"condition": "template", "value_template": NO, "enabled": False}


class Scope:
    def __init__(self, house, variables):
        self.house = house
        self.variables = variables


def ask(house, data, variables=None):
    condition, problems = parse_condition(data, house.house)
    assert not problems
    try:
        return holds(condition, Scope(house.house, variables or {}))
    except HubError:
        return "error"


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        ({"and": [YES, YES]}, True),
        ({"and": [YES, NO]}, False),
        ({"and": [BROKEN, NO]}, False),
        ({"and": [BROKEN, YES]}, "error"),
        ({"and": [OFF, YES]}, True),
        ({"or": [NO, YES]}, True),
        ({"or": [BROKEN, YES]}, True),
        ({"or": [BROKEN, NO]}, "error"),
        ({"or": [OFF, NO]}, False),
        ({"not": [NO, NO]}, True),
        ({"not": [NO, YES]}, False),
        ({"condition": "not", "conditions": YES}, False),
        ([YES, NO], False),
    ],
)
async def test_joined_conditions(house, data, answer):
    assert ask(house, data) == answer


async def test_the_trigger_condition_knows_who_began(house):
    data = {"condition": "trigger", "id": ["a", 1]}
    answers = [ask(house, data, {"trigger": {"id": each}}) for each in ("a", "1", "b")]
    assert answers == [True, True, False]
    assert ask(house, data) is False


async def test_why_names_the_first_that_does_not_hold(house):
    condition, _ = parse_condition({"and": [YES, {"or": [NO]}]}, house.house)
    why = condition.why(Scope(house.house, {}))
    assert why.startswith("and: condition 2: or: condition 1: template")
