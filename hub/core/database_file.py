"""Begin a SQLite file of the hub: its owner's alone, and brought to the newest schema step by step.

How a file is read and written is the business of whoever keeps it; only the database's own library opens it.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

from hub.core.errors import HubError, Place


class Database(Protocol):
    """An open connection, as aiosqlite has it."""

    def execute_fetchall(self, sql: str, parameters: Iterable[Any] = ..., /) -> Awaitable[Iterable[Any]]: ...

    def executescript(self, sql_script: str, /) -> Awaitable[Any]: ...


def make_private(path: Path) -> None:
    """Make the file if need be, its owner's alone; those that SQLite puts beside it get the same rights."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


async def migrate(
    database: Database,
    path: Path,
    migrations: Sequence[str],
    *,
    application_id: int = 0,
    remedy: str = "Run that version, or put back a backup.",
    keeps_former: bool = False,
) -> None:
    """Bring the file to the newest schema; each step is SQL, done wholly or not at all.

    `application_id` marks the file as one of this kind, 0 as none. With `keeps_former` it stays beside as it
    was before. Raises `HubError` for a file of another program and for one of a newer hub (`remedy` says what
    to do then), and the library's error if the disk or the file fails.
    """
    version = await _number(database, "PRAGMA user_version")
    owner = await _number(database, "PRAGMA application_id")
    if version and owner != application_id:
        raise HubError(
            "this is the database of another program",
            remedy="Move it away, or take another folder for the hub's data.",
            place=Place(str(path)),
        )
    if version > len(migrations):
        raise HubError(
            f"a newer version of the hub has written this file (schema {version})",
            remedy=remedy,
            place=Place(str(path)),
        )
    if keeps_former and 0 < version < len(migrations):
        former = path.with_name(f"{path.name}.before-{version + 1}")
        await asyncio.to_thread(former.unlink, missing_ok=True)
        await database.execute_fetchall("VACUUM INTO ?", (str(former),))
    for number, step in enumerate(migrations[version:], version + 1):
        await database.executescript(
            f"BEGIN IMMEDIATE;\n{step}\n; PRAGMA application_id = {application_id}; "
            f"PRAGMA user_version = {number}; COMMIT;"
        )


async def _number(database: Database, query: str) -> int:
    rows = await database.execute_fetchall(query)
    return int(next(iter(rows))[0])
