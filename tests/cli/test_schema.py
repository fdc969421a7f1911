"""The JSON Schema knows what can be written, and takes what `hub check` takes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from hub.cli.app import app
from hub.cli.schema import whole
from hub.config.source import load
from hub.testing.house import known_plugins

HOMES = Path(__file__).parents[1] / "config" / "homes"
_PARTS = ("secrets.yaml", "customize_that_is_empty.yaml")
FILES = sorted(path for path in HOMES.glob("*.yaml") if path.name not in _PARTS)


@pytest.fixture(scope="module")
def schema() -> Any:
    return json.loads(json.dumps(whole(known_plugins().catalogs)))


def parts(schema: Any) -> Iterator[dict[str, Any]]:
    """Yield every mapping in the schema."""
    if isinstance(schema, dict):
        yield schema
    for each in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from parts(each)


def test_every_reference_leads_somewhere(schema: Any) -> None:
    wanted = {each["$ref"] for each in parts(schema) if isinstance(each.get("$ref"), str)}

    assert wanted - {f"#/definitions/{name}" for name in schema["definitions"]} == set()
    assert not [each for each in parts(schema) if "x-part" in each]


@pytest.mark.parametrize(
    ("definition", "key", "hook"),
    [
        ("trigger", "trigger", "triggers"),
        ("trigger", "platform", "triggers"),
        ("condition", "condition", "conditions"),
    ],
)
def test_every_kind_is_offered(schema: Any, definition: str, key: str, hook: str) -> None:
    shown = {
        each["properties"][key].get("const")
        for each in schema["definitions"][definition]["anyOf"]
        if key in each.get("properties", {})
    }

    assert {name for name in getattr(known_plugins().catalogs, hook) if "." not in name} <= shown


def test_every_section_and_action_is_offered(schema: Any) -> None:
    actions = {key for each in schema["definitions"]["action"]["anyOf"] for key in each.get("properties", ())}

    assert set(known_plugins().catalogs.integrations) <= set(schema["properties"])
    assert set(known_plugins().catalogs.actions) - {"device_id"} <= actions


def test_both_spellings_of_a_key_are_known(schema: Any) -> None:
    automation = schema["definitions"]["AutomationModel"]["properties"]

    assert {"trigger", "triggers", "condition", "conditions", "action", "actions"} <= set(automation)


def test_the_command_writes_a_file(tmp_path: Path) -> None:
    target = tmp_path / "schema.json"

    result = CliRunner().invoke(app, ["schema", "-c", str(tmp_path / "config.yaml"), "-o", str(target)])

    assert "# yaml-language-server: $schema=" in result.output
    assert json.loads(target.read_text(encoding="utf-8"))["$schema"].startswith("http://json-schema.org/")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_homes_are_valid(schema: Any, path: Path) -> None:
    validation = pytest.importorskip("jsonschema", reason="validates only where jsonschema is installed")

    assert [error.message for error in validation.Draft7Validator(schema).iter_errors(load(path).data)] == []
