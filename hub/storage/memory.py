"""Remember the last state of every entity from one start of the hub to the next.

Changes are gathered and written once a second in one transaction, beside the house's work. A kill loses at
most what happened since the last writing; a file that can't be read is set aside, and the house goes on.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiosqlite
import orjson

from hub.core.bus import Bus
from hub.core.clock import Clock, Detach, nothing
from hub.core.events import StateChanged
from hub.core.remembered import Remembered
from hub.core.state import UNAVAILABLE, UNKNOWN
from hub.core.states import States
from hub.storage.files import open_file

log = logging.getLogger(__name__)

WRITE_SECONDS = 1.0
# Each step leads from the version of its index to the next. A step that was released is never changed.
MIGRATIONS = (
    """
    CREATE TABLE remembered (
        entity_id TEXT PRIMARY KEY,
        state TEXT NOT NULL,
        attributes BLOB NOT NULL,
        saved REAL NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
)
_SAVE = """
    INSERT INTO remembered (entity_id, state, attributes, saved) VALUES (?, ?, ?, ?)
    ON CONFLICT (entity_id) DO UPDATE SET
        state = excluded.state, attributes = excluded.attributes, saved = excluded.saved
"""


class LastingMemory:
    """A memory in a SQLite file (`hub.core.ports.Memory`)."""

    def __init__(self, database: aiosqlite.Connection, clock: Clock, known: dict[str, Remembered]) -> None:
        self._database = database
        self._clock = clock
        self._known = known
        self._dirty: dict[str, None] = {}
        self._states: States | None = None
        self._stop_listening: Detach = nothing
        self._stop_timer: Detach = nothing
        self._writing: asyncio.Task[None] | None = None
        self._failing = False

    @classmethod
    async def open(cls, path: Path, clock: Clock) -> LastingMemory:
        """Open or make the file. A damaged one is set aside as `….damaged`; a newer one is refused."""
        database, known = await open_file(path, clock, MIGRATIONS, _read, "last states begin anew")
        return cls(database, clock, known)

    def attend(self, bus: Bus, states: States) -> None:
        """Begin to remember what changes."""
        self._states = states
        self._stop_listening = bus.listen(StateChanged.event_type, self._changed)

    def recall(self, entity_id: str) -> Remembered | None:
        return self._known.get(entity_id)

    def keep(self, entity_id: str, state: str, attributes: Mapping[str, Any] | None = None) -> None:
        self._known[entity_id] = Remembered(state, dict(attributes or {}), self._clock.timestamp())
        self._touch(entity_id)

    async def close(self) -> None:
        """Write what is left and close the file."""
        self._stop_listening()
        self._stop_timer()
        if self._writing is not None:
            await asyncio.wait([self._writing])
        if self._dirty:
            await self._write()
        await self._database.close()

    def _changed(self, event: StateChanged) -> None:
        new = event.new
        if new is None or new.state == UNAVAILABLE or new.state == UNKNOWN:
            self._gone(event)
            return
        if event.entity_id not in self._dirty:
            self._touch(event.entity_id)

    def _gone(self, event: StateChanged) -> None:
        """Hold on to what an entity was, if that is not written yet."""
        old = event.old
        if old is not None and event.entity_id in self._dirty and old.state not in (UNAVAILABLE, UNKNOWN):
            self._known[event.entity_id] = Remembered(old.state, old.attributes, old.updated)

    def _touch(self, entity_id: str) -> None:
        if not self._dirty:
            self._stop_timer = self._clock.call_later(WRITE_SECONDS, self._begin_writing)
        self._dirty[entity_id] = None

    def _begin_writing(self) -> None:
        if self._writing is not None and not self._writing.done():
            self._stop_timer = self._clock.call_later(WRITE_SECONDS, self._begin_writing)
            return
        self._writing = asyncio.get_running_loop().create_task(self._write(), name="memory")

    async def _write(self) -> None:
        dirty, self._dirty = self._dirty, {}
        rows = [row for entity_id in dirty if (row := self._row(entity_id)) is not None]
        try:
            await self._database.executemany(_SAVE, rows)
            await self._database.commit()
        except (sqlite3.Error, ValueError) as error:
            self._complain(error)
            for entity_id in dirty:
                self._touch(entity_id)
            return
        if self._failing:
            self._failing = False
            log.warning("last states are remembered again")

    def _complain(self, error: Exception) -> None:
        if not self._failing:
            self._failing = True
            log.error("last states can't be remembered: %s. The house goes on; this is tried again", error)

    def _row(self, entity_id: str) -> tuple[str, str, bytes, float] | None:
        state = self._states.get(entity_id) if self._states is not None else None
        if state is not None and state.state not in (UNAVAILABLE, UNKNOWN):
            told = Remembered(state.state, state.attributes, state.updated)
            self._known[entity_id] = told
        else:
            known = self._known.get(entity_id)
            if known is None:
                return None
            told = known
        return entity_id, told.state, orjson.dumps(_plain(told.attributes), default=_text), told.saved


async def _read(database: aiosqlite.Connection) -> dict[str, Remembered]:
    known = {}
    async with database.execute("SELECT entity_id, state, attributes, saved FROM remembered") as rows:
        async for entity_id, state, attributes, saved in rows:
            known[entity_id] = Remembered(state, orjson.loads(attributes), saved)
    return known


def _plain(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {str(name): value for name, value in attributes.items()}


def _text(value: Any) -> Any:
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    return str(value)
