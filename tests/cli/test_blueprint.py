"""`hub blueprint` checks what it takes in, and overwrites nothing unasked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from hub.cli.app import app
from hub.core.errors import HubError

GOOD = """\
blueprint:
  name: Lamp by button
  domain: automation
  source_url: https://github.com/ann-b/things/blob/main/lamp.yaml
  input:
    button: {selector: {entity: }}
    level: {default: 5}
triggers: {trigger: state, entity_id: !input button}
actions: []
"""


@pytest.fixture
def hub(tmp_path: Path) -> Any:
    def run(*words: str) -> Any:
        return CliRunner().invoke(app, ["blueprint", *words, "--config", str(tmp_path / "config.yaml")])

    return run


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "downloads" / "lamp by button.yaml"
    path.parent.mkdir()
    path.write_text(GOOD, encoding="utf-8")
    return path


def test_a_saved_file_comes_to_its_authors_folder(hub: Any, saved: Path, tmp_path: Path) -> None:
    result = hub("import", str(saved))

    assert result.exit_code == 0
    target = tmp_path / "blueprints/automation/ann-b/lamp_by_button.yaml"
    assert target.read_text(encoding="utf-8") == GOOD
    assert "path: ann-b/lamp_by_button.yaml" in result.output
    assert "button: # entity" in result.output


def test_the_list_says_what_each_asks_for(hub: Any, saved: Path) -> None:
    hub("import", str(saved), "--author", "me")

    result = hub("list")

    assert "me/lamp_by_button.yaml" in result.output
    assert "button, level?" in result.output


def test_an_empty_list_says_how_to_begin(hub: Any) -> None:
    assert "hub blueprint import" in hub("list").output


def test_nothing_is_overwritten_unasked(hub: Any, saved: Path) -> None:
    hub("import", str(saved))

    again = hub("import", str(saved))

    assert isinstance(again.exception, HubError)
    assert hub("import", str(saved), "--force").exit_code == 0


def test_what_is_no_blueprint_is_refused_with_its_mistakes(hub: Any, saved: Path, tmp_path: Path) -> None:
    saved.write_text(GOOD.replace("!input button", "!input buton"), encoding="utf-8")

    result = hub("import", str(saved))

    assert result.exit_code == 1
    assert "has no input 'buton'. Did you mean 'button'?" in result.output
    assert not (tmp_path / "blueprints").exists()
