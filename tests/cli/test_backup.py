"""`hub backup`: make one, look at it, put it back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from hub.cli.app import app
from hub.core.errors import HubError

RUNNER = CliRunner()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "house" / "config.yaml"
    path.parent.mkdir()
    path.write_text("hub: {name: Villa}\n")
    (path.parent / "data").mkdir()
    (path.parent / "data" / "ca.key").write_text("key")
    return path


def hub(*words: str, config: Path, input: str | None = None) -> Result:
    return RUNNER.invoke(app, ["backup", *words, "--config", str(config)], input=input)


def test_one_is_made_listed_verified_and_put_back(config: Path) -> None:
    assert "verified" in hub("create", config=config).output
    (one,) = json.loads(hub("list", "--json", config=config).output)
    assert one["house"] == "Villa"
    assert "is whole" in hub("verify", one["name"], config=config).output
    config.write_text("hub: {name: Other}\n")
    assert "files are back" in hub("restore", one["name"], "--yes", config=config).output
    assert "Villa" in config.read_text()
    (aside,) = config.parent.glob("before-restore-*")
    assert "Other" in (aside / "config" / "config.yaml").read_text()


def test_nothing_is_put_back_without_asking(config: Path) -> None:
    hub("create", config=config)
    (one,) = json.loads(hub("list", "--json", config=config).output)
    config.write_text("hub: {name: Other}\n")
    assert hub("restore", one["name"], config=config, input="n\n").exit_code == 1
    assert "Other" in config.read_text()


def test_a_sealed_one_comes_back_on_a_new_machine(config: Path, tmp_path: Path) -> None:
    target = tmp_path / "sealed.hearth"
    hub("create", "--password-stdin", "--output", str(target), config=config, input="long enough\n")
    new = tmp_path / "new" / "config.yaml"
    new.parent.mkdir()
    wrong = hub("restore", str(target), "--yes", "--password-stdin", config=new, input="something else\n")
    assert "password is wrong" in str(wrong.exception)
    assert list(new.parent.iterdir()) == []
    hub("restore", str(target), "--yes", "--password-stdin", config=new, input="long enough\n")
    assert "Villa" in new.read_text()
    assert (new.parent / "data" / "ca.key").read_text() == "key"


def test_one_is_unpacked_to_look_into_it(config: Path, tmp_path: Path) -> None:
    hub("create", "--output", str(tmp_path / "a.hearth"), config=config)
    hub("extract", str(tmp_path / "a.hearth"), str(tmp_path / "out"), config=config)
    assert (tmp_path / "out" / "config" / "config.yaml").exists()


def test_what_is_not_there_is_named(config: Path) -> None:
    assert "There are no backups yet" in hub("list", config=config).output
    found = hub("verify", "none.hearth", config=config)
    assert isinstance(found.exception, HubError)
    assert "there is no backup none.hearth" in str(found.exception)
