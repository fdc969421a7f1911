"""Keep the traces of runs in a SQLite file, so that the question why can be asked after a restart, too.

They are written a few at a time beside the house's work: of an automation that runs very often the latest
are kept, not each. What failed is kept longer.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

import aiosqlite
import orjson

from hub.core.clock import Clock, Detach, nothing
from hub.storage.files import open_file

log = logging.getLogger(__name__)

TICK_SECONDS = 0.2
# So many are made into text in one turn of the loop; that takes about a millisecond.
MOST_AT_ONCE = 20
CLOSE_SECONDS = 0.5
FAILURES_DAYS = 30
MOST_FAILURES = 1000
_DAY = 86400.0
# Each step leads from the version of its index to the next. A step that was released is never changed.
MIGRATIONS = (
    """
    CREATE TABLE trace (
        number INTEGER PRIMARY KEY,
        item TEXT NOT NULL,
        began REAL NOT NULL,
        outcome TEXT NOT NULL,
        failed INTEGER NOT NULL,
        content BLOB NOT NULL
    ) STRICT;
CREATE INDEX trace_of ON trace (item, failed, number)
    """,
)
_SAVE = """
    INSERT OR REPLACE INTO trace (number, item, began, outcome, failed, content) VALUES (?, ?, ?, ?, ?, ?)
"""
_FORGET = """
    DELETE FROM trace WHERE item = :item AND failed = :failed AND number < coalesce((
        SELECT number FROM trace WHERE item = :item AND failed = :failed
        ORDER BY number DESC LIMIT 1 OFFSET :most - 1
    ), 0)
"""
_LATEST = "SELECT content FROM trace WHERE item = ? ORDER BY number DESC LIMIT ?"
_SUMMARY = "SELECT item, count(*), max(number), outcome FROM trace GROUP BY item"


class Kept(Protocol):
    """A trace, as far as it matters here (`hub.automation.trace`)."""

    number: int
    item: str
    began: float
    outcome: str | None
    most: int

    def as_dict(self) -> dict[str, Any]: ...


class Source(Protocol):
    """Where traces come from (`hub.automation.trace.Traces`)."""

    def drain(self, most: int, now: float) -> Iterable[Kept]: ...

    @property
    def is_drained(self) -> bool: ...


_Row = tuple[int, str, float, str, bool, bytes]
_Rows = tuple[list[_Row], dict[tuple[str, bool], int]]


class TraceArchive:
    """The traces in a file."""

    def __init__(self, database: aiosqlite.Connection, clock: Clock, last: int) -> None:
        self.last = last
        """The highest number that a trace has."""
        self._database = database
        self._clock = clock
        self._source: Source | None = None
        self._failures: frozenset[str] = frozenset()
        self._stop_timer: Detach = nothing
        self._writing: asyncio.Task[None] | None = None
        self._failing = False

    @classmethod
    async def open(cls, path: Path, clock: Clock) -> TraceArchive:
        """Open or make the file, and forget what failed long ago. A damaged one is set aside."""
        database, last = await open_file(path, clock, MIGRATIONS, _last, "traces begin anew")
        archive = cls(database, clock, last)
        oldest = clock.timestamp() - FAILURES_DAYS * _DAY
        try:
            await database.execute("DELETE FROM trace WHERE failed AND began < ?", (oldest,))
            await database.commit()
        except sqlite3.Error as error:
            archive._complain(error)
        return archive

    def attend(self, source: Source, failures: frozenset[str]) -> None:
        """Begin to write what `source` gives; `failures` are the outcomes that are kept longer."""
        self._source = source
        self._failures = failures
        self._plan()

    async def of(self, item: str, most: int = 2 * MOST_FAILURES) -> list[dict[str, Any]]:
        """Return the traces of one automation or script, oldest first."""
        async with self._database.execute(_LATEST, (item, most)) as rows:
            found = [orjson.loads(row[0]) async for row in rows]
        return found[::-1]

    async def summary(self) -> Mapping[str, tuple[int, str]]:
        """Return by automation or script how many traces there are, and the outcome of the last."""
        async with self._database.execute(_SUMMARY) as rows:
            return {item: (count, outcome) async for item, count, _, outcome in rows}

    async def close(self) -> None:
        """Write what there is, as long as that takes no more than a moment, and close the file."""
        self._stop_timer()
        if self._writing is not None:
            await asyncio.wait([self._writing])
        until = self._clock.monotonic() + CLOSE_SECONDS
        while self._source is not None and not self._source.is_drained and self._clock.monotonic() < until:
            await self._write(10 * MOST_AT_ONCE)
        await self._database.close()

    def _plan(self) -> None:
        self._stop_timer = self._clock.call_later(TICK_SECONDS, self._tick)

    def _tick(self) -> None:
        self._plan()
        if self._writing is None or self._writing.done():
            rows = self._rows(MOST_AT_ONCE)
            if rows[0]:
                self._writing = asyncio.get_running_loop().create_task(self._save(rows), name="traces")

    async def _write(self, most: int) -> None:
        await self._save(self._rows(most))

    def _rows(self, most: int) -> _Rows:
        """Return the rows of up to so many traces, and by item and kind how many are to be kept."""
        rows: list[_Row] = []
        bounds: dict[tuple[str, bool], int] = {}
        if self._source is None:
            return rows, bounds
        for trace in self._source.drain(most, self._clock.timestamp()):
            outcome = trace.outcome or ""
            failed = outcome in self._failures
            try:
                content = orjson.dumps(trace.as_dict(), default=str)
            except Exception:  # one trace's bug must not cost the others
                log.exception("trace %s of %s can't be kept", trace.number, trace.item)
                continue
            rows.append((trace.number, trace.item, trace.began, outcome, failed, content))
            bounds[trace.item, failed] = MOST_FAILURES if failed else trace.most
        return rows, bounds

    async def _save(self, given: _Rows) -> None:
        rows, bounds = given
        limits = [{"item": item, "failed": failed, "most": most} for (item, failed), most in bounds.items()]
        try:
            await self._database.executemany(_SAVE, rows)
            await self._database.executemany(_FORGET, limits)
            await self._database.commit()
        except (sqlite3.Error, ValueError) as error:
            self._complain(error)
            return
        if self._failing:
            self._failing = False
            log.warning("traces are kept again")

    def _complain(self, error: Exception) -> None:
        if not self._failing:
            self._failing = True
            log.error("traces can't be kept: %s. The house goes on without", error)


async def _last(database: aiosqlite.Connection) -> int:
    async with database.execute("SELECT coalesce(max(number), 0) FROM trace") as rows:
        row = await rows.fetchone()
    return int(row[0]) if row is not None else 0
