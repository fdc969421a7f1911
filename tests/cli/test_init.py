"""`hub init` writes a configuration that is right, private, and never over another."""

from __future__ import annotations

import asyncio
import json
import re
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from hub.building import prepare
from hub.cli.app import app
from hub.cli.init import write_new
from hub.configuration import read_files
from hub.core.errors import HubError
from hub.registry import Passwords, Secret

FILES = [".gitignore", "automations.yaml", "config.yaml", "secrets.yaml"]


def init(*words: str, answers: str = "") -> Result:
    return CliRunner().invoke(app, ["init", *words], input=answers)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_writes_what_is_needed_to_begin(tmp_path: Path) -> None:
    result = init(str(tmp_path / "house"), "--yes")

    assert result.exit_code == 0
    assert sorted(path.name for path in (tmp_path / "house").iterdir()) == FILES


def test_what_it_writes_has_no_mistake(tmp_path: Path) -> None:
    init(str(tmp_path / "house"), "--yes")
    house, _ = prepare(tmp_path / "house" / "config.yaml")

    found = read_files(tmp_path / "house" / "config.yaml", house)

    assert [str(problem) for problem in found.problems] == []
    assert len(found.automations) == 2


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    init(str(tmp_path / "house"), "--yes")

    assert mode(tmp_path / "house") == 0o700
    assert {mode(path) for path in (tmp_path / "house").iterdir()} == {0o600}


def test_the_password_is_shown_once_and_kept_as_a_hash(tmp_path: Path) -> None:
    result = init(str(tmp_path / "house"), "--yes")
    shown = re.findall(r"the password (\S+)", result.output)
    kept = re.findall(
        r'^mqtt_password: "(.*)"$', (tmp_path / "house" / "secrets.yaml").read_text(), re.MULTILINE
    )
    written = "".join(path.read_text() for path in (tmp_path / "house").iterdir())

    assert shown[0] not in written
    assert asyncio.run(_is_right(Secret(kept[0]), shown[0]))


async def _is_right(secret: Secret, password: str) -> bool:
    passwords = Passwords({"home": secret})
    verdict = passwords.check("home", password.encode())
    right = verdict if isinstance(verdict, bool) else await verdict
    passwords.close()
    return right


def test_takes_the_answers(tmp_path: Path) -> None:
    init(str(tmp_path / "house"), answers='The "Mill": #1\nMars/Olympus\nEurope/Lisbon\nmiller\n')
    house, _ = prepare(tmp_path / "house" / "config.yaml")

    found = read_files(tmp_path / "house" / "config.yaml", house)

    assert [str(problem) for problem in found.problems] == []
    assert (found.settings.name, found.settings.time_zone.key) == ('The "Mill": #1', "Europe/Lisbon")


@pytest.mark.parametrize("there", FILES)
def test_never_overwrites(tmp_path: Path, there: str) -> None:
    (tmp_path / there).write_text("mine")

    result = init(str(tmp_path), "--yes")

    assert isinstance(result.exception, HubError)
    assert there in result.exception.problem
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(there, "mine")]


def test_writes_through_no_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(HubError):
        write_new(tmp_path / "link", "text")

    assert not (tmp_path / "elsewhere").exists()


def test_it_makes_the_first_admin(tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("a good long sentence\n")
    house = tmp_path / "house"
    init(str(house), "--yes", "--admin", "ann", "--password-file", str(password))

    people = CliRunner().invoke(
        app, ["user", "list", "--config", str(house / "config.yaml"), "--format", "json"]
    )
    assert [(one["name"], one["role"]) for one in json.loads(people.output)] == [("ann", "admin")]


def test_a_password_that_is_guessed_easily_writes_nothing(tmp_path: Path) -> None:
    result = init(str(tmp_path / "house"), "--yes", "--admin", "ann", "--password-stdin", answers="short\n")

    assert result.exit_code != 0
    assert not (tmp_path / "house").exists()


def test_without_an_admin_it_says_who_makes_the_first(tmp_path: Path) -> None:
    assert "prints a link" in init(str(tmp_path / "house"), "--yes").output
