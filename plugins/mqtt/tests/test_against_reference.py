"""Check options and behaviour against the reference texts and cases, where they are at hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from hub.testing.cases import Case
from hub.testing.runner import run_case
from plugins.mqtt.ears import EARS
from plugins.mqtt.platforms import LIGHTS, PLATFORMS

REFERENCE = Path(__file__).parents[4] / "shared"
OPTIONS = REFERENCE / "reference" / "mqtt-options.json"
_MARKS = {
    "md-110": pytest.mark.xfail(strict=False, reason="it depends on whether None counts as no attribute"),
}
FILES = ("mqtt_trigger.json", "mqtt_discovery.json", "firmware_discovery.json")


def _read(path: Path) -> Any:
    return json.loads(path.read_text()) if path.exists() else {}


def _kinds() -> dict[str, type[BaseModel]]:
    lights = {f"light ({schema})": kind for schema, kind in LIGHTS.items()}
    return {**PLATFORMS, **EARS, **lights}


def _cases() -> list[Any]:
    raws = [raw for name in FILES for raw in _read(REFERENCE / "cases" / name)]
    return [pytest.param(raw, id=raw["id"], marks=_MARKS.get(raw["id"], ())) for raw in raws]


@pytest.mark.skipif(not OPTIONS.exists(), reason="the reference is not at hand")
@pytest.mark.parametrize("platform", list(_read(OPTIONS).get("platforms", {})))
def test_the_options_of_a_platform_are_those_of_the_reference(platform: str) -> None:
    reference = _read(OPTIONS)
    common = {} if platform in EARS else reference["common_entity_options"]
    known = {**common, **reference["platforms"][platform]}
    fields = {field.alias or name: field for name, field in _kinds()[platform].model_fields.items()}

    assert set(known) - set(fields) == set()
    assert set(fields) - set(known) <= {"device", "origin"}
    required = {name for name, option in known.items() if option.get("required")}
    assert {name for name, field in fields.items() if field.is_required()} - {"schema"} == required


@pytest.mark.parametrize("raw", _cases())
async def test_the_case_holds(raw: dict[str, Any]) -> None:
    differences = await run_case(Case.model_validate(raw))

    assert differences == []
