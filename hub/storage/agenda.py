"""Keep what is still to be done in a SQLite file: runs that wait, times that were begun (`hub.core.agenda`).

What changes in one turn of the loop is written in one transaction, beside the house's work; what must not be
lost in the moment before stands ahead of it in a file of lines. If the files can't be written the house goes
on, and the writing is tried again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import Awaitable, Mapping
from pathlib import Path
from typing import Any

import aiosqlite
import orjson

from hub.core.agenda import Told
from hub.core.clock import Clock, Detach, nothing
from hub.storage.ahead import SUFFIX, Ahead, lines_after
from hub.storage.files import open_file

log = logging.getLogger(__name__)

RETRY_SECONDS = 1.0
# Each step leads from the version of its index to the next. A step that was released is never changed.
MIGRATIONS = (
    """
    CREATE TABLE waiting (
        key TEXT PRIMARY KEY,
        due REAL,
        content BLOB NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    # The last line of the file ahead that is in the table.
    """
    CREATE TABLE ahead (number INTEGER NOT NULL) STRICT;
    INSERT INTO ahead VALUES (0)
    """,
)
_SAVE = """
    INSERT INTO waiting (key, due, content) VALUES (?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET due = excluded.due, content = excluded.content
"""
_Row = tuple[str, float | None, bytes]


class LastingAgenda:
    """An agenda in a file."""

    def __init__(
        self, database: aiosqlite.Connection, clock: Clock, ahead: Ahead, left: dict[str, Mapping[str, Any]]
    ) -> None:
        self.left = left
        self.sealed = False
        self._database = database
        self._ahead = ahead
        self._written: set[str] = set()
        self._lazy: set[str] = set()
        self._clock = clock
        self._stored = set(left)
        self._dirty: dict[str, Told | None] = {}
        self._flying: set[str] = set()
        self._next: asyncio.Future[None] | None = None
        self._current: asyncio.Future[None] | None = None
        self._writing: asyncio.Task[None] | None = None
        self._stop_retry: Detach = nothing
        self._failing = False

    @classmethod
    async def open(cls, path: Path, clock: Clock) -> LastingAgenda:
        """Open or make the file. A damaged one is set aside; a newer one is refused."""
        database, (number, left) = await open_file(path, clock, MIGRATIONS, _read, "nothing waits any more")
        beside = path.with_name(path.name + SUFFIX)
        touched = set()
        for at, key, content in lines_after(beside, number):
            number = at
            touched.add(key)
            left.pop(key, None)
            if content is not None:
                left[key] = content
        agenda = cls(database, clock, Ahead(beside, number), left)
        for key in touched:
            content = left.get(key)
            agenda._touch(key, _always(content) if content is not None else None)
        return agenda

    def put(self, key: str, told: Told, *, at_once: bool = False) -> None:
        if self.sealed:
            return
        if at_once:
            self._write_ahead(key, told)
        else:
            self._lazy.add(key)
        self._touch(key, told)

    def drop(self, key: str) -> None:
        if self.sealed:
            return
        if self.knows(key):
            self._ahead.write(key, None)
            self._touch(key, None)
        else:
            self._dirty.pop(key, None)

    def knows(self, key: str) -> bool:
        return key in self._stored or key in self._written or key in self._flying

    def kept(self, key: str) -> Awaitable[None] | None:
        """Return what to wait for until the latest `put` or `drop` is in the table; None if it is."""
        loop = asyncio.get_running_loop()
        if key in self._dirty:
            if self._next is None:
                self._next = loop.create_future()
            return asyncio.shield(self._next)
        if key in self._flying:
            if self._current is None:
                self._current = loop.create_future()
            return asyncio.shield(self._current)
        return None

    def seal(self) -> None:
        if not self.sealed:
            self.sealed = True
            self._dirty = {key: _as_it_is(told) for key, told in self._dirty.items()}

    async def close(self) -> None:
        """Write what is left and close the file."""
        self.seal()
        self._stop_retry()
        if self._writing is not None:
            await asyncio.wait([self._writing])
        if self._dirty:
            await self._write_once()
        await self._database.close()
        self._ahead.close(empty=not self._dirty)

    def _write_ahead(self, key: str, told: Told) -> None:
        try:
            if self._ahead.write(key, told()):
                self._written.add(key)
        except Exception:  # one entry's bug must not cost the house
            log.exception("%s can't be kept", key)

    def _touch(self, key: str, told: Told | None) -> None:
        self._dirty[key] = told
        if self._writing is None and not self._failing:
            self._begin()

    def _begin(self) -> None:
        self._writing = asyncio.get_running_loop().create_task(self._write(), name="agenda")

    async def _write(self) -> None:
        try:
            while self._dirty and await self._write_once():
                pass
        finally:
            self._writing = None

    async def _write_once(self) -> bool:
        """Write what has changed; False if that failed and is to be tried later."""
        dirty, self._dirty = self._dirty, {}
        self._flying = set(dirty)
        self._current, self._next = self._next, None
        saved, gone = self._rows(dirty)
        self._lazy.clear()
        number, written = self._ahead.number, self._written
        self._written = set()
        try:
            if gone:
                await self._database.executemany("DELETE FROM waiting WHERE key = ?", gone)
            if saved:
                await self._database.executemany(_SAVE, saved)
            await self._database.execute("UPDATE ahead SET number = ?", (number,))
            await self._database.commit()
        except (sqlite3.Error, ValueError) as error:
            with contextlib.suppress(sqlite3.Error, ValueError):
                await self._database.rollback()
            self._written |= written
            self._failed(error, dirty)
            return False
        finally:
            self._flying = set()
            current, self._current = self._current, None
            # Also where the file can't be written: the house does not stand still for it.
            if current is not None and not current.done():
                current.set_result(None)
        self._stored.difference_update(key for (key,) in gone)
        self._stored.update(key for key, _, _ in saved)
        self._ahead.stored(number)
        if self._failing:
            self._failing = False
            log.warning("what waits is kept again")
        return True

    def _rows(self, dirty: Mapping[str, Told | None]) -> tuple[list[_Row], list[tuple[str]]]:
        saved: list[_Row] = []
        gone: list[tuple[str]] = []
        for key, told in dirty.items():
            if told is None:
                gone.append((key,))
                continue
            try:
                content = told()
                saved.append((key, content["due"], orjson.dumps(content)))
                if key in self._lazy:
                    self._ahead.write(key, content)
            except Exception:  # one entry's bug must not cost the others
                log.exception("%s can't be kept", key)
        return saved, gone

    def _failed(self, error: Exception, dirty: dict[str, Told | None]) -> None:
        if not self._failing:
            self._failing = True
            log.error("what waits can't be kept: %s. The house goes on; this is tried again", error)
        self._dirty = {**dirty, **self._dirty}
        if not self.sealed:
            self._stop_retry = self._clock.call_later(RETRY_SECONDS, self._begin)


def _as_it_is(told: Told | None) -> Told | None:
    """Return what says for ever what `told` says now."""
    if told is None:
        return None
    return _always(told())


def _always(content: Mapping[str, Any]) -> Told:
    return lambda: content


async def _read(database: aiosqlite.Connection) -> tuple[int, dict[str, Mapping[str, Any]]]:
    async with database.execute("SELECT number FROM ahead") as rows:
        row = await rows.fetchone()
    left: dict[str, Mapping[str, Any]] = {}
    async with database.execute("SELECT key, content FROM waiting ORDER BY due") as rows:
        async for key, content in rows:
            left[key] = orjson.loads(content)
    return int(row[0]) if row is not None else 0, left
