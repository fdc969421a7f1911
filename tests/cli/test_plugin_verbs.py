"""A plugin may bring a verb; the hub's own verbs don't load plugins for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from hub.cli import plugin_verbs
from hub.cli.app import app

PLUGIN = '''
"""Bells."""
import typer
from hub.api import HubError, hookimpl
HUB_API = "1"
many = typer.Typer(help="Many bells.")

@many.command()
def count() -> None:
    """Count them."""
    print(7)

@many.command()
def ring() -> None:
    """Ring them."""

def bell(name: str, times: int = 1, config: str = "") -> None:
    """Ring a bell."""
    if times < 0:
        raise HubError("a bell can't be unrung")
    print("ding " * times + name)

@hookimpl
def commands():
    return {"bell": bell, "bells": many, "check": bell}
'''


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins/bells.py").write_text(PLUGIN)
    (tmp_path / "config.yaml").write_text("hub: {name: Test}\n")
    monkeypatch.setenv("HUB_CONFIG", str(tmp_path / "config.yaml"))
    return tmp_path


def run(*words: str) -> Any:
    return CliRunner().invoke(app, list(words))


def test_a_function_is_a_verb_with_its_arguments_and_options(house: Path) -> None:
    assert run("bell", "door", "--times", "2").output == "ding ding door\n"
    assert "Ring a bell." in run("bell", "--help").output
    assert "Missing argument" in run("bell").output
    assert "can't be unrung" in str(run("bell", "x", "--times", "-1").exception)


def test_an_app_is_a_group_of_verbs(house: Path) -> None:
    assert run("bells", "count").output == "7\n"


def test_a_verb_of_the_hub_stays_the_hubs(house: Path) -> None:
    assert "all is well" in run("check").output


def test_what_nobody_offers_is_refused(house: Path) -> None:
    done = run("belll")
    assert done.exit_code == 2
    assert "belll" in done.output


def test_the_hubs_own_verbs_and_help_load_no_plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("plugins are loaded")

    monkeypatch.setattr(plugin_verbs, "load_plugins", never)
    assert run("--help").exit_code == 0
    assert run("--version").exit_code == 0
