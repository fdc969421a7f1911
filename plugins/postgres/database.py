"""History in PostgreSQL (`hub.api.store.HistoryStore`). Rows go in by COPY."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hub.api import StoreFailed, store
from plugins.postgres import schema

if TYPE_CHECKING:
    from asyncpg import Pool

KNOWN_ATTRIBUTES = 5000


class HistoryDatabase:
    """A database while it is open."""

    def __init__(self, pool: Pool[Any]) -> None:
        self._pool = pool

    async def close(self) -> None:
        await self._pool.close()

    async def size(self) -> int:
        return int(await self._value(schema.SIZE))

    # --- recorded ---

    async def load(self, now: int) -> store.Contents:
        attributes = await self._fetch(schema.LATEST_ATTRIBUTES, KNOWN_ATTRIBUTES)
        ended = await self._fetch(schema.LAST_RUN)
        contents = store.Contents(
            entities=await self.entities(),
            attributes=[(id, entity, data) for id, entity, data in attributes],
            last_cause=await self._value(schema.LAST_CAUSE),
            series=await self.series(),
            compiled=await self._value(schema.COMPILED) or 0,
            stopped=ended[0][0] if ended else now,
            last=await self._value(schema.LAST_CHANGE) or 0,
        )
        await self._run(schema.BEGIN_RUN, now)
        return contents

    async def end(self, now: int) -> None:
        await self._run(schema.END_RUN, now)

    async def write(self, batch: store.Batch) -> None:
        tables = ("entities", "attributes", "causes", "changes", "events", "series")
        await self._copy([(table, rows) for table in tables if (rows := getattr(batch, table))])

    async def save_statistics(
        self,
        resolution: store.Resolution,
        rows: Sequence[store.StatisticRow],
        compiled: int | None = None,
    ) -> None:
        await self._copy([(schema.STATISTICS[resolution], rows)] if rows else [], compiled)

    async def _copy(self, parts: Sequence[tuple[str, Sequence[Any]]], compiled: int | None = None) -> None:
        """Write rows of tables as one transaction: into staging tables, and from there into their own."""
        async with self._told() as connection, connection.transaction():
            for table, rows in parts:
                columns = schema.COLUMNS[table]
                await connection.execute(schema.stage(table))
                await connection.copy_records_to_table(f"staging_{table}", records=rows, columns=columns)
                await connection.execute(schema.merge(table))
                await connection.execute(f"TRUNCATE staging_{table}")
            if compiled is not None:
                await connection.execute(schema.SAVE_FACT, "compiled", compiled)

    # --- asked ---

    async def entities(self) -> dict[str, int]:
        return dict(await self._fetch(schema.ENTITIES))

    async def changes(
        self, entity: int, since: int, until: int, *, most: int, text_only: bool = False
    ) -> list[tuple[store.Change, str | None]]:
        query = schema.TEXT_CHANGES if text_only else schema.CHANGES
        rows = await self._fetch(query, entity, since, until, most)
        return [(store.Change(*row[:6]), row[6]) for row in rows]

    async def change_before(self, entity: int, at: int) -> tuple[store.Change, str | None] | None:
        rows = await self._fetch(schema.CHANGE_BEFORE, entity, at)
        return next(((store.Change(*row[:6]), row[6]) for row in rows), None)

    async def readings(self, entity: int, since: int, until: int) -> tuple[list[int], list[str | None]]:
        ((times, states),) = await self._fetch(schema.READINGS, entity, since, until)
        return times, states

    async def logged(self, entities: Sequence[int], since: int, until: int, most: int) -> list[store.Logged]:
        rows = await self._fetch(schema.LOGGED, list(entities), since, until, most)
        return [
            store.Logged(entity, at, state, data, _cause(cause))
            for entity, at, state, data, *cause in reversed(rows)
        ]

    async def events(
        self, types: Sequence[str], since: int, until: int, most: int
    ) -> list[tuple[store.EventRow, store.CauseRow | None]]:
        rows = await self._fetch(schema.EVENTS, list(types), since, until, most)
        return [(store.EventRow(*row[:4]), _cause(row[4:])) for row in reversed(rows)]

    async def causes(self, ids: Sequence[int]) -> list[store.CauseRow]:
        return [store.CauseRow(*row) for row in await self._fetch(schema.CAUSES, list(ids))]

    async def series(self) -> list[store.Series]:
        return [store.Series(*row) for row in await self._fetch(schema.SERIES)]

    async def statistics(
        self, resolution: store.Resolution, entities: Sequence[int], since: int, until: int
    ) -> list[store.StatisticRow]:
        rows = await self._fetch(schema.READ_STATISTICS[resolution], list(entities), since, until)
        return [store.StatisticRow(*row) for row in rows]

    async def statistic_before(
        self, resolution: store.Resolution, entity: int, before: int
    ) -> store.StatisticRow | None:
        rows = await self._fetch(schema.STATISTIC_BEFORE[resolution], entity, before)
        return next((store.StatisticRow(*row) for row in rows), None)

    # --- retention ---

    async def purge(self, entity: int, before: int, most: int) -> int:
        return await self._run(schema.PURGE, entity, before, most)

    async def purge_attributes(self, entity: int) -> int:
        return await self._run(schema.PURGE_ATTRIBUTES, entity)

    async def purge_others(self, before: int, most: int) -> int:
        events = await self._run(schema.PURGE_EVENTS, before, most)
        return events + await self._run(schema.PURGE_CAUSES, before, most)

    async def purge_statistics(self, before: int, most: int) -> int:
        return await self._run(schema.PURGE_STATISTICS, before, most)

    async def give_back(self) -> None:
        """Leave it to PostgreSQL, which cleans up after itself."""

    # --- care ---

    async def check(self) -> str:
        """Leave it to PostgreSQL, which looks after its own files."""
        return ""

    async def snapshot(self, target: Path) -> None:
        raise StoreFailed("history in PostgreSQL is backed up there", remedy="Use pg_dump.")

    # --- one statement ---

    async def _fetch(self, query: str, *values: Any) -> list[Any]:
        async with self._told() as connection:
            return [tuple(row) for row in await connection.fetch(query, *values)]

    async def _value(self, query: str) -> Any:
        async with self._told() as connection:
            return await connection.fetchval(query)

    async def _run(self, query: str, *values: Any) -> int:
        """Run a statement; return how many rows it was about."""
        async with self._told() as connection:
            status = str(await connection.execute(query, *values))
        return int(status.rpartition(" ")[2] or 0)

    @asynccontextmanager
    async def _told(self) -> AsyncIterator[Any]:
        """Give a connection, and say in the hub's words what PostgreSQL and the network say."""
        import asyncpg

        try:
            async with self._pool.acquire(timeout=10) as connection:
                yield connection
        except (
            *(asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.DataError),
            *(OSError, TimeoutError),
        ) as error:
            raise StoreFailed(f"PostgreSQL: {error or type(error).__name__}") from error


def _cause(columns: Sequence[Any] | Iterable[Any]) -> store.CauseRow | None:
    row = tuple(columns)
    return store.CauseRow(*row) if row[0] is not None else None
