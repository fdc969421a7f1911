"""Keep a bridge's outbox in a file, so that what waits there outlives the hub.

A store of its own beside those of the server and the registry: its messages belong to no session, and the
file can be thrown away with the bridge.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Iterable
from pathlib import Path

import aiosqlite

from hub.core.database_file import make_private, migrate
from hub.core.errors import HubError
from hub.mqtt.bridge.outbox import Changes, Outgoing

log = logging.getLogger(__name__)

StoreError = aiosqlite.Error

MIGRATIONS = (
    """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    CREATE TABLE outbox (
        number INTEGER PRIMARY KEY,
        topic TEXT NOT NULL,
        payload BLOB NOT NULL,
        qos INTEGER NOT NULL,
        retain INTEGER NOT NULL,
        at REAL NOT NULL
    ) STRICT;
    """,
    """
    ALTER TABLE outbox ADD COLUMN packet_id INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE outbox ADD COLUMN released INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE received (packet_id INTEGER PRIMARY KEY) STRICT;
    """,
)


class OutboxFile:
    """An open file. All methods raise `StoreError` if the disk fails."""

    def __init__(self, database: aiosqlite.Connection) -> None:
        self._database = database

    @classmethod
    async def open(cls, path: Path) -> OutboxFile:
        """Open it, made if need be; one that can't be read is put aside. Raises `HubError`."""
        try:
            return await _open(path)
        except OSError as error:
            raise HubError(f"{path} can't be opened: {error.strerror}", remedy=_LOOK) from error
        except aiosqlite.OperationalError as error:
            raise HubError(f"{path} can't be opened: {error}", remedy=_LOOK) from error
        except aiosqlite.DatabaseError as error:
            log.error("%s is put aside, what waits in it will not be sent: %s", path, error)
            await asyncio.to_thread(_put_aside, path)
            return await _open(path)

    async def client_id(self, name: str) -> str:
        """Return the same client id each time: by it the other side knows what is ours."""
        known = await self._meta("client_id")
        if known is None:
            known = f"hearth-{name}-{secrets.token_hex(4)}"
            await self._set_meta("client_id", known)
        return known

    async def filters(self) -> set[str]:
        """Return the filters that the other side may still have of us."""
        return set(json.loads(await self._meta("filters") or "[]"))

    async def set_filters(self, filters: Iterable[str]) -> None:
        await self._set_meta("filters", json.dumps(sorted(filters)))

    async def load(self) -> list[Outgoing]:
        """Return what waits, in its order."""
        query = (
            "SELECT number, topic, payload, qos, retain, at, packet_id, released FROM outbox ORDER BY number"
        )
        rows = await self._database.execute_fetchall(query)
        return [
            Outgoing(number, topic, payload, qos, bool(retain), at, packet_id, bool(released))
            for number, topic, payload, qos, retain, at, packet_id, released in rows
        ]

    async def received(self) -> set[int]:
        """Return the packet ids of messages that came in and are not released."""
        return {row[0] for row in await self._database.execute_fetchall("SELECT packet_id FROM received")}

    async def commit(self, changes: Changes) -> None:
        """Write the changes, all or none; return when they are on the disk."""
        database = self._database
        rows = [
            (m.number, m.topic, bytes(m.payload), m.qos, m.retain, m.at, m.packet_id, m.released)
            for m in changes.kept
        ]
        gone = [(number,) for number in changes.gone]
        known = [(packet_id,) for packet_id, is_known in changes.received.items() if is_known]
        unknown = [(packet_id,) for packet_id, is_known in changes.received.items() if not is_known]
        if not (rows or gone or known or unknown):
            return
        try:
            await database.execute("BEGIN IMMEDIATE")
            await database.executemany("INSERT OR REPLACE INTO outbox VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
            await database.executemany("DELETE FROM outbox WHERE number = ?", gone)
            await database.executemany("INSERT OR IGNORE INTO received VALUES (?)", known)
            await database.executemany("DELETE FROM received WHERE packet_id = ?", unknown)
            await database.execute("COMMIT")
        except aiosqlite.Error:
            if database.in_transaction:
                await database.execute("ROLLBACK")
            raise

    async def close(self) -> None:
        await self._database.close()

    async def _meta(self, key: str) -> str | None:
        query = "SELECT value FROM meta WHERE key = ?"
        rows = list(await self._database.execute_fetchall(query, (key,)))
        return str(rows[0][0]) if rows else None

    async def _set_meta(self, key: str, value: str) -> None:
        await self._database.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


_LOOK = "Look at the data folder: who may write there, and is there room left?"


async def _open(path: Path) -> OutboxFile:
    await asyncio.to_thread(make_private, path)
    database = await aiosqlite.connect(path, isolation_level=None)
    try:
        await database.execute("PRAGMA journal_mode = WAL")
        await database.execute("PRAGMA synchronous = FULL")
        await migrate(database, path, MIGRATIONS, remedy="Update, or move the file away.")
    except BaseException:
        await database.close()
        raise
    return OutboxFile(database)


def _put_aside(path: Path) -> None:
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        if (there := path.with_name(name)).exists():
            there.replace(path.with_name(f"unreadable-{name}"))
