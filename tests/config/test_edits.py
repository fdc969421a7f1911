"""Files are written whole or not at all, never over somebody else's change, and can be had back."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.config.edits import Files, Overtaken, difference
from hub.core.errors import HubError


@pytest.fixture
def files(tmp_path: Path) -> Files:
    (tmp_path / "home").mkdir()
    (tmp_path / "home/config.yaml").write_text("a: 1  # one\n")
    (tmp_path / "home/secrets.yaml").write_text("door: 1234\n")
    (tmp_path / "home/.hidden.yaml").write_text("")
    return Files(tmp_path / "home", tmp_path / "home/data/edits")


def test_lists_what_may_be_seen(files: Files) -> None:
    (files.root / "rooms").mkdir()
    (files.root / "rooms/hall.yaml").write_text("")

    assert files.names() == ["config.yaml", "rooms/hall.yaml"]


def test_writes_and_undoes(files: Files) -> None:
    present = files.read("config.yaml")

    edit = files.write("config.yaml", "a: 2\n", present.fingerprint, at=5.0, by="ann", what="more")

    assert files.read("config.yaml").text == "a: 2\n"
    assert [(one.by, one.at, one.what, one.before) for one in files.history()] == [
        ("ann", 5.0, "more", "a: 1  # one\n")
    ]
    files.undo(edit.number, at=6.0, by="bob")
    assert files.read("config.yaml").text == "a: 1  # one\n"
    assert len(files.history("config.yaml")) == 2


def test_refuses_if_the_file_changed_meanwhile(files: Files) -> None:
    present = files.read("config.yaml")
    (files.root / "config.yaml").write_text("a: 3\n")

    with pytest.raises(Overtaken):
        files.write("config.yaml", "a: 2\n", present.fingerprint, at=5.0, by="ann")

    assert (files.root / "config.yaml").read_text() == "a: 3\n"
    assert files.history() == []


def test_refuses_to_undo_what_was_changed_since(files: Files) -> None:
    edit = files.write("config.yaml", "a: 2\n", files.read("config.yaml").fingerprint, at=5.0, by="ann")
    (files.root / "config.yaml").write_text("a: 3\n")

    with pytest.raises(Overtaken):
        files.undo(edit.number, at=6.0, by="ann")


def test_a_new_file_must_be_new(files: Files) -> None:
    files.write("new.yaml", "b: 1\n", None, at=1.0, by="ann")

    assert files.read("new.yaml").text == "b: 1\n"
    with pytest.raises(Overtaken):
        files.write("config.yaml", "b: 1\n", None, at=1.0, by="ann")


def test_keeps_who_may_read_it_and_the_link_it_is_behind(files: Files) -> None:
    real = files.root / "real.yaml"
    real.write_text("a: 1\n")
    real.chmod(0o640)
    (files.root / "link.yaml").symlink_to("real.yaml")

    files.write("link.yaml", "a: 2\n", files.read("link.yaml").fingerprint, at=1.0, by="ann")

    assert real.read_text() == "a: 2\n"
    assert (files.root / "link.yaml").is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    "name",
    [
        "secrets.yaml",
        "../other.yaml",
        "/etc/hosts.yaml",
        "config.txt",
        ".hidden.yaml",
        "a/../../b.yaml",
        "",
        "x\0.yaml",
    ],
)
def test_refuses_files_that_are_not_to_be_edited(files: Files, name: str) -> None:
    with pytest.raises(HubError):
        files.read(name)
    with pytest.raises(HubError):
        files.write(name, "", None, at=0, by="ann")


def test_refuses_a_link_out_of_the_folder(files: Files, tmp_path: Path) -> None:
    (tmp_path / "outside.yaml").write_text("a: 1\n")
    (files.root / "link.yaml").symlink_to(tmp_path / "outside.yaml")

    with pytest.raises(HubError, match="outside"):
        files.read("link.yaml")


def test_tells_what_differs() -> None:
    assert difference("a.yaml", "a: 1\nb: 2\n", "a: 1\nb: 3\n").splitlines()[-2:] == ["-b: 2", "+b: 3"]
    assert difference("a.yaml", "a: 1\n", "a: 1\n") == ""
