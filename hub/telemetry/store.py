"""Keep chunks of streams in `telemetry.db`."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import aiosqlite

from hub.core.clock import Clock
from hub.core.errors import StoreFailed
from hub.storage.files import open_file
from hub.telemetry.chunk import Chunk, pack, unpack

FILE = "telemetry.db"
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

    @classmethod
    async def open(cls, path: Path, clock: Clock) -> TelemetryFile:
        """Open or make the file; a damaged one is set aside."""
        try:
            db, streams = await open_file(path, clock, MIGRATIONS, _read, "streams begin anew")
        except (sqlite3.Error, OSError) as error:
            raise StoreFailed(f"{path}: {error}") from error
        return cls(path, db, streams)

    async def close(self) -> None:
        await self._db.close()

    def names(self) -> list[str]:
        return sorted(self._streams)

    async def write(self, chunks: Sequence[tuple[str, Chunk]]) -> None:
        """Write chunks of streams, all or none."""
        try:
            for name in {name for name, _ in chunks} - self._streams.keys():
                await self._db.execute("INSERT OR IGNORE INTO streams (name) VALUES (?)", (name,))
                self._streams |= await _read(self._db)
            rows = [self._row(self._streams[name], chunk) for name, chunk in chunks]
            await self._db.executemany(_INSERT, rows)
            await self._db.commit()
        except sqlite3.Error as error:
            await self._db.rollback()
            raise StoreFailed(f"{self._path}: {error}") from error

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
        try:
            async with self._db.execute(query, (self._streams.get(name, 0), before, most)) as cursor:
                gone = cursor.rowcount
            await self._db.commit()
        except sqlite3.Error as error:
            raise StoreFailed(f"{self._path}: {error}") from error
        return gone

    async def _rows(self, query: str, name: str, since: int, until: int) -> list[sqlite3.Row]:
        values = (self._streams.get(name, 0), since - _LONGEST, until, since)
        try:
            return list(await self._db.execute_fetchall(query, values))
        except sqlite3.Error as error:
            raise StoreFailed(f"{self._path}: {error}") from error


async def _read(db: aiosqlite.Connection) -> dict[str, int]:
    return {name: id for id, name in await db.execute_fetchall("SELECT id, name FROM streams")}
