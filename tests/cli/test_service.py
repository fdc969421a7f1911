"""`hub service` writes a unit that systemd accepts, and that keeps the hub in bounds."""

from __future__ import annotations

import getpass
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from hub.cli.app import app
from hub.cli.service import unit_text
from hub.core.errors import HubError

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    home = tmp_path / "my house 50%"
    home.mkdir()
    (home / "config.yaml").write_text("hub: {name: Test}\n")
    return home / "config.yaml"


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["service", *words])


def analyze(tmp_path: Path, text: str, *words: str) -> subprocess.CompletedProcess[str]:
    unit = tmp_path / "hearth.service"
    unit.write_text(text)
    return subprocess.run(["systemd-analyze", *words, str(unit)], capture_output=True, text=True, check=False)


@needs_systemd
@pytest.mark.parametrize("user", [False, True])
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path, config: Path, user: bool) -> None:
    text = unit_text(config, user=user, run_as=getpass.getuser())

    done = analyze(tmp_path, text, *(["--user"] if user else []), "verify")
    assert [line for line in done.stderr.splitlines() if "hearth.service" in line] == []


@needs_systemd
def test_the_unit_is_hardened(tmp_path: Path, config: Path) -> None:
    text = unit_text(config, user=False, run_as="nobody")

    done = analyze(tmp_path, text, "security", "--offline=true", "--threshold=20")
    assert done.returncode == 0, done.stdout


def test_print_shows_it_and_changes_nothing(config: Path) -> None:
    result = run("install", "--print", "--user", "--config", str(config))

    assert result.exit_code == 0, result.output
    assert "Type=notify" in result.output
    assert f'run --config "{str(config).replace("%", "%%")}"' in result.output
    assert "\nUser=" not in result.output


def test_a_hub_of_root_must_be_wished_for(config: Path) -> None:
    config.chmod(0o600)
    owner_is_root = config.stat().st_uid == 0

    if owner_is_root:
        with pytest.raises(HubError, match="need not run as root"):
            unit_text(config, user=False)
    assert "User=root\n" in unit_text(config, user=False, run_as="root")


def test_a_user_that_is_not_there_is_named(config: Path) -> None:
    with pytest.raises(HubError, match="no user 'nobody-at-all'"):
        unit_text(config, user=False, run_as="nobody-at-all")


def test_what_is_not_installed_cannot_be_removed() -> None:
    result = run("remove", "--name", "not-there")
    assert "there is no" in str(result.exception)
