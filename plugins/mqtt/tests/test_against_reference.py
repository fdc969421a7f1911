"""Check options and behaviour against the reference texts and cases, where they are at hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import BaseModel

from plugins.mqtt.ears import EARS
from plugins.mqtt.platforms import DOMAINS, LIGHTS, light, platform

OPTIONS = json.loads((Path(__file__).parent / "options.json").read_text())


def _kinds() -> dict[str, type[BaseModel]]:
    lights = {f"light ({schema})": light(schema) for schema in LIGHTS}
    return {**{domain: platform(domain) for domain in DOMAINS}, **EARS, **lights}


@pytest.mark.parametrize("platform", list(OPTIONS["platforms"]))
def test_the_options_of_a_platform_are_those_of_the_reference(platform: str) -> None:
    common = {} if platform in EARS else OPTIONS["common_entity_options"]
    known = {**common, **OPTIONS["platforms"][platform]}
    fields = {field.alias or name: field for name, field in _kinds()[platform].model_fields.items()}

    assert set(known) - set(fields) == set()
    assert set(fields) - set(known) <= {"device", "origin"}
    required = {name for name, option in known.items() if option.get("required")}
    assert {name for name, field in fields.items() if field.is_required()} - {"schema"} == required
