"""What only PostgreSQL has: rights that are missing, and TimescaleDB if it is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hub.core.errors import StoreFailed
from hub.core.settings import Settings
from hub.core.store import HistoryStore
from hub.testing import SimulatedHouse

asyncpg = pytest.importorskip("asyncpg", reason="history in PostgreSQL needs hearth-hub[postgres]")
# As superuser the extension can be said to be there; the function then notes what it is called with.
FAKE = """
    SET allow_system_table_mods = on;
    INSERT INTO pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
        VALUES (99999, 'timescaledb', 10, 2200, false, '2.17.0');
    CREATE TABLE called (relation TEXT, time_column TEXT, width BIGINT);
    CREATE FUNCTION create_hypertable(
        relation REGCLASS, time_column_name NAME, partitioning_column NAME = NULL,
        chunk_time_interval ANYELEMENT = NULL::bigint
    ) RETURNS VOID LANGUAGE plpgsql AS $$ BEGIN {body} END $$;
"""
NOTES = "INSERT INTO called VALUES (relation::text, time_column_name, chunk_time_interval);"


async def opened(url: str, folder: Path) -> HistoryStore:
    simulated = SimulatedHouse(settings=Settings(data_dir=folder))
    if "postgresql" not in simulated.house.kinds.stores:
        pytest.skip("no plugin offers postgresql")
    store: HistoryStore = await simulated.house.kinds.stores["postgresql"](url=url).open(simulated.house)
    return store


async def told(url: str, statement: str) -> Any:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetch(statement)
    finally:
        await connection.close()


async def run(url: str, script: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(script)
    await connection.close()


async def test_timescale_keeps_changes_in_pieces_of_a_week(postgres_url: str, tmp_path: Path) -> None:
    await run(postgres_url, FAKE.format(body=NOTES))
    for _ in range(2):  # only when the tables are made
        await (await opened(postgres_url, tmp_path)).close()
    (row,) = await told(postgres_url, "SELECT * FROM called")
    assert tuple(row) == ("changes", "at", 7 * 86_400 * 1_000_000)


async def test_where_it_makes_no_hypertable_a_plain_table_does(
    postgres_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await run(postgres_url, FAKE.format(body="RAISE EXCEPTION 'no licence';"))
    store = await opened(postgres_url, tmp_path)
    assert await store.entities() == {}
    await store.close()
    assert any("no licence" in record.getMessage() for record in caplog.records)


async def test_without_the_right_to_make_tables_it_says_what_is_missing(
    postgres_url: str, tmp_path: Path
) -> None:
    name = postgres_url.partition("@/")[2].partition("?")[0]
    await run(postgres_url, f"CREATE ROLE poor_{name} LOGIN; REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    with pytest.raises(StoreFailed, match=r"permission denied.*which it owns"):
        await opened(postgres_url.replace("postgres@", f"poor_{name}@"), tmp_path)
