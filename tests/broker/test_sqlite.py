"""The database of the MQTT server keeps exactly what it was told, and takes up what older versions wrote."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.broker import schema
from hub.broker.changes import (
    Change,
    Done,
    Forgotten,
    GrantSaved,
    Queued,
    Received,
    Released,
    RetainedCleared,
    RetainedSet,
    SavedSession,
    Sent,
    SessionDropped,
    SessionSaved,
    Snapshot,
    Subscribed,
    Unsubscribed,
)
from hub.broker.sqlite import SqliteStore
from hub.core.errors import HubError

OLD = Path(__file__).parents[1] / "old_databases"
KEY = ("", "ann", "phone")
EVERYTHING: list[Change] = [
    SessionSaved(KEY, 1.0),
    SessionSaved(("attic", "", "lamp"), 2.0),
    Subscribed(KEY, "$me/#", 2, (GrantSaved("$devices/7/#", "$devices/7", "$me"), GrantSaved("b"))),
    Subscribed(KEY, "gone", 0, (GrantSaved("gone"),)),
    Queued(KEY, 1, "a", "shown/a", b"\x00\xff", 2, False, 7),
    Queued(KEY, 2, "ä/ö", "", b"", 1, True),
    Queued(KEY, 3, "a", "", b"3", 1, False),
    Released(KEY, 1),
    Sent(KEY, 2, 8),
    Received(KEY, 65_535),
    Received(KEY, 1),
    RetainedSet("", "a", b"x", 1, "ann"),
    RetainedSet("attic", "a", b"y", 0, ""),
    RetainedSet("", "cleared", b"y", 0, "ann"),
    Unsubscribed(KEY, "gone"),
    Done(KEY, 3),
    Forgotten(KEY, 1),
    RetainedCleared("", "cleared"),
]
KEPT = Snapshot(
    (
        SavedSession(
            KEY,
            1.0,
            (
                Subscribed(
                    KEY, "$me/#", 2, (GrantSaved("$devices/7/#", "$devices/7", "$me"), GrantSaved("b"))
                ),
            ),
            (
                Queued(KEY, 1, "a", "shown/a", b"\x00\xff", 2, False, 7),
                Queued(KEY, 2, "ä/ö", "", b"", 1, True, 8),
            ),
            frozenset({1}),
            frozenset({65_535}),
        ),
        SavedSession(("attic", "", "lamp"), 2.0),
    ),
    (RetainedSet("", "a", b"x", 1, "ann"), RetainedSet("attic", "a", b"y", 0, "")),
)


async def write(path: Path, *batches: list[Change]) -> Snapshot:
    """Commit batches, and return what a restart finds."""
    store = SqliteStore(path)
    await store.load()
    for batch in batches:
        await store.commit(batch)
    await store.close()
    again = SqliteStore(path)
    try:
        return await again.load()
    finally:
        await again.close()


def old(path: Path, version: int) -> Path:
    """Make the database as that version wrote it."""
    with closing(sqlite3.connect(path)) as db:
        db.executescript((OLD / f"mqtt-{version}.sql").read_text(encoding="utf-8"))
    return path


def schema_of(path: Path) -> set[tuple[str, ...]]:
    with closing(sqlite3.connect(path)) as db:
        return {
            (kind, name, " ".join(sql.split()))
            for kind, name, sql in db.execute(
                "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"
            )
        }


def pragma(path: Path, name: str) -> Any:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(f"PRAGMA {name}").fetchone()[0]


@pytest.mark.parametrize("size", [1, 2, 5, len(EVERYTHING)])
async def test_keeps_everything_in_batches_of_any_size(tmp_path: Path, size: int) -> None:
    batches = [EVERYTHING[at : at + size] for at in range(0, len(EVERYTHING), size)]
    assert await write(tmp_path / "mqtt.db", *batches) == KEPT


async def test_a_batch_that_is_committed_twice_is_there_once(tmp_path: Path) -> None:
    assert await write(tmp_path / "mqtt.db", EVERYTHING, EVERYTHING) == KEPT


async def test_an_ended_session_takes_all_with_it(tmp_path: Path) -> None:
    found = await write(tmp_path / "mqtt.db", EVERYTHING, [SessionDropped(KEY), SessionSaved(KEY, 3.0)])
    assert set(found.sessions) == {SavedSession(("attic", "", "lamp"), 2.0), SavedSession(KEY, 3.0)}
    assert found.retained == KEPT.retained


def changes() -> Iterator[st.SearchStrategy[Change]]:
    keys, numbers, names = (
        st.sampled_from([KEY, ("", "", "b")]),
        st.integers(1, 4),
        st.sampled_from(["a", "b"]),
    )
    yield st.builds(SessionSaved, keys, st.just(1.0))
    yield st.builds(SessionDropped, keys)
    yield st.builds(Subscribed, keys, names, st.integers(0, 2), st.just((GrantSaved("f"),)))
    yield st.builds(Unsubscribed, keys, names)
    yield st.builds(
        Queued, keys, numbers, names, st.just(""), st.binary(max_size=3), st.just(1), st.booleans()
    )
    yield st.builds(Sent, keys, numbers, numbers)
    yield st.builds(Released, keys, numbers)
    yield st.builds(Done, keys, numbers)
    yield st.builds(Received, keys, numbers)
    yield st.builds(Forgotten, keys, numbers)
    yield st.builds(
        RetainedSet, st.just(""), names, st.binary(min_size=1, max_size=3), st.just(1), st.just("")
    )
    yield st.builds(RetainedCleared, st.just(""), names)


def is_possible(change: Change, sessions: Any, retained: Any) -> bool:
    """Tell whether the server could do this now; keep track of what there is."""
    match change:
        case RetainedSet() | RetainedCleared():
            wanted = isinstance(change, RetainedCleared)
            if wanted and change.topic not in retained:
                return False
            (retained.discard if wanted else retained.add)(change.topic)
            return True
        case SessionSaved(key):
            sessions.setdefault(key, (set(), {}, set(), set()))
            return True
    if change.key not in sessions:
        return False
    filters, owed, received, numbers = sessions[change.key]
    match change:
        case SessionDropped(key):
            del sessions[key]
        case Subscribed(_, asked):
            filters.add(asked)
        case Unsubscribed(_, asked) if asked in filters:
            filters.discard(asked)
        case Queued(_, number) if number not in numbers:
            numbers.add(number)
            owed[number] = "queued"
        case Sent(_, number) if owed.get(number) == "queued":
            owed[number] = "sent"
        case Released(_, number) if owed.get(number) == "sent":
            owed[number] = "released"
        case Done(_, number) if number in owed:
            del owed[number]
        case Received(_, packet_id):
            received.add(packet_id)
        case Forgotten(_, packet_id) if packet_id in received:
            received.discard(packet_id)
        case _:
            return False
    return True


@given(st.lists(st.one_of(*changes()), max_size=60), st.lists(st.integers(0, 60), max_size=4))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_keeps_what_any_changes_in_any_batches_come_to(
    tmp_path_factory: Any, replay: Any, history: list[Change], cuts: list[int]
) -> None:
    sessions: Any = {}
    retained: Any = set()
    possible = [change for change in history if is_possible(change, sessions, retained)]
    edges = [0, *sorted(cuts), len(possible)]
    batches = [possible[a:b] for a, b in itertools.pairwise(edges)]

    found = asyncio.run(write(tmp_path_factory.mktemp("db") / "mqtt.db", *batches))

    assert normal(found) == normal(replay(possible))


def normal(snapshot: Snapshot) -> Any:
    """The same without the orders that mean nothing, and without what is known of messages that are over."""
    return (
        {
            session.key: (
                set(session.subscriptions),
                sorted(session.owed, key=lambda owed: owed.number),
                session.released & {owed.number for owed in session.owed},
                session.received,
            )
            for session in snapshot.sessions
        },
        set(snapshot.retained),
    )


async def test_a_commit_is_on_the_disk_when_it_returns(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "mqtt.db")
    await store.load()
    found = [
        [*await store._db.execute_fetchall(f"PRAGMA {name}")] for name in ("journal_mode", "synchronous")
    ]  # type: ignore[union-attr]
    await store.close()
    assert found == [[("wal",)], [(2,)]]


async def test_a_commit_that_fails_leaves_nothing_half_done(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "mqtt.db")
    await store.load()
    orphan = Subscribed(("", "", "nobody"), "a", 0, ())
    with pytest.raises(sqlite3.IntegrityError):
        await store.commit([RetainedSet("", "a", b"x", 0, ""), SessionSaved(KEY, 1.0), orphan])
    await store.commit([SessionSaved(KEY, 2.0)])
    await store.close()
    assert await write(tmp_path / "mqtt.db") == Snapshot((SavedSession(KEY, 2.0),))


async def test_tables_are_strict(tmp_path: Path) -> None:
    await write(tmp_path / "mqtt.db")
    assert all("STRICT" in sql for kind, _, sql in schema_of(tmp_path / "mqtt.db") if kind == "table")


async def test_others_cannot_read_it(tmp_path: Path) -> None:
    path = tmp_path / "data" / "mqtt.db"
    store = SqliteStore(path)
    await store.load()
    await store.commit(EVERYTHING)
    modes = [stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()]
    await store.close()
    assert modes == [0o600] * 3


@pytest.mark.parametrize("content", [b"not a database" * 100, b"SQLite format 3\x00" + b"\x01" * 5_000])
async def test_a_damaged_file_is_said_so_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mqtt.db"
    path.write_bytes(content)
    with pytest.raises(HubError, match=r"can't be read.*put back a backup") as caught:
        await SqliteStore(path).load()
    assert str(caught.value).startswith(str(path))
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("pragmas", "problem"),
    [
        ("PRAGMA user_version = 3", "database of another program"),
        (
            f"PRAGMA user_version = 99; PRAGMA application_id = {schema.APPLICATION_ID}",
            "newer version of the hub",
        ),
    ],
)
async def test_a_file_that_is_not_ours_to_read_is_refused(tmp_path: Path, pragmas: str, problem: str) -> None:
    path = tmp_path / "mqtt.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(pragmas)
    with pytest.raises(HubError, match=problem):
        await SqliteStore(path).load()


@pytest.mark.parametrize("version", range(1, len(schema.MIGRATIONS) + 1))
async def test_takes_up_the_database_of_every_version(tmp_path: Path, version: int) -> None:
    path = old(tmp_path / "mqtt.db", version)
    assert await write(path) == KEPT
    assert pragma(path, "user_version") == len(schema.MIGRATIONS)
    await write(tmp_path / "new.db")
    assert schema_of(path) == schema_of(tmp_path / "new.db")


async def test_a_released_migration_is_never_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for version in range(1, len(schema.MIGRATIONS) + 1):
        monkeypatch.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:version])
        await write(tmp_path / f"{version}.db")
        assert schema_of(tmp_path / f"{version}.db") == schema_of(
            old(tmp_path / f"old-{version}.db", version)
        )


async def test_keeps_the_file_as_it_was_before_a_migration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mqtt.db"
    await write(path, EVERYTHING)
    before = len(schema.MIGRATIONS)
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, "CREATE TABLE more (x TEXT) STRICT;"))
    assert await write(path) == KEPT
    assert pragma(path, "user_version") == before + 1
    assert pragma(tmp_path / f"mqtt.db.before-{before + 1}", "user_version") == before


async def test_a_migration_that_fails_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mqtt.db"
    await write(path, EVERYTHING)
    good = schema.MIGRATIONS
    monkeypatch.setattr(schema, "MIGRATIONS", (*good, "CREATE TABLE more (x TEXT) STRICT; NONSENSE;"))
    with pytest.raises(HubError, match="can't be read"):
        await SqliteStore(path).load()
    monkeypatch.setattr(schema, "MIGRATIONS", good)
    assert await write(path) == KEPT


async def test_a_power_cut_loses_only_what_was_being_written(tmp_path: Path, replay: Any) -> None:
    path = tmp_path / "mqtt.db"
    store = SqliteStore(path)
    await store.load()
    batches: list[list[Change]] = [[change] for change in EVERYTHING]
    sizes = []
    for batch in batches:
        await store.commit(batch)
        sizes.append((path.with_name("mqtt.db-wal")).stat().st_size)
    database, wal = path.read_bytes(), path.with_name("mqtt.db-wal").read_bytes()
    await store.close()

    for cut in range(0, len(wal) + 1, 2_000):
        path.write_bytes(database)
        path.with_name("mqtt.db-wal").write_bytes(wal[:cut])
        committed = [change for size, change in zip(sizes, EVERYTHING, strict=True) if size <= cut]
        assert normal(await write(path)) == normal(replay(committed))
