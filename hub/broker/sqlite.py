"""Keep sessions and retained messages in an SQLite file: what was acknowledged survives a power cut."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import aiosqlite

from hub.broker import schema
from hub.broker.batch import Batch
from hub.broker.changes import (
    Change,
    GrantSaved,
    Queued,
    RetainedSet,
    SavedSession,
    SessionKey,
    Snapshot,
    Subscribed,
)
from hub.core.database_file import make_private, migrate
from hub.core.errors import HubError, Place

# FULL: a commit is on the disk when it returns, and not only with the operating system.
PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 5000",
    "PRAGMA journal_size_limit = 16777216",
    "PRAGMA trusted_schema = OFF",
)


class SqliteStore:
    """A store in one file. It opens, and if need be migrates, when it is asked for what it keeps."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db: aiosqlite.Connection | None = None

    async def load(self) -> Snapshot:
        """Return everything kept so far. Raises `HubError` if the file is damaged or not ours."""
        try:
            self._db = await _open(self._path)
            return await _read(self._db)
        except (sqlite3.Error, OSError, ValueError) as error:
            await self.close()
            raise HubError(
                f"the sessions and retained messages of the MQTT server can't be read: {error}",
                remedy="Look at who may read the file; if it is damaged, put back a backup, or move it away "
                "to begin without them.",
                place=Place(str(self._path)),
            ) from error
        except HubError:
            await self.close()
            raise

    async def commit(self, changes: Sequence[Change]) -> None:
        """Make the changes durable, all together: when this returns they are on the disk."""
        assert self._db is not None, "load() opens it"
        statements = Batch(changes).statements()
        if not statements:
            return
        await self._db.execute("BEGIN IMMEDIATE")
        try:
            for statement, rows in statements:
                await self._db.executemany(statement, rows)
            await self._db.commit()
        except BaseException:
            await self._db.rollback()
            raise

    async def close(self) -> None:
        db, self._db = self._db, None
        if db is not None:
            await db.close()


async def _open(path: Path) -> aiosqlite.Connection:
    make_private(path)  # messages may be nobody else's business
    db = await aiosqlite.connect(path, isolation_level=None)
    try:
        for pragma in PRAGMAS:
            await db.execute(pragma)
        await migrate(db, path, schema.MIGRATIONS, application_id=schema.APPLICATION_ID, keeps_former=True)
    except BaseException:
        await db.close()
        raise
    return db


@dataclass(slots=True)
class _Kept:
    """A session while its parts are read, table by table."""

    at: float
    subscriptions: list[Subscribed] = field(default_factory=list)
    owed: list[Queued] = field(default_factory=list)
    released: set[int] = field(default_factory=set)
    received: set[int] = field(default_factory=set)


async def _read(db: aiosqlite.Connection) -> Snapshot:
    kept: dict[SessionKey, _Kept] = {}
    for space, name, client_id, at in await db.execute_fetchall(schema.LOAD_SESSIONS):
        kept[space, name, client_id] = _Kept(at)
    for space, name, client_id, asked, qos, grants in await db.execute_fetchall(schema.LOAD_SUBSCRIPTIONS):
        key = (space, name, client_id)
        saved = tuple(GrantSaved(*grant) for grant in json.loads(grants))
        kept[key].subscriptions.append(Subscribed(key, asked, qos, saved))
    for space, name, client_id, number, *message, retain, packet_id, released in await db.execute_fetchall(
        schema.LOAD_OWED
    ):
        topic, shown, payload, qos = message
        session = kept[space, name, client_id]
        key = (space, name, client_id)
        session.owed.append(Queued(key, number, topic, shown, payload, qos, bool(retain), packet_id))
        if released:
            session.released.add(number)
    for space, name, client_id, packet_id in await db.execute_fetchall(schema.LOAD_RECEIVED):
        kept[space, name, client_id].received.add(packet_id)
    retained = [RetainedSet(*row) for row in await db.execute_fetchall(schema.LOAD_RETAINED)]
    return Snapshot(tuple(_session(key, session) for key, session in kept.items()), tuple(retained))


def _session(key: SessionKey, kept: _Kept) -> SavedSession:
    return SavedSession(
        key,
        kept.at,
        tuple(kept.subscriptions),
        tuple(kept.owed),
        frozenset(kept.released),
        frozenset(kept.received),
    )
