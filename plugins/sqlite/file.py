"""History in an SQLite file (`hub.api.store.HistoryStore`).

One connection writes, another reads, each in a thread of its own; what takes long (a check, a snapshot)
gets a connection for itself, so that nothing waits for it.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiosqlite
import orjson

from hub.api import StoreBroken, StoreFailed, database_file, store
from plugins.sqlite import schema

# Enough to find most sets of attributes again after a restart.
KNOWN_ATTRIBUTES = 5000
GIVE_BACK_PAGES = 2000
# NORMAL: a killed hub loses nothing that is written, a power cut at most the last moments.
PRAGMAS = (
    "PRAGMA auto_vacuum = INCREMENTAL",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA busy_timeout = 5000",
    "PRAGMA foreign_keys = ON",
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA trusted_schema = OFF",
)
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_PRIMARY = 0xFF

_NEWER = "Run that version, or move the file away to begin a new history."


class HistoryFile:
    """The file while it is open."""

    def __init__(self, path: Path, writer: aiosqlite.Connection, reader: aiosqlite.Connection) -> None:
        self._path = path
        self._writer = writer
        self._reader = reader

    @classmethod
    async def open(cls, path: Path) -> HistoryFile:
        """Open the file, made or brought to today's schema if need be."""
        async with _told(path):
            await asyncio.to_thread(database_file.make_private, path)
            writer = await _connect(path, *PRAGMAS)
            try:
                await database_file.migrate(
                    writer, path, schema.MIGRATIONS, application_id=schema.APPLICATION_ID, remedy=_NEWER
                )
                reader = await _connect(path, "PRAGMA query_only = ON", "PRAGMA busy_timeout = 5000")
            except BaseException:
                await writer.close()
                raise
        return cls(path, writer, reader)

    async def close(self) -> None:
        await self._reader.close()
        await self._writer.close()

    async def size(self) -> int:
        async with _told(self._path):
            return await asyncio.to_thread(_size, self._path)

    # --- recorded ---

    async def load(self, now: int) -> store.Contents:
        async with _told(self._path):
            attributes = await self._rows(schema.LATEST_ATTRIBUTES, KNOWN_ATTRIBUTES)
            contents = store.Contents(
                entities=dict(await self._rows(schema.ENTITIES)),
                attributes=[(id, entity, data) for id, entity, data in attributes],
                last_cause=(await self._rows(schema.LAST_CAUSE))[0][0],
                series=await self.series(),
                compiled=next((value for (value,) in await self._rows(schema.COMPILED)), 0),
                last=(await self._rows(schema.LAST_CHANGE))[0][0] or 0,
            )
            ended = await self._rows(schema.LAST_RUN)
            # A file that is new was never left without a word.
            contents.stopped = ended[0][0] if ended else now
            await self._writer.execute_fetchall(schema.BEGIN_RUN, (now,))
        return contents

    async def end(self, now: int) -> None:
        async with _told(self._path):
            await self._writer.execute_fetchall(schema.END_RUN, (now,))

    async def write(self, batch: store.Batch) -> None:
        statements = [
            (statement, (_json(rows),))
            for name, statement in schema.INSERTS.items()
            if (rows := getattr(batch, name))
        ]
        await self._all(statements)

    async def save_statistics(
        self,
        resolution: store.Resolution,
        rows: Sequence[store.StatisticRow],
        compiled: int | None = None,
    ) -> None:
        statements: list[tuple[str, tuple[Any, ...]]] = []
        if rows:
            statements.append((schema.SAVE_STATISTICS[resolution], (_json(rows),)))
        if compiled is not None:
            statements.append((schema.SAVE_COMPILED, (compiled,)))
        await self._all(statements)

    async def _all(self, statements: Sequence[tuple[str, tuple[Any, ...]]]) -> None:
        """Run statements as one transaction; a single one is a transaction by itself."""
        db = self._writer
        async with _told(self._path):
            if len(statements) == 1:
                await db.execute_fetchall(*statements[0])
                return
            await db.execute_fetchall("BEGIN IMMEDIATE")
            try:
                for statement, values in statements:
                    await db.execute_fetchall(statement, values)
                await db.execute_fetchall("COMMIT")
            except BaseException:
                if db.in_transaction:
                    await db.execute_fetchall("ROLLBACK")
                raise

    # --- asked ---

    async def entities(self) -> dict[str, int]:
        return dict(await self._read(schema.ENTITIES))

    async def changes(
        self, entity: int, since: int, until: int, *, most: int, text_only: bool = False
    ) -> list[tuple[store.Change, str | None]]:
        query = schema.TEXT_CHANGES if text_only else schema.CHANGES
        rows = await self._read(query, entity, since, until, most)
        return [(store.Change(*row[:6]), row[6]) for row in rows]

    async def change_before(self, entity: int, at: int) -> tuple[store.Change, str | None] | None:
        rows = await self._read(schema.CHANGE_BEFORE, entity, at)
        return next(((store.Change(*row[:6]), row[6]) for row in rows), None)

    async def readings(self, entity: int, since: int, until: int) -> tuple[list[int], list[str | None]]:
        ((times, states),) = await self._read(schema.READINGS, entity, since, until)
        return orjson.loads(times), orjson.loads(states)

    async def logged(self, entities: Sequence[int], since: int, until: int, most: int) -> list[store.Logged]:
        rows = await self._read(schema.LOGGED, _json(entities), since, until, most)
        return [
            store.Logged(entity, at, state, data, schema.cause_row(cause))
            for entity, at, state, data, *cause in reversed(rows)
        ]

    async def events(
        self, types: Sequence[str], since: int, until: int, most: int
    ) -> list[tuple[store.EventRow, store.CauseRow | None]]:
        if types:
            rows = await self._read(schema.EVENTS_OF, _json(types), since, until, most)
        else:
            rows = await self._read(schema.EVENTS, since, until, most)
        return [(store.EventRow(*row[:4]), schema.cause_row(row[4:])) for row in reversed(rows)]

    async def causes(self, ids: Sequence[int]) -> list[store.CauseRow]:
        return [store.CauseRow(*row) for row in await self._read(schema.CAUSES, _json(ids))]

    async def series(self) -> list[store.Series]:
        return [store.Series(*row) for row in await self._read(schema.SERIES)]

    async def statistics(
        self, resolution: store.Resolution, entities: Sequence[int], since: int, until: int
    ) -> list[store.StatisticRow]:
        query = schema.READ_STATISTICS[resolution]
        return [store.StatisticRow(*row) for row in await self._read(query, _json(entities), since, until)]

    async def statistic_before(
        self, resolution: store.Resolution, entity: int, before: int
    ) -> store.StatisticRow | None:
        rows = await self._read(schema.STATISTIC_BEFORE[resolution], entity, before)
        return next((store.StatisticRow(*row) for row in rows), None)

    # --- retention ---

    async def purge(self, entity: int, before: int, most: int) -> int:
        return await self._delete(schema.PURGE, entity, before, most)

    async def purge_attributes(self, entity: int) -> int:
        return await self._delete(schema.PURGE_ATTRIBUTES, entity)

    async def purge_others(self, before: int, most: int) -> int:
        events = await self._delete(schema.PURGE_EVENTS, before, most)
        return events + await self._delete(schema.PURGE_CAUSES, before, most)

    async def purge_statistics(self, before: int, most: int) -> int:
        return await self._delete(schema.PURGE_STATISTICS, before, most)

    async def give_back(self) -> None:
        async with _told(self._path):
            await self._writer.execute_fetchall(f"PRAGMA incremental_vacuum({GIVE_BACK_PAGES})")

    # --- care ---

    async def check(self) -> str:
        async with _told(self._path):
            db = await _connect(self._path, "PRAGMA query_only = ON")
            try:
                rows = await db.execute_fetchall("PRAGMA quick_check(1)")
            except sqlite3.DatabaseError as error:
                if not _is_damage(error):
                    raise
                return str(error)
            finally:
                await db.close()
        found = str(next(iter(rows))[0])
        return "" if found == "ok" else found

    async def snapshot(self, target: Path) -> None:
        async with _told(self._path):
            db = await _connect(self._path, "PRAGMA busy_timeout = 5000")
            try:
                await db.execute_fetchall("VACUUM INTO ?", (str(target),))
            finally:
                await db.close()

    # --- one statement ---

    async def _rows(self, query: str, *values: Any) -> list[Any]:
        return list(await self._writer.execute_fetchall(query, values))

    async def _read(self, query: str, *values: Any) -> list[Any]:
        async with _told(self._path):
            return list(await self._reader.execute_fetchall(query, values))

    async def _delete(self, query: str, *values: Any) -> int:
        async with _told(self._path), self._writer.execute(query, values) as cursor:
            return cursor.rowcount


@asynccontextmanager
async def _told(path: Path) -> AsyncIterator[None]:
    """Say in the hub's words what SQLite and the disk say."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        kind = StoreBroken if _is_damage(error) else StoreFailed
        raise kind(f"{path}: {error}") from error


def _is_damage(error: Exception) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & _PRIMARY in _DAMAGE


def _size(path: Path) -> int:
    """Return how much is taken, with what is written but not yet in the file itself."""
    log = path.with_name(f"{path.name}-wal")
    return path.stat().st_size + (log.stat().st_size if log.exists() else 0)


async def _connect(path: Path, *pragmas: str) -> aiosqlite.Connection:
    db = await aiosqlite.connect(path, isolation_level=None)
    try:
        for pragma in pragmas:
            await db.execute_fetchall(pragma)
    except BaseException:
        await db.close()
        raise
    return db


def _json(rows: Iterable[Any]) -> str:
    try:
        return orjson.dumps(rows, default=list).decode()  # a named tuple is a list to JSON when made one
    except TypeError:  # half a character, from a payload that was no UTF-8
        return json.dumps(rows, default=list, ensure_ascii=False).encode(errors="replace").decode()
