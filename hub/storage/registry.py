"""Keep what is known of entities, devices, areas, floors and labels from one start of the hub to the next.

Each entry is a row of JSON. Changes are gathered and written once a second beside the house's work; `flush`
writes at once, for what people were told is done.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import fields
from pathlib import Path
from typing import Any

import aiosqlite
import orjson

from hub.core.areas import AreaEntry, FloorEntry, LabelEntry
from hub.core.clock import Clock, Detach, nothing, together
from hub.core.errors import HubError
from hub.core.events import (
    AREA_REGISTRY_UPDATED,
    DEVICE_REGISTRY_UPDATED,
    ENTITY_REGISTRY_UPDATED,
    FLOOR_REGISTRY_UPDATED,
    LABEL_REGISTRY_UPDATED,
    Event,
)
from hub.core.ports import House
from hub.core.registries import DeviceEntry, EntityEntry
from hub.storage.files import open_file

log = logging.getLogger(__name__)

WRITE_SECONDS = 1.0
# Each step leads from the version of its index to the next. A step that was released is never changed.
MIGRATIONS = (
    """
    CREATE TABLE entries (
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        content BLOB NOT NULL,
        PRIMARY KEY (kind, id)
    ) STRICT, WITHOUT ROWID
    """,
)
_AT_ONCE = 100
_SAVE = """
    INSERT INTO entries (kind, id, content) VALUES (?, ?, ?)
    ON CONFLICT (kind, id) DO UPDATE SET content = excluded.content
"""
_REMOVE = "DELETE FROM entries WHERE kind = ? AND id = ?"
_KINDS: Mapping[str, type[Any]] = {
    "entity": EntityEntry,
    "device": DeviceEntry,
    "area": AreaEntry,
    "floor": FloorEntry,
    "label": LabelEntry,
}
_PAIRS = ("identifiers", "connections")
_SETS = ("labels", "aliases")
_EVENTS = {
    "entity": (ENTITY_REGISTRY_UPDATED, "entity_id"),
    "device": (DEVICE_REGISTRY_UPDATED, "device_id"),
    "area": (AREA_REGISTRY_UPDATED, "area_id"),
    "floor": (FLOOR_REGISTRY_UPDATED, "floor_id"),
    "label": (LABEL_REGISTRY_UPDATED, "label_id"),
}


def known_entities(path: Path) -> set[str]:
    """Return the ids of the entities in a file that a hub may have open; none if it can't be read."""
    if not path.is_file():
        return set()
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            return {id for (id,) in database.execute("SELECT id FROM entries WHERE kind = 'entity'")}
    except sqlite3.Error:  # a check can do without
        return set()


class LastingRegistry:
    """The house's registries in a SQLite file."""

    def __init__(self, database: aiosqlite.Connection, rows: list[tuple[str, bytes]]) -> None:
        self._database = database
        self._rows = rows
        self._dirty: dict[tuple[str, str], None] = {}
        self._lock = asyncio.Lock()
        self._find: Mapping[str, Callable[[str], Any]] = {}
        self._detach: Detach = nothing
        self._stop_timer: Detach = nothing
        self._house: House | None = None

    @classmethod
    async def open(cls, path: Path, clock: Clock) -> LastingRegistry:
        """Open or make the file. A damaged one is set aside; a newer one is refused."""
        lost = "names, areas and labels begin anew. Put a backup in its place and start again"
        # What people were told is done also survives a power cut.
        database, rows = await open_file(path, clock, MIGRATIONS, _read, lost, synchronous="FULL")
        return cls(database, rows)

    def attend(self, house: House) -> None:
        """Put what was kept into the house's registries, and begin to keep what changes."""
        areas = house.areas
        shelves: Mapping[str, dict[str, Any]] = {
            "area": areas.areas,
            "floor": areas.floors,
            "label": areas.labels,
        }
        for kind, content in self._rows:
            if kind not in _KINDS:
                continue
            entry = _entry(kind, content)
            if kind == "entity":
                house.registry.restore(entry)
            elif kind == "device":
                house.devices.restore(entry)
            else:
                shelves[kind][entry.id] = entry
        self._rows = []
        self._house = house
        self._find = {
            "entity": house.registry.entries.get,
            "device": house.devices.entries.get,
            **{kind: shelf.get for kind, shelf in shelves.items()},
        }
        self._detach = together(
            [house.bus.listen(event, self._changed_of(kind, key)) for kind, (event, key) in _EVENTS.items()]
        )

    async def flush(self) -> None:
        """Write what changed. Raises `HubError` if it can't be written."""
        async with self._lock:
            dirty, self._dirty = self._dirty, {}
            if not dirty:
                return
            saved: list[tuple[str, str, bytes]] = []
            removed: list[tuple[str, str]] = []
            for number, (kind, id) in enumerate(dirty, start=1):
                entry = self._find[kind](id)
                if entry is None:
                    removed.append((kind, id))
                else:
                    saved.append((kind, id, _content(entry)))
                if number % _AT_ONCE == 0:  # a thousand devices may have appeared: others want to live, too
                    await asyncio.sleep(0)
            try:
                await self._database.executemany(_REMOVE, removed)
                await self._database.executemany(_SAVE, saved)
                await self._database.commit()
            except sqlite3.Error as error:
                await self._database.rollback()
                self._dirty = {**dirty, **self._dirty}
                raise HubError(f"names and areas can't be kept: {error}") from error

    async def close(self) -> None:
        self._detach()
        self._stop_timer()
        try:
            await self.flush()
        except HubError as error:
            log.error("%s", error)
        await self._database.close()

    def _changed_of(self, kind: str, key: str) -> Callable[[Event], None]:
        def changed(event: Event) -> None:
            self._touch(kind, str(event.data[key]))
            if "old_entity_id" in event.data:
                self._touch(kind, str(event.data["old_entity_id"]))

        return changed

    def _touch(self, kind: str, id: str) -> None:
        if not self._dirty and self._house is not None:
            self._stop_timer()
            self._stop_timer = self._house.clock.call_later(WRITE_SECONDS, self._begin_writing)
        self._dirty[kind, id] = None

    def _begin_writing(self) -> None:
        if self._house is not None:
            self._house.tasks.spawn(self._write_later(), "keeping names and areas")

    async def _write_later(self) -> None:
        try:
            await self.flush()
        except HubError as error:
            log.error("%s; this is tried again with the next change", error)


def _content(entry: Any) -> bytes:
    told = {field.name: getattr(entry, field.name) for field in fields(entry)}
    return orjson.dumps(told, default=sorted)


def _entry(kind: str, content: bytes) -> Any:
    """Return the entry that was kept; fields of a newer version of the hub are left out."""
    told = orjson.loads(content)
    known = {field.name for field in fields(_KINDS[kind])}
    values = {name: value for name, value in told.items() if name in known}
    values |= {name: frozenset(map(tuple, values[name])) for name in _PAIRS if name in values}
    values |= {name: frozenset(values[name]) for name in _SETS if name in values}
    return _KINDS[kind](**values)


async def _read(database: aiosqlite.Connection) -> list[tuple[str, bytes]]:
    async with database.execute("SELECT kind, content FROM entries") as found:
        return [(str(kind), bytes(content)) async for kind, content in found]
