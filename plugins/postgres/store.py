"""Open a database in PostgreSQL, and bring its tables to today's form."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, ClassVar

from hub.api import House, HubError, Store, StoreFailed
from plugins.postgres import schema
from plugins.postgres.database import HistoryDatabase

if TYPE_CHECKING:
    from asyncpg import Connection

log = logging.getLogger("hub.recorder")

# Any number that no other program takes for the same purpose.
_LOCK = 0x48424849


class PostgresStore(Store):
    """History in PostgreSQL: `postgresql://user@host/database`. It needs `hearth-hub[postgres]`."""

    schema_version: ClassVar[int] = len(schema.MIGRATIONS)

    async def open(self, house: House) -> HistoryDatabase:
        try:
            import asyncpg
        except ImportError as error:
            raise HubError(
                "history in PostgreSQL needs asyncpg, which is not installed",
                remedy="Install hearth-hub[postgres].",
            ) from error
        try:
            pool = await asyncpg.create_pool(
                self._address(), min_size=1, max_size=3, timeout=10, command_timeout=60
            )
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
            raise StoreFailed(f"PostgreSQL does not let the recorder in: {error}") from error
        try:
            async with pool.acquire() as connection:
                await _migrate(connection)
        except asyncpg.PostgresError as error:
            await pool.close()
            raise StoreFailed(
                f"PostgreSQL does not let the recorder make its tables: {error}",
                remedy="Give the recorder a database of its own, which it owns.",
            ) from error
        except BaseException:
            await pool.close()
            raise
        return HistoryDatabase(pool)

    async def set_aside(self, house: House) -> str:
        raise StoreFailed("PostgreSQL's own tools mend its tables, not the recorder")

    def _address(self) -> str:
        """Return the address as asyncpg takes it: Home Assistant's may name a driver."""
        scheme, _, rest = self.url.partition("://")
        return f"{scheme.partition('+')[0]}://{rest}"


async def _migrate(connection: Connection[Any]) -> None:
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
        await connection.execute("CREATE TABLE IF NOT EXISTS hearth_schema (version INTEGER NOT NULL)")
        version = await connection.fetchval("SELECT max(version) FROM hearth_schema") or 0
        if version > len(schema.MIGRATIONS):
            raise HubError(
                f"a newer version of the hub has written this database (schema {version})",
                remedy="Run that version, or give the recorder another database.",
            )
        for number, migration in enumerate(schema.MIGRATIONS[version:], version + 1):
            await connection.execute(migration)
            await connection.execute("INSERT INTO hearth_schema VALUES ($1)", number)
    if version == 0:
        await _use_timescale(connection)


async def _use_timescale(connection: Connection[Any]) -> None:
    """Let TimescaleDB keep `changes` in pieces by time, if this database has it; else it is a plain table."""
    import asyncpg

    if not await connection.fetchval(schema.HAS_TIMESCALE):
        return
    try:
        await connection.execute(schema.MAKE_HYPERTABLE, schema.HYPERTABLE_MICROSECONDS)
    except asyncpg.PostgresError as error:
        log.warning("TimescaleDB is there, but makes no hypertable: %s", error)
        return
    log.info("history is kept in a TimescaleDB hypertable")
