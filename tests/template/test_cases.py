"""Home Assistant's own cases for templates, where they are at hand."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from hub.core.errors import TemplateError
from hub.template import MISSING

CASES = Path(__file__).parents[3] / "shared" / "cases" / "template_functions.json"


def cases() -> list[Any]:
    if not CASES.exists():
        return [pytest.param(None, marks=pytest.mark.skip(reason="the cases are not at hand"))]
    return [pytest.param(case, id=case["id"]) for case in json.loads(CASES.read_text())]


def python(value: Any) -> Any:
    return bytes.fromhex(value["hex"]) if isinstance(value, dict) and set(value) == {"hex"} else value


def comparable(result: Any) -> Any:
    """Return what a case can say of a result: times as text, collections as sorted lists."""
    if isinstance(result, datetime):
        return str(result)
    return sorted(result) if isinstance(result, (set, tuple)) else result


class Case:
    def __init__(self, case: dict[str, Any], make_house: Any) -> None:
        clock = case.get("clock", {})
        self.house = make_house(
            datetime.fromisoformat(clock.get("start", "2024-05-06T12:00:00+00:00")),
            clock.get("time_zone", "UTC"),
        )
        for entity_id, given in case.get("initial", {}).items():
            given = {"state": given} if isinstance(given, str) else given
            self.house.states.set(entity_id, given["state"], given.get("attributes"))
        self.config = case["config"]
        self.variables = {name: python(value) for name, value in case.get("variables", {}).items()}

    def result(self) -> Any:
        template = self.house.templates.compile(self.config["template"])
        if "mqtt_value" in self.config:
            default = self.config.get("default", MISSING)
            return template.payload(self.config["mqtt_value"], self.variables, default)
        if self.config.get("parse_result") is False:
            return template.text(self.variables)
        return template.render(self.variables)


@pytest.mark.parametrize("case", cases())
def test_gives_what_home_assistant_gives(case: dict[str, Any], make_house: Any) -> None:
    [expected] = case["expect"]
    try:
        outcome = {"result": comparable(Case(case, make_house).result())}
    except TemplateError:
        outcome = {"error": True}

    wanted = {key: value for key, value in expected.items() if key in ("result", "error")}
    assert outcome == wanted
    assert [type(value) is bool for value in outcome.values()] == [
        type(value) is bool for value in wanted.values()
    ]
