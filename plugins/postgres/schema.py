"""The tables in PostgreSQL: the layout that every store has, and what is said to them."""

from __future__ import annotations

from hub.api import store

# TimescaleDB cuts `changes` into pieces by time, if it is there; a piece is a week.
HYPERTABLE_MICROSECONDS = 7 * 86_400 * store.MICRO
HAS_TIMESCALE = "SELECT count(*) > 0 FROM pg_extension WHERE extname = 'timescaledb'"
MAKE_HYPERTABLE = "SELECT create_hypertable('changes', 'at', chunk_time_interval => $1::bigint)"

MIGRATIONS = (
    """
    CREATE TABLE entities (
        id BIGINT PRIMARY KEY,
        entity_id TEXT NOT NULL UNIQUE
    );
    CREATE TABLE attributes (
        id BIGINT PRIMARY KEY,
        entity BIGINT NOT NULL,
        data TEXT NOT NULL
    );
    CREATE INDEX attributes_by_entity ON attributes (entity);
    CREATE TABLE causes (
        id BIGINT PRIMARY KEY,
        at BIGINT NOT NULL,
        context TEXT NOT NULL,
        parent BIGINT,
        "user" TEXT,
        origin TEXT NOT NULL,
        because TEXT NOT NULL
    );
    CREATE INDEX causes_by_time ON causes (at);
    CREATE TABLE changes (
        entity BIGINT NOT NULL,
        at BIGINT NOT NULL,
        state TEXT,
        attributes BIGINT,
        cause BIGINT,
        changed BIGINT,
        PRIMARY KEY (entity, at)
    );
    CREATE TABLE events (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at BIGINT NOT NULL,
        type TEXT NOT NULL,
        data TEXT NOT NULL,
        cause BIGINT
    );
    CREATE INDEX events_by_time ON events (at);
    CREATE TABLE series (
        entity BIGINT PRIMARY KEY,
        kind TEXT NOT NULL,
        unit TEXT NOT NULL
    );
    CREATE TABLE statistics_5minute (
        entity BIGINT NOT NULL,
        start BIGINT NOT NULL,
        mean DOUBLE PRECISION,
        min DOUBLE PRECISION,
        max DOUBLE PRECISION,
        last DOUBLE PRECISION,
        sum DOUBLE PRECISION,
        PRIMARY KEY (entity, start)
    );
    CREATE TABLE statistics_hour (LIKE statistics_5minute INCLUDING ALL);
    CREATE TABLE runs (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        started BIGINT NOT NULL,
        ended BIGINT
    );
    CREATE TABLE facts (
        name TEXT PRIMARY KEY,
        value BIGINT NOT NULL
    );
    """,
)
"""Each brings the tables one version further. One that was released is never changed."""

STATISTICS: dict[store.Resolution, str] = {"5minute": "statistics_5minute", "hour": "statistics_hour"}
COLUMNS = {
    "entities": ("id", "entity_id"),
    "attributes": ("id", "entity", "data"),
    "causes": ("id", "at", "context", "parent", "user", "origin", "because"),
    "changes": ("entity", "at", "state", "attributes", "cause", "changed"),
    "events": ("at", "type", "data", "cause"),
    "series": ("entity", "kind", "unit"),
    **dict.fromkeys(STATISTICS.values(), store.StatisticRow._fields),
}
_KEYS = {
    "entities": ("id",),
    "attributes": ("id",),
    "causes": ("id",),
    "changes": ("entity", "at"),
    "series": ("entity",),
    **dict.fromkeys(STATISTICS.values(), ("entity", "start")),
}


def merge(table: str) -> str:
    """Return how rows go from the staging table into their own: what is there already is replaced."""
    names = ", ".join(f'"{name}"' for name in COLUMNS[table])
    keys = _KEYS.get(table)
    if keys is None:
        return f"INSERT INTO {table} ({names}) SELECT {names} FROM staging_{table}"
    key = ", ".join(keys)
    rest = ", ".join(f'"{name}" = excluded."{name}"' for name in COLUMNS[table] if name not in keys)
    return (
        f"INSERT INTO {table} ({names}) SELECT DISTINCT ON ({key}) {names} FROM staging_{table} "
        f"ON CONFLICT ({key}) DO UPDATE SET {rest}"
    )


def stage(table: str) -> str:
    """Return how the staging table is made, once for each connection."""
    names = ", ".join(f'"{name}"' for name in COLUMNS[table])
    return (
        f"CREATE TEMPORARY TABLE IF NOT EXISTS staging_{table} ON COMMIT DELETE ROWS "
        f"AS SELECT {names} FROM {table} WITH NO DATA"
    )


