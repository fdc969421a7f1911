"""Keep what is to be passed on in a file until it has arrived; and apart from it what nobody would take."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import aiosqlite

from hub.api import HubError
from plugins.iot_export.record import Record

_COLUMNS = """
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL,
        at TEXT NOT NULL,
        registry_id TEXT NOT NULL,
        device_id TEXT NOT NULL,
        topic TEXT NOT NULL,
        payload BLOB NOT NULL"""
MIGRATIONS = (
    f"""
    CREATE TABLE waiting ({_COLUMNS}) STRICT;
    CREATE TABLE dead ({_COLUMNS}, reason TEXT NOT NULL) STRICT;
    """,
)
"""Each brings a file one version further; one that was released is never changed."""

_FIELDS = "id, at, registry_id, device_id, topic, payload"
_ADD = f"INSERT INTO waiting ({_FIELDS}) VALUES (?, ?, ?, ?, ?, ?)"
_BURY = f"INSERT INTO dead ({_FIELDS}, reason) SELECT {_FIELDS}, ? FROM waiting WHERE number = ?"
_REVIVE = f"INSERT INTO waiting ({_FIELDS}) SELECT {_FIELDS} FROM dead ORDER BY number"
_NEXT = f"SELECT number, {_FIELDS} FROM waiting ORDER BY number LIMIT ?"
_REMOVE = "DELETE FROM waiting WHERE number = ?"
_PRAGMAS = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA trusted_schema = OFF")

StoreError = (sqlite3.Error, OSError)


class Outbox:
    """An open file. Each call is one transaction; what it did is on the disk when it returns."""

    def __init__(self, database: aiosqlite.Connection) -> None:
        self._database = database
        self._turn = asyncio.Lock()

    @classmethod
    async def open(cls, path: Path) -> Outbox:
        """Open it, made if need be. Raises `HubError`."""
        try:
            await asyncio.to_thread(_make, path)
            database = await aiosqlite.connect(path, isolation_level=None)
        except StoreError as error:
            raise HubError(f"{path} can't be opened: {error}", remedy=_LOOK) from error
        try:
            for pragma in _PRAGMAS:
                await database.execute(pragma)
            await _migrate(database, path)
        except BaseException as error:
            await database.close()
            if isinstance(error, sqlite3.Error):
                raise HubError(f"{path} can't be opened: {error}", remedy=_LOOK) from error
            raise
        return cls(database)

    async def close(self) -> None:
        await self._database.close()

    async def add(self, records: Sequence[Record]) -> None:
        rows = [(r.id, r.at, r.registry_id, r.device_id, r.topic, r.payload) for r in records]
        await self._write((_ADD, rows))

    async def next(self, most: int) -> list[tuple[int, Record]]:
        """Return the oldest that wait, with their numbers."""
        rows = await self._database.execute_fetchall(_NEXT, (most,))
        return [(row[0], Record(*row[1:])) for row in rows]

    async def arrived(self, numbers: Sequence[int]) -> None:
        await self._write((_REMOVE, [(number,) for number in numbers]))

    async def bury(self, numbers: Sequence[int], reason: str) -> None:
        """Put aside what nobody will ever take."""
        await self._write(
            (_BURY, [(reason, number) for number in numbers]), (_REMOVE, [(number,) for number in numbers])
        )

    async def revive(self) -> int:
        """Let what was put aside wait again; return how many."""
        count = await self.count("dead")
        await self._write((_REVIVE, [()]), ("DELETE FROM dead", [()]))
        return count

    async def count(self, table: str = "waiting") -> int:
        queries = {"waiting": "SELECT count(*) FROM waiting", "dead": "SELECT count(*) FROM dead"}
        rows = await self._database.execute_fetchall(queries[table])
        return int(next(iter(rows))[0])

    async def _write(self, *statements: tuple[str, Sequence[Sequence[object]]]) -> None:
        async with self._turn:
            await self._database.execute("BEGIN IMMEDIATE")
            try:
                for statement, rows in statements:
                    await self._database.executemany(statement, rows)
                await self._database.execute("COMMIT")
            except BaseException:
                if self._database.in_transaction:
                    await self._database.execute("ROLLBACK")
                raise


_LOOK = "Look at the data folder: who may write there, and is there room left?"


def _make(path: Path) -> None:
    # Born owner-only; SQLite gives the files beside it the same rights.
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


async def _migrate(database: aiosqlite.Connection, path: Path) -> None:
    rows = await database.execute_fetchall("PRAGMA user_version")
    version = int(next(iter(rows))[0])
    if version > len(MIGRATIONS):
        raise HubError(f"{path} was made by a newer version", remedy="Update, or move the file away.")
    for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
        await database.executescript(f"BEGIN; {script} PRAGMA user_version = {number}; COMMIT;")
