"""Read what Home Assistant's recorder kept in its `home-assistant_v2.db`, without changing it."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import aiosqlite

from hub.core.errors import HubError
from hub.core.store import Resolution

PAGE = 5000
_TABLES: dict[Resolution, str] = {"hour": "statistics", "5minute": "statistics_short_term"}
_NEEDED = ("states", "states_meta", "state_attributes", "statistics", "statistics_meta")


class Kept(NamedTuple):
    """A state: times in seconds, attributes as JSON; `state` None is an entity that went."""

    at: float
    state: str | None
    changed: float | None
    attributes: str | None


class Taken(NamedTuple):
    """Statistics of one period that begins at `start` (seconds)."""

    start: int
    mean: float | None
    min: float | None
    max: float | None
    state: float | None
    sum: float | None


@dataclass(frozen=True, slots=True)
class Described:
    """An entity that has statistics."""

    id: int
    unit: str
    has_sum: bool


class HomeAssistantFile:
    """The database while it is open."""

    def __init__(self, path: Path, db: aiosqlite.Connection) -> None:
        self._path = path
        self._db = db

    @classmethod
    async def open(cls, path: Path) -> HomeAssistantFile:
        """Open the file for reading only. Raises `HubError` for what is no such file, or of before 2023.4."""
        try:
            db = await aiosqlite.connect(_address(path), uri=True)
        except sqlite3.Error as error:
            raise HubError(f"{path} can't be opened: {error}") from error
        file = cls(path, db)
        try:
            await file._look()
        except BaseException:
            await db.close()
            raise
        return file

    async def _look(self) -> None:
        found = {name for (name,) in await self._rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if "states" not in found:
            raise HubError(
                f"{self._path} is no database of Home Assistant's recorder",
                remedy="Name the file home-assistant_v2.db.",
            )
        if not found.issuperset(_NEEDED):
            raise HubError(
                f"{self._path} was written by a Home Assistant of before 2023.4",
                remedy="Start a newer Home Assistant on it once, which brings it to today's form.",
            )

    async def close(self) -> None:
        await self._db.close()

    async def entities(self) -> dict[str, int]:
        """Return entities of which states are kept, with their numbers."""
        return dict(await self._rows("SELECT entity_id, metadata_id FROM states_meta ORDER BY entity_id"))

    async def states(self, number: int) -> AsyncIterator[list[Kept]]:
        """Yield the states of an entity, oldest first, in pages."""
        query = (
            "SELECT s.state_id, s.last_updated_ts, s.state, s.last_changed_ts, a.shared_attrs "
            "FROM states s LEFT JOIN state_attributes a ON a.attributes_id = s.attributes_id "
            "WHERE s.metadata_id = ? AND (s.last_updated_ts, s.state_id) > (?, ?) "
            "ORDER BY s.last_updated_ts, s.state_id LIMIT ?"
        )
        after: tuple[float, int] = (-1.0, -1)
        while True:
            rows = await self._rows(query, number, *after, PAGE)
            if rows:
                after = (rows[-1][1], rows[-1][0])
                yield [Kept(at, state, changed, data) for _, at, state, changed, data in rows]
            if len(rows) < PAGE:
                return

    async def described(self) -> dict[str, Described]:
        """Return the statistics that are of entities; others' (`energy:price`) are not of the recorder."""
        rows = await self._rows(
            "SELECT statistic_id, id, coalesce(unit_of_measurement, ''), has_sum FROM statistics_meta "
            "WHERE source = 'recorder' ORDER BY statistic_id"
        )
        return {name: Described(id, unit, bool(has_sum)) for name, id, unit, has_sum in rows}

    async def statistics(self, resolution: Resolution, id: int) -> list[Taken]:
        """Return all rows of one entity, oldest first."""
        query = (
            "SELECT CAST(start_ts AS INTEGER), mean, min, max, state, sum "
            f"FROM {_TABLES[resolution]} WHERE metadata_id = ? AND start_ts IS NOT NULL ORDER BY start_ts"
        )
        return [Taken(*row) for row in await self._rows(query, id)]

    async def _rows(self, query: str, *values: Any) -> list[Any]:
        try:
            return list(await self._db.execute_fetchall(query, values))
        except sqlite3.Error as error:
            raise HubError(f"{self._path} can't be read: {error}") from error


def _address(path: Path) -> str:
    return f"{path.absolute().as_uri()}?mode=ro"
