"""`hub user` manages the people of a hub that runs, and of one that does not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from hub.cli.app import app
from hub.core.errors import HubError

PASSWORD = "correct horse battery"


@pytest.fixture
def hub(tmp_path: Path) -> Any:
    """Run `hub user …` on a configuration, and return what it prints."""
    (tmp_path / "config.yaml").write_text("hub: {name: Test}\n")

    def run(*words: str, input: str = "") -> str:
        command = ["user", *words, "--config", str(tmp_path / "config.yaml")]
        result = CliRunner().invoke(app, command, input=input)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.output

    return run


def test_people_come_change_and_go(hub: Any) -> None:
    assert "nobody yet" in hub("list")
    hub("add", "ann", "--role", "admin", "--stdin", input=f"{PASSWORD}\n")
    made = json.loads(hub("add", "bob", "--grant", "kitchen=operator", "--generate", "--format", "json"))
    assert len(made["password"]) >= 16
    assert (made["role"], made["grants"]) == ("viewer", {"kitchen": "operator"})
    assert json.loads(hub("role", "bob", "guest", "--format", "json"))["grants"] == {"kitchen": "operator"}
    assert "another password" in hub("password", "bob", "--generate")
    listed = json.loads(hub("list", "--format", "json"))
    assert [(one["name"], one["role"]) for one in listed] == [("ann", "admin"), ("bob", "guest")]
    assert "password" not in listed[0]
    hub("remove", "bob")
    with pytest.raises(HubError, match="last admin"):
        hub("remove", "ann")


def test_tokens_are_made_and_revoked(hub: Any) -> None:
    hub("add", "ann", "--role", "admin", "--generate")
    made = json.loads(
        hub(
            "token",
            "create",
            "ann",
            "--name",
            "script",
            "--scope",
            "viewer",
            "--days",
            "3",
            "--format",
            "json",
        )
    )
    assert made["token"].startswith("hearth_")
    listed = json.loads(hub("token", "list", "--format", "json"))
    assert [(one["name"], one["scopes"]) for one in listed] == [("script", ["viewer"])]
    hub("token", "revoke", made["id"])
    assert json.loads(hub("token", "list", "ann", "--format", "json")) == []


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["role", "ann", "king"], "no role"),
        (["role", "nobody", "viewer"], "no user"),
        (["role", "ann", "viewer"], "last admin"),
        (["add", "ann", "--generate"], "already"),
        (["add", "x", "--grant", "kitchen", "--generate"], "no grant"),
        (["token", "create", "ann", "--name", "x", "--scope", "everything"], "no scope"),
        (["token", "revoke", "none"], "no session or token"),
    ],
)
def test_what_can_not_be_is_said(hub: Any, words: list[str], problem: str) -> None:
    hub("add", "ann", "--role", "admin", "--generate")
    with pytest.raises(HubError, match=problem):
        hub(*words)


def test_the_web_server_is_loaded_only_where_it_is_wanted() -> None:
    script = "import sys, hub.cli.app; print(sorted({'fastapi', 'starlette', 'uvicorn'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
