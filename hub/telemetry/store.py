"""Keep chunks of streams in `telemetry.db`."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import aiosqlite

from hub.core.clock import Clock
from hub.core.errors import StoreBroken, StoreFailed
from hub.storage.files import is_damage, open_file, set_aside
from hub.telemetry.chunk import Chunk, pack, unpack

log = logging.getLogger("hub.telemetry")

FILE = "telemetry.db"
LOST = "streams begin anew"
# Each step leads from the version of its index to the next. A step that was released is never changed.
MIGRATIONS = (
    """
    CREATE TABLE streams (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE
    ) STRICT;
    CREATE TABLE chunks (
        stream INTEGER NOT NULL,
        start INTEGER NOT NULL,
        step INTEGER NOT NULL,
        count INTEGER NOT NULL,
        gap INTEGER NOT NULL,
        low REAL NOT NULL,
        high REAL NOT NULL,
        kind INTEGER NOT NULL,
        data BLOB NOT NULL,
        UNIQUE (stream, start)
    ) STRICT
    """,
)
_INSERT = "INSERT OR REPLACE INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
# A chunk is short: one that begins this much earlier is over before the range begins.
_LONGEST = 60_000_000
_RANGE = "FROM chunks WHERE stream = ? AND start >= ? AND start < ? AND start + step * count > ?"


class Outline(NamedTuple):
    """A chunk without its samples."""

    start: int
    end: int
    gap: bool
    low: float
    high: float


class TelemetryFile:
    """The file while it is open. Every method raises `StoreFailed`."""

    def __init__(self, path: Path, db: aiosqlite.Connection, streams: dict[str, int]) -> None:
        self._path = path
        self._db = db
        self._streams = streams
        self._turn = asyncio.Lock()

    @classmethod
    async def open(cls, path: Path, clock: Clock) -> TelemetryFile:
        """Open or make the file; a damaged one is set aside, and one of a newer hub refused."""
        db, streams = await open_file(path, clock, MIGRATIONS, _read, LOST)
        return cls(path, db, streams)

    async def close(self) -> None:
        await self._db.close()

    def names(self) -> list[str]:
        return sorted(self._streams)

    async def write(self, chunks: Sequence[tuple[str, Chunk]]) -> None:
        """Write chunks of streams, all or none."""
        async with self._changing():
            for name in {name for name, _ in chunks} - self._streams.keys():
                await self._db.execute("INSERT OR IGNORE INTO streams (name) VALUES (?)", (name,))
            streams = self._streams | await _read(self._db)
            rows = [self._row(streams[name], chunk) for name, chunk in chunks]
            await self._db.executemany(_INSERT, rows)
        self._streams = streams

    async def set_aside(self, clock: Clock, why: str) -> None:
        """Close the file, which is damaged, and keep it aside: the next to open it begins a new one."""
        try:
            await self._db.close()
        except sqlite3.Error:
            log.debug("the damaged file did not close", exc_info=True)
        await set_aside(self._path, clock, why, LOST)

    @staticmethod
    def _row(stream: int, chunk: Chunk) -> tuple[int | float | bytes, ...]:
        kind, data = pack(chunk.values)
        low, high = min(chunk.values), max(chunk.values)
        count = len(chunk.values)
        return stream, chunk.start, chunk.step, count, int(chunk.gap), low, high, kind, data

    async def outlines(self, name: str, since: int, until: int) -> list[Outline]:
        """Return what is known of the chunks in a range without opening them."""
        query = f"SELECT start, step, count, gap, low, high {_RANGE} ORDER BY start"
        rows = await self._rows(query, name, since, until)
        return [
            Outline(start, start + step * count, bool(gap), low, high)
            for start, step, count, gap, low, high in rows
        ]

    async def chunks(self, name: str, since: int, until: int) -> list[Chunk]:
        """Return the chunks of a range with their samples."""
        query = f"SELECT start, step, gap, kind, data {_RANGE} ORDER BY start"
        rows = await self._rows(query, name, since, until)
        return [Chunk(start, step, unpack(kind, data), bool(gap)) for start, step, gap, kind, data in rows]

    async def purge(self, name: str, before: int, most: int = 1000) -> int:
        """Delete at most so many chunks that are older; return how many."""
        query = (
            "DELETE FROM chunks WHERE rowid IN "
            "(SELECT rowid FROM chunks WHERE stream = ? AND start < ? ORDER BY start LIMIT ?)"
        )
        values = (self._streams.get(name, 0), before, most)
        async with self._changing(), self._db.execute(query, values) as cursor:
            return cursor.rowcount

    @asynccontextmanager
    async def _changing(self) -> AsyncIterator[None]:
        """Keep what is done in it whole, or leave all as it was; one at a time."""
        async with self._turn:
            try:
                yield
                await self._db.commit()
            except sqlite3.Error as error:
                await self._undo()
                raise self._told(error) from error

    async def _undo(self) -> None:
        try:
            await self._db.rollback()
        except sqlite3.Error:  # a disk that is full can end the transaction by itself
            log.debug("nothing was taken back", exc_info=True)

    def _told(self, error: sqlite3.Error) -> StoreFailed:
        return (StoreBroken if is_damage(error) else StoreFailed)(f"{self._path}: {error}")

    async def _rows(self, query: str, name: str, since: int, until: int) -> list[sqlite3.Row]:
        values = (self._streams.get(name, 0), since - _LONGEST, until, since)
        try:
            return list(await self._db.execute_fetchall(query, values))
        except sqlite3.Error as error:
            raise self._told(error) from error


async def _read(db: aiosqlite.Connection) -> dict[str, int]:
    return {name: id for id, name in await db.execute_fetchall("SELECT id, name FROM streams")}
