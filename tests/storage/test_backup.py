"""A backup is whole before it counts, and nothing that is damaged, newer or hostile comes out of one."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import logging
import os
import sqlite3
import stat
import subprocess
import sys
import zipfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.core.errors import HubError
from hub.storage.backup import restoring
from hub.storage.backup.cipher import PIECE, decrypt, encrypt, is_encrypted
from hub.storage.backup.making import Source, digest, make
from hub.storage.backup.manifest import is_newer
from hub.storage.backup.opening import verify
from hub.storage.backup.restoring import PLAN, finish, restore
from hub.storage.backup.shelf import Shelf
from hub.testing import SimulatedHouse
from hub.testing.house import START

ROOT = Path(__file__).parents[2]
OLD = Path(__file__).parents[1] / "old_databases"
BACKUPS = sorted(OLD.glob("backup-*.hearth"))
SECRET = "correct horse battery"


def database(path: Path, rows: int = 3) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("CREATE TABLE t (x)")
        db.executemany("INSERT INTO t VALUES (?)", [(number,) for number in range(rows)])
        db.commit()


def rows(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("SELECT count(*) FROM t").fetchone()[0])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    (folder / "data" / "backups").mkdir(parents=True)
    (folder / "blueprints" / "automation").mkdir(parents=True)
    (folder / "node_modules").mkdir()
    (folder / "config.yaml").write_text("hub: {name: Villa}\nscript: !include scripts.yaml\n")
    (folder / "scripts.yaml").write_text("{}\n")
    (folder / "secrets.yaml").write_text("wifi: hunter2\n")
    (folder / "blueprints" / "automation" / "motion.yaml").write_text("blueprint: {}\n")
    (folder / "node_modules" / "junk.yaml").write_text("x")
    (folder / ".hidden.yaml").write_text("x")
    (folder / "link.yaml").symlink_to("/etc/hostname")
    for name in ("hub.db", "history.db", "mqtt.db"):
        database(folder / "data" / name)
    (folder / "data" / "ca.key").write_text("key")
    (folder / "data" / "ca.key").chmod(0o600)
    (folder / "data" / "history.db.damaged-1").write_text("x")
    return folder


def source(home: Path) -> Source:
    return Source(home / "config.yaml", home / "data", "Villa")


def made(home: Path, **more: Any) -> Path:
    target = home.parent / "a.hearth"
    make(source(home), target, START, **more)
    return target


def test_all_that_a_house_needs_is_in_it(home):
    manifest = make(source(home), home.parent / "a.hearth", START)
    assert {member.path for member in manifest.files} == {
        *("config/config.yaml", "config/scripts.yaml", "config/secrets.yaml"),
        "config/blueprints/automation/motion.yaml",
        *("data/ca.key", "data/hub.db", "data/history.db", "data/mqtt.db"),
    }
    assert stat.S_IMODE((home.parent / "a.hearth").stat().st_mode) == 0o600
    assert not [path for path in home.parent.iterdir() if path.name.startswith(".")]


def test_history_can_be_left_out(home):
    manifest = make(source(home), home.parent / "a.hearth", START, history=False)
    assert "data/history.db" not in {member.path for member in manifest.files}
    assert manifest.history is False


def test_a_copy_is_consistent_while_somebody_writes(home):
    with closing(sqlite3.connect(home / "data" / "hub.db", isolation_level=None)) as writer:
        writer.execute("INSERT INTO t VALUES (99)")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO t VALUES (100)")
        backup = made(home)
        writer.execute("ROLLBACK")
    restore(backup, home.parent / "new", START)
    assert rows(home.parent / "new" / "data" / "hub.db") == 4


def test_what_was_there_comes_back_and_what_is_there_is_kept_aside(home):
    backup = made(home, history=False)
    (home / "config.yaml").write_text("broken: [")
    with closing(sqlite3.connect(home / "data" / "hub.db")) as db:
        db.execute("DELETE FROM t")
        db.commit()
    (home / "data" / "hub.db-wal").write_bytes(b"of the other database")

    manifest, aside = restore(backup, home, START)

    assert (home / "config.yaml").read_text().startswith("hub: {name: Villa}")
    assert rows(home / "data" / "hub.db") == 3
    assert (aside / "config" / "config.yaml").read_text() == "broken: ["
    assert (aside / "data" / "hub.db-wal").exists(), "its log would be taken for the restored one's"
    assert rows(home / "data" / "history.db") == 3, "what is not in the backup stays"
    assert stat.S_IMODE((home / "data" / "ca.key").stat().st_mode) == 0o600
    assert manifest.house == "Villa"


@pytest.mark.parametrize("steps", range(0, 12, 2))
def test_a_restore_that_is_broken_off_is_finished_at_the_next_start(home, monkeypatch, steps):
    backup = made(home)
    (home / "config.yaml").write_text("now: 1")
    done = []
    replace = os.replace

    def breaks(old: Any, new: Any) -> None:
        if PLAN not in str(new):
            if len(done) == steps:
                raise KeyboardInterrupt
            done.append(new)
        replace(old, new)

    monkeypatch.setattr(restoring.os, "replace", breaks)
    with pytest.raises(KeyboardInterrupt):
        restore(backup, home, START)
    monkeypatch.undo()
    assert finish(home) is True
    assert finish(home) is False
    assert "Villa" in (home / "config.yaml").read_text()
    assert rows(home / "data" / "hub.db") == 3
    assert (home / "before-restore-20240506-120000" / "config" / "config.yaml").read_text() == "now: 1"
    assert not [path for path in home.iterdir() if path.name.startswith(".restoring")]


def test_a_restore_that_is_killed_at_any_moment_leaves_all_of_the_old_or_all_of_the_new(home):
    backup = made(home)
    (home / "config.yaml").write_text("hub: {name: Other}\n")
    (home / "data" / "hub.db").unlink()
    database(home / "data" / "hub.db", rows=7)
    step = os.environ.get("HUB_KILL_STEP", "9")
    command = [sys.executable, str(Path(__file__).with_name("killed_restore.py")), str(backup), str(home)]
    done = subprocess.run([*command, "1", step], cwd=ROOT, capture_output=True, text=True, check=True)
    old, new, neither = map(int, done.stdout.split())
    assert neither == 0
    assert old > 3
    assert new > 3


def test_what_a_killed_restore_left_half_done_is_swept_away(home):
    backup = made(home)
    left = home / ".restoring-abc"
    left.mkdir()
    (left / "secrets.yaml").write_text("wifi: hunter2")
    os.utime(left, (0, 0))
    restore(backup, home, START)
    assert not left.exists()


def test_a_disk_that_is_too_small_is_not_taken_for_damage(home, small_disk):
    (home / "data" / "large.bin").write_bytes(os.urandom(3 << 20))
    backup = made(home)
    (small_disk.path / "config.yaml").write_text("hub: {name: Other}\n")
    before = everything(small_disk.path)
    with pytest.raises(HubError, match="no room for the files of the backup"):
        restore(backup, small_disk.path, START)
    assert everything(small_disk.path) == before


def test_history_elsewhere_is_known_by_its_address(home):
    (home / "data" / "history.db").rename(home / "data" / "past.db")
    database(home / "data" / "telemetry.db")
    there = Source(home / "config.yaml", home / "data", "Villa", db_url="sqlite:///past.db")
    with_it = make(there, home.parent / "with.hearth", START)
    without = make(there, home.parent / "without.hearth", START, history=False)
    outside = Source(home / "config.yaml", home / "data", "Villa", db_url="sqlite:////var/lib/x.db")
    assert (with_it.history, without.history) == (True, False)
    assert make(outside, home.parent / "outside.hearth", START).history is False
    assert {"data/past.db", "data/telemetry.db"} & {member.path for member in without.files} == set()


# --- what must not come out ---


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rewritten(backup: Path, change: Any) -> None:
    """Write a backup anew, with `change(manifest, files)` in between."""
    with zipfile.ZipFile(backup) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(files.pop("manifest.json"))
    change(manifest, files)
    with zipfile.ZipFile(backup, "w") as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
        for name, data in files.items():
            archive.writestr(name, data)


def _other_path(path: str) -> Any:
    def change(manifest: Any, files: Any) -> None:
        member = next(each for each in manifest["files"] if each["path"] == "config/scripts.yaml")
        files[path] = files.pop(member["path"])
        member["path"] = path

    return change


def _newer_format(manifest: Any, files: Any) -> None:
    manifest["format"] = 2


def _newer_hub(manifest: Any, files: Any) -> None:
    manifest["version"] = "99.0.0"


def _newer_schema(manifest: Any, files: Any) -> None:
    next(each for each in manifest["files"] if each["path"] == "data/hub.db")["schema_version"] = 99


def _other_content(manifest: Any, files: Any) -> None:
    files["config/scripts.yaml"] = b"[]\n"


def _longer_content(manifest: Any, files: Any) -> None:
    files["config/scripts.yaml"] += b" " * 1000


def _one_missing(manifest: Any, files: Any) -> None:
    del files["data/ca.key"]


def _one_too_many(manifest: Any, files: Any) -> None:
    files["data/../../evil"] = b"x"


def _twice(manifest: Any, files: Any) -> None:
    manifest["files"].append(manifest["files"][0])


def _no_database(manifest: Any, files: Any) -> None:
    member = next(each for each in manifest["files"] if each["path"] == "data/hub.db")
    files["data/hub.db"] = data = files["data/hub.db"][:4096] + b"\xff" * 4096
    member |= {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_newer_format, "newer hub"),
        (_newer_hub, "newer hub"),
        (_newer_schema, "newer hub"),
        (_other_content, "not what was saved"),
        (_longer_content, "not what was saved"),
        (_one_missing, "is missing"),
        (_one_too_many, "not in its manifest"),
        (_twice, "twice"),
        (_no_database, "damaged"),
        (_other_path("config/../../evil"), "stay inside"),
        (_other_path("/etc/evil"), "stay inside"),
        (_other_path("config/a\\..\\evil"), "stay inside"),
        (_other_path("elsewhere/evil"), "stay inside"),
        (_other_path("config//evil"), "stay inside"),
    ],
)
def test_a_backup_that_is_not_right_changes_nothing(home, change, said):
    backup = made(home)
    rewritten(backup, change)
    before = everything(home)
    with pytest.raises(HubError, match=said):
        verify(backup)
    with pytest.raises(HubError, match=said):
        restore(backup, home, START)
    assert everything(home) == before


def test_data_outside_of_the_folder_is_not_written(home):
    (home / "config.yaml").write_text("hub: {data_dir: /tmp/elsewhere}\n")
    backup = made(home)
    with pytest.raises(HubError, match="outside"):
        restore(backup, home, START)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_flipped_byte_gets_through_unseen(home, data):
    """Either it is refused, or the byte did not matter: all that comes out is what went in."""
    backup = home.parent / "b.hearth"
    if not backup.exists():
        make(source(home), backup, START)
    raw = bytearray(backup.read_bytes())
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    flipped = home.parent / "flipped.hearth"
    flipped.write_bytes(raw)
    try:
        manifest = verify(flipped)
    except HubError:
        return
    good = {member.path: member.sha256 for member in verify(backup).files}
    assert {member.path: member.sha256 for member in manifest.files} == good


# --- passwords ---


def test_an_encrypted_backup_needs_its_password(home):
    backup = made(home, password=SECRET)
    assert is_encrypted(backup)
    assert b"hunter2" not in backup.read_bytes()
    assert verify(backup, SECRET).house == "Villa"
    for password, said in ((None, "is encrypted"), ("wrong password", "password is wrong")):
        with pytest.raises(HubError, match=said):
            restore(backup, home.parent / "new", START, password=password)
    restore(backup, home.parent / "other", START, password=SECRET)
    assert rows(home.parent / "other" / "data" / "mqtt.db") == 3
    assert not [path for path in home.parent.iterdir() if path.name.startswith(".")]


def test_a_short_password_is_refused(home):
    with pytest.raises(HubError, match="at least 8"):
        made(home, password="short")
    assert not (home.parent / "a.hearth").exists()


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_what_is_sealed_is_opened(tmp_path, size):
    plain, sealed, out = (tmp_path / name for name in ("plain", "sealed", "out"))
    plain.write_bytes(os.urandom(size))
    encrypt(plain, sealed, SECRET)
    decrypt(sealed, out, SECRET)
    assert digest(out) == digest(plain)


def test_pieces_can_not_be_cut_or_swapped(tmp_path):
    plain, sealed, out = (tmp_path / name for name in ("plain", "sealed", "out"))
    plain.write_bytes(os.urandom(3 * PIECE))
    encrypt(plain, sealed, SECRET)
    data = sealed.read_bytes()
    first = len(data) - 3 * (PIECE + 16)
    pieces = [data[first + n * (PIECE + 16) : first + (n + 1) * (PIECE + 16)] for n in range(3)]
    for order in ((0, 1), (1, 0, 2), (0, 2), (0, 1, 2, 2)):
        sealed.write_bytes(data[:first] + b"".join(pieces[n] for n in order))
        with pytest.raises(HubError):
            decrypt(sealed, out, SECRET)


def test_a_header_that_would_cost_too_much_is_refused(tmp_path):
    plain, sealed = tmp_path / "plain", tmp_path / "sealed"
    plain.write_bytes(b"x")
    encrypt(plain, sealed, SECRET)
    sealed.write_bytes(sealed.read_bytes().replace(b'"n": 65536', b'"n": 1073741824'))
    with pytest.raises(HubError, match="damaged"):
        decrypt(sealed, tmp_path / "out", SECRET)


# --- backups of older hubs ---


@pytest.mark.parametrize("path", BACKUPS, ids=lambda path: path.name)
def test_a_backup_of_each_released_hub_is_restored(path, tmp_path):
    manifest, _ = restore(path, tmp_path / "house", START)
    assert manifest.format == int(path.stem.partition("-")[2])
    assert (tmp_path / "house" / "config.yaml").read_text() == "hub:\n  name: Old\n"
    data = tmp_path / "house" / "data"
    assert {file.name for file in data.iterdir()} >= {"hub.db", "mqtt.db", "memory.db", "history.db"}


def test_there_is_a_backup_of_the_newest_format():
    assert [path.name for path in BACKUPS] == ["backup-1.hearth"]


def test_versions_are_compared_as_numbers():
    assert is_newer("0.10.0", "0.9.9")
    assert not is_newer("0.9.0", "0.10.0")
    assert not is_newer("1.0", "1.0.0")


# --- the shelf and the schedule ---


@pytest.fixture
def shelf(home, house):
    house.house.backups = Shelf(lambda: source(home), house.clock)
    return house.house.backups


async def test_backups_are_made_by_themselves_and_the_newest_kept(house, shelf, home):
    house.set_up({"backup": {"schedule": "03:30", "keep": 2, "history": False}})
    for _ in range(4):
        await house.advance(timedelta(days=1).total_seconds())
        await _until_done(house)
    found = await shelf.list()
    assert [one["name"] for one in found] == [
        "scheduled-20240510-033000.hearth",
        "scheduled-20240509-033000.hearth",
    ]
    assert [one["history"] for one in found] == [False, False]


async def _until_done(house: SimulatedHouse) -> None:
    await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == "making a backup"))


async def test_one_that_fails_is_told(house, shelf, home, caplog):
    heard: list[Any] = []
    house.house.bus.listen("backup_failed", heard.append)
    house.set_up({"backup": {"schedule": "daily"}})
    (home / "data" / "hub.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 4096)
    await house.advance(timedelta(days=1).total_seconds())
    await _until_done(house)
    assert [record.levelno for record in caplog.records if record.name == "hub.backup"] == [logging.ERROR]
    assert await shelf.list() == []
    (told,) = heard
    assert "hub.db" in told.data["problem"]


async def test_the_shelf_gives_out_nothing_else(shelf):
    for name in ("../config.yaml", "/etc/passwd", "x", ".x.hearth", "none.hearth"):
        with pytest.raises(HubError):
            await shelf.path(name)


async def test_a_broken_one_is_listed_with_what_is_wrong(shelf, home):
    await shelf.create()
    (home / "data" / "backups" / "manual-x.hearth").write_bytes(b"no zip")
    found = {one["name"]: one for one in await shelf.list()}
    assert "damaged" in found["manual-x.hearth"]["problem"]
    assert await shelf.verify("manual-20240506-120000.hearth")


@pytest.mark.parametrize("schedule", ["25:00", "every day", "* * *"])
def test_a_schedule_that_is_none_is_refused(house, schedule):
    found = house.read({"backup": {"schedule": schedule}})
    assert "is no schedule" in str(found.errors[0])


def test_a_zip_of_something_else_is_no_backup(tmp_path):
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("hello.txt", "x")
    path = tmp_path / "x.hearth"
    path.write_bytes(other.getvalue())
    with pytest.raises(HubError, match="no manifest"):
        verify(path)
