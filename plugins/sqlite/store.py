"""Open the file in which history is kept: `history.db` in the data folder, or where `sqlite:` says."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import ClassVar
from urllib.parse import unquote

from hub.api import House, HubError, Store
from plugins.sqlite.file import HistoryFile
from plugins.sqlite.schema import MIGRATIONS

NAME = "history.db"
_BESIDE = ("", "-wal", "-shm")


class SqliteStore(Store):
    """History in an SQLite file; the store that is used when nothing else is said."""

    schema_version: ClassVar[int] = len(MIGRATIONS)

    async def open(self, house: House) -> HistoryFile:
        return await HistoryFile.open(self.path(house))

    async def set_aside(self, house: House) -> str:
        path = self.path(house)
        aside = path.with_name(f"{path.name}.damaged-{house.clock.now():%Y%m%d-%H%M%S}")
        await asyncio.to_thread(_rename, path, aside)
        return str(aside)

    def path(self, house: House) -> Path:
        """Return where the file is. Raises `HubError` for an address that is none."""
        _, _, where = self.url.partition("://")
        if not self.url:
            return house.settings.data_dir / NAME
        if not where.startswith("/") or len(where) < 2:
            raise HubError(
                f"{self.url!r} is no address of a file",
                remedy="Write sqlite:///name.db or sqlite:////a/path.",
            )
        return house.settings.data_dir / unquote(where[1:])


def _rename(path: Path, aside: Path) -> None:
    for suffix in _BESIDE:
        part = path.with_name(path.name + suffix)
        if part.exists():
            os.replace(part, aside.with_name(aside.name + suffix))