SAVE_FACT = "INSERT INTO facts VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
ENTITIES = "SELECT entity_id, id FROM entities"
LATEST_ATTRIBUTES = "SELECT id, entity, data FROM attributes ORDER BY id DESC LIMIT $1"
LAST_CAUSE = "SELECT coalesce(max(id), 0) FROM causes"
LAST_CHANGE = (
    "SELECT max(at) FROM entities, LATERAL "
    "(SELECT at FROM changes WHERE entity = entities.id ORDER BY at DESC LIMIT 1) AS latest"
)
COMPILED = "SELECT value FROM facts WHERE name = 'compiled'"
SERIES = "SELECT entity, kind, unit FROM series"
LAST_RUN = "SELECT ended FROM runs ORDER BY id DESC LIMIT 1"
BEGIN_RUN = "INSERT INTO runs (started) VALUES ($1)"
END_RUN = "UPDATE runs SET ended = $1 WHERE id = (SELECT max(id) FROM runs)"

_WHOLE = (
    "SELECT c.entity, c.at, c.state, c.attributes, c.cause, c.changed, a.data "
    "FROM changes c LEFT JOIN attributes a ON a.id = c.attributes"
)
CHANGES = f"{_WHOLE} WHERE c.entity = $1 AND c.at >= $2 AND c.at < $3 ORDER BY c.at LIMIT $4"
TEXT_CHANGES = (
    f"{_WHOLE} WHERE c.entity = $1 AND c.at >= $2 AND c.at < $3 AND c.changed IS NULL ORDER BY c.at LIMIT $4"
)
CHANGE_BEFORE = f"{_WHOLE} WHERE c.entity = $1 AND c.at < $2 ORDER BY c.at DESC LIMIT 1"
READINGS = (
    "SELECT coalesce(array_agg(at ORDER BY at), '{}'), coalesce(array_agg(state ORDER BY at), '{}') "
    "FROM changes WHERE entity = $1 AND at >= $2 AND at < $3"
)
_CAUSE = 'k.id, k.at, k.context, k.parent, k."user", k.origin, k.because'
LOGGED = (
    f"SELECT c.entity, c.at, c.state, a.data, {_CAUSE} "
    "FROM changes c LEFT JOIN attributes a ON a.id = c.attributes LEFT JOIN causes k ON k.id = c.cause "
    "WHERE c.entity = ANY($1::bigint[]) AND c.at >= $2 AND c.at < $3 AND c.changed IS NULL "
    "ORDER BY c.at DESC LIMIT $4"
)
EVENTS = (
    f"SELECT e.at, e.type, e.data, e.cause, {_CAUSE} FROM events e LEFT JOIN causes k ON k.id = e.cause "
    "WHERE (cardinality($1::text[]) = 0 OR e.type = ANY($1::text[])) AND e.at >= $2 AND e.at < $3 "
    "ORDER BY e.at DESC LIMIT $4"
)
CAUSES = f"SELECT {_CAUSE} FROM causes k WHERE k.id = ANY($1::bigint[])"

_STATISTIC = "SELECT entity, start, mean, min, max, last, sum FROM"
READ_STATISTICS = {
    resolution: f"{_STATISTIC} {table} WHERE entity = ANY($1::bigint[]) AND start >= $2 AND start < $3 "
    "ORDER BY entity, start"
    for resolution, table in STATISTICS.items()
}
STATISTIC_BEFORE = {
    resolution: f"{_STATISTIC} {table} WHERE entity = $1 AND start < $2 ORDER BY start DESC LIMIT 1"
    for resolution, table in STATISTICS.items()
}

PURGE = (
    "DELETE FROM changes WHERE entity = $1 "
    "AND at < (SELECT max(at) FROM changes WHERE entity = $1 AND at < $2) "
    "AND at < coalesce((SELECT at FROM changes WHERE entity = $1 ORDER BY at LIMIT 1 OFFSET $3), $2)"
)
PURGE_ATTRIBUTES = (
    "DELETE FROM attributes a WHERE a.entity = $1 AND NOT EXISTS "
    "(SELECT 1 FROM changes c WHERE c.entity = $1 AND c.attributes = a.id)"
)
PURGE_EVENTS = "DELETE FROM events WHERE id IN (SELECT id FROM events WHERE at < $1 ORDER BY at LIMIT $2)"
PURGE_CAUSES = "DELETE FROM causes WHERE id IN (SELECT id FROM causes WHERE at < $1 ORDER BY at LIMIT $2)"
# By the entities with statistics: so the primary key finds what is old, and nothing else is looked at.
PURGE_STATISTICS = (
    "DELETE FROM statistics_5minute WHERE (entity, start) IN "
    "(SELECT s.entity, s.start FROM series e CROSS JOIN statistics_5minute s "
    "WHERE s.entity = e.entity AND s.start < $1 LIMIT $2)"
)
SIZE = "SELECT pg_database_size(current_database())"
