"""Open a SQLite file of the hub: private, migrated, set aside if it is damaged."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Literal, TypeVar

import aiosqlite

from hub.core.clock import Clock
from hub.core.database_file import make_private, migrate
from hub.core.errors import StoreFailed

log = logging.getLogger(__name__)
T = TypeVar("T")
_PRIMARY = 0xFF


async def open_file(
    path: Path,
    clock: Clock,
    migrations: Sequence[str],
    read: Callable[[aiosqlite.Connection], Awaitable[T]],
    lost: str,
    *,
    synchronous: Literal["NORMAL", "FULL"] = "NORMAL",
) -> tuple[aiosqlite.Connection, T]:
    """Open or make the file, and `read` what is in it.

    A damaged one is kept as `….damaged-TIME` and begun anew; `lost` says what begins anew with it. Raises
    `StoreFailed` if the disk is full or does not answer, and `HubError` for a file of a newer hub: both are
    left as they are.
    """
    try:
        try:
            return await _opened(path, migrations, read, synchronous)
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            await set_aside(path, clock, str(error), lost)
            return await _opened(path, migrations, read, synchronous)
    except (sqlite3.Error, OSError) as error:
        raise StoreFailed(
            f"{path} can't be opened: {error}",
            remedy="See whether the disk is full or may not be written to.",
        ) from error


async def set_aside(path: Path, clock: Clock, why: str, lost: str) -> None:
    """Keep a damaged file as `….damaged-TIME`, and say so."""
    aside = path.with_name(f"{path.name}.damaged-{clock.now():%Y%m%d-%H%M%S}")
    log.error("%s is damaged (%s). It is kept as %s; %s", path, why, aside.name, lost)
    await asyncio.to_thread(_rename, path, aside)


def is_damage(error: Exception) -> bool:
    """Tell whether SQLite complains of what is in a file, and not of the disk or of others who use it."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & _PRIMARY in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _rename(path: Path, aside: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))


async def _opened(
    path: Path,
    migrations: Sequence[str],
    read: Callable[[aiosqlite.Connection], Awaitable[T]],
    synchronous: str,
) -> tuple[aiosqlite.Connection, T]:
    await asyncio.to_thread(make_private, path)
    database = await aiosqlite.connect(path)
    try:
        await database.execute("PRAGMA journal_mode=WAL")
        await database.execute(f"PRAGMA synchronous={synchronous}")
        await database.execute("PRAGMA busy_timeout=5000")
        await migrate(database, path, migrations, remedy="Install that version again.")
        return database, await read(database)
    except BaseException:
        await database.close()
        raise


def damage_in(path: Path) -> str:
    """Return what SQLite finds wrong with a file; nothing if it is sound. Another process may be using it."""
    try:
        database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            found = [str(row[0]) for row in database.execute("PRAGMA quick_check(3)")]
        finally:
            database.close()
    except sqlite3.Error as error:
        return str(error)
    return "" if found == ["ok"] else "; ".join(found)
