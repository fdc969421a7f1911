"""The users of a Mosquitto come over with their passwords and rights."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from hub.cli.app import app
from hub.cli.mosquitto_files import Found, overlap, read_acl
from hub.config.source import load
from hub.core.errors import HubError
from hub.mqtt import EmbeddedEngine
from hub.registry import Passwords, Secret

ACL = """\
# what nameless clients may do
topic read public/#

user ann
topic read home/+/state
topic write home/lamp/set
topic deny home/secret
topic shared/all with blanks
pattern write devices/%u/#
user ghost
topic a
"""


@pytest.fixture
def passwords(tmp_path: Path) -> Path:
    if shutil.which("mosquitto_passwd") is None:
        pytest.skip("mosquitto_passwd is not installed")
    path = tmp_path / "passwd"
    for number, (name, password) in enumerate((("ann", "correct horse"), ("bob", "battery staple"))):
        command = ["mosquitto_passwd", "-b", *(["-c"] if number == 0 else []), str(path), name, password]
        subprocess.run(command, check=True, capture_output=True)
    return path


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["import", "mosquitto", *map(str, words)])


async def test_passwords_go_on_working_with_the_rights_they_had(passwords: Path, tmp_path: Path) -> None:
    (tmp_path / "acl").write_text(ACL)
    words = (passwords, "--acl", tmp_path / "acl", "--output", tmp_path / "broker.yaml")
    result = await asyncio.to_thread(run, *words)
    assert result.exit_code == 0, result.output

    engine = EmbeddedEngine.model_validate(load(tmp_path / "broker.yaml").data)
    ann, bob = engine.users
    assert (ann.publish, ann.subscribe) == (
        ("home/lamp/set", "shared/all with blanks", "devices/%u/#"),
        ("home/+/state", "shared/all with blanks"),
    )
    assert (bob.publish, bob.subscribe) == (("devices/%u/#",), ())
    checked = Passwords({"ann": ann.password, "bob": bob.password})
    right, wrong = checked.check("ann", b"correct horse"), checked.check("bob", b"correct horse")
    assert not isinstance(right, bool)
    assert not isinstance(wrong, bool)
    assert (await right, await wrong) == (True, False)
    checked.close()
    assert "acl:7: `deny home/secret` is left out" in result.output
    assert "ghost has rights but no password" in result.output


def test_without_an_acl_everybody_may_do_everything(passwords: Path, tmp_path: Path) -> None:
    (tmp_path / "out.yaml").write_text(run(passwords).stdout)

    data = load(tmp_path / "out.yaml").data
    assert [user["publish"] for user in data["users"]] == [["#"], ["#"]]


def test_a_hash_of_an_old_kind_gets_a_new_password(tmp_path: Path) -> None:
    (tmp_path / "passwd").write_text("old:$6$c2FsdA==$aGFzaA==\nbroken\n")
    given = tmp_path / "new.csv"

    result = run(tmp_path / "passwd", "--new-passwords", given)

    assert "passwd:1: the hash of old is of an old kind" in result.output
    assert "passwd:2: this is no `user:hash`" in result.output
    assert given.stat().st_mode & 0o077 == 0
    assert given.read_text().splitlines()[1].startswith("old,")


def test_nothing_is_overwritten(passwords: Path, tmp_path: Path) -> None:
    (tmp_path / "broker.yaml").write_text("mine")

    result = run(passwords, "--output", tmp_path / "broker.yaml")

    assert isinstance(result.exception, HubError)
    assert (tmp_path / "broker.yaml").read_text() == "mine"


@pytest.mark.parametrize("line", ["topic read a/#/b", "topics a", "user"])
def test_a_line_that_cannot_be_read_is_named(line: str) -> None:
    found = Found()
    read_acl(f"\n{line}\n", "acl", found)
    assert found.problems[0].startswith("acl:2: ")


def test_what_is_denied_stays_denied_where_more_was_allowed(tmp_path: Path) -> None:
    (tmp_path / "passwd").write_text("bee:$6$c2FsdA==$aGFzaA==\n")
    (tmp_path / "acl").write_text(
        "user bee\ntopic readwrite zigbee/#\ntopic read weather\ntopic deny zigbee/+/request/#\n"
    )

    result = run(
        *(tmp_path / "passwd", "--acl", tmp_path / "acl", "--new-passwords", tmp_path / "new"),
        *("--output", tmp_path / "users.yaml"),
    )

    [bee] = load(tmp_path / "users.yaml").data["users"]
    assert (bee.get("publish"), bee["subscribe"]) == (None, ["weather"])
    assert "bee: `zigbee/#` would allow what a `deny` forbids" in result.output


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        *(("a/#", "a", True), ("a/b", "a/+", True), ("a", "a/b", False), ("+/b", "a/#", True)),
        *(("a/+/c", "a/b/d", False), ("#", "$SYS/x", True), ("a/b/#", "a/c/#", False)),
    ],
)
def test_two_filters_overlap_if_a_topic_can_match_both(one: str, other: str, both: bool) -> None:
    assert (overlap(one, other), overlap(other, one)) == (both, both)


@pytest.mark.parametrize(
    "hash", ["$7$", "$7$x$YQ==$YQ==", "$7$0$YQ==$YQ==", "$7$101$YQ==$YQ==", "$7$101$YQ==$", "$7$9$$"]
)
def test_a_hash_that_cannot_be_read_is_refused(hash: str) -> None:
    with pytest.raises(HubError, match="can't be read"):
        Secret(hash)
