"""The tables of `history.db`, and what is said to them.

Rows come in as one JSON text for each statement: SQLite takes them apart in its own thread, and the loop's
thread is not asked for the interpreter once for each row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from hub.api import store

APPLICATION_ID = 0x48424849
"""Marks the file as ours."""

MIGRATIONS = (
    """
    CREATE TABLE entities (
        id INTEGER PRIMARY KEY,
        entity_id TEXT NOT NULL UNIQUE
    ) STRICT;
    CREATE TABLE attributes (
        id INTEGER PRIMARY KEY,
        entity INTEGER NOT NULL,
        data TEXT NOT NULL
    ) STRICT;
    CREATE INDEX attributes_by_entity ON attributes (entity);
    CREATE TABLE causes (
        id INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        context TEXT NOT NULL,
        parent INTEGER,
        user TEXT,
        origin TEXT NOT NULL,
        because TEXT NOT NULL
    ) STRICT;
    CREATE INDEX causes_by_time ON causes (at);
    CREATE TABLE changes (
        entity INTEGER NOT NULL,
        at INTEGER NOT NULL,
        state TEXT,
        attributes INTEGER,
        cause INTEGER,
        changed INTEGER,
        PRIMARY KEY (entity, at)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE events (
        at INTEGER NOT NULL,
        type TEXT NOT NULL,
        data TEXT NOT NULL,
        cause INTEGER
    ) STRICT;
    CREATE INDEX events_by_time ON events (at);
    CREATE TABLE series (
        entity INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        unit TEXT NOT NULL
    ) STRICT;
    CREATE TABLE statistics_5minute (
        entity INTEGER NOT NULL,
        start INTEGER NOT NULL,
        mean REAL,
        min REAL,
        max REAL,
        last REAL,
        sum REAL,
        PRIMARY KEY (entity, start)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE statistics_hour (
        entity INTEGER NOT NULL,
        start INTEGER NOT NULL,
        mean REAL,
        min REAL,
        max REAL,
        last REAL,
        sum REAL,
        PRIMARY KEY (entity, start)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE runs (
        started INTEGER NOT NULL,
        ended INTEGER
    ) STRICT;
    CREATE TABLE facts (
        name TEXT PRIMARY KEY,
        value INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
)
"""Each brings a database one version further. One that was released is never changed: a database of each
version is kept with the tests."""


class Insert(NamedTuple):
    """How the rows of one table are written."""

    table: str
    columns: int

    @property
    def statement(self) -> str:
        values = ", ".join(f"json_extract(value, '$[{index}]')" for index in range(self.columns))
        return f"INSERT OR REPLACE INTO {self.table} SELECT {values} FROM json_each(?)"


INSERTS = {
    "entities": Insert("entities", 2).statement,
    "attributes": Insert("attributes", 3).statement,
    "causes": Insert("causes", 7).statement,
    "changes": Insert("changes", 6).statement,
    "events": Insert("events", 4).statement,
    "series": Insert("series", 3).statement,
}
"""By the fields of a batch, in the order in which they are written."""

STATISTICS: dict[store.Resolution, str] = {"5minute": "statistics_5minute", "hour": "statistics_hour"}
SAVE_STATISTICS = {
    resolution: Insert(table, len(store.StatisticRow._fields)).statement
    for resolution, table in STATISTICS.items()
}
SAVE_COMPILED = "INSERT OR REPLACE INTO facts VALUES ('compiled', ?)"

_AMONG = "IN (SELECT value FROM json_each(?))"
ENTITIES = "SELECT entity_id, id FROM entities"
LATEST_ATTRIBUTES = "SELECT id, entity, data FROM attributes ORDER BY id DESC LIMIT ?"
LAST_CAUSE = "SELECT coalesce(max(id), 0) FROM causes"
LAST_CHANGE = "SELECT max((SELECT max(at) FROM changes WHERE entity = entities.id)) FROM entities"
COMPILED = "SELECT value FROM facts WHERE name = 'compiled'"
SERIES = "SELECT entity, kind, unit FROM series"
LAST_RUN = "SELECT ended FROM runs ORDER BY rowid DESC LIMIT 1"
BEGIN_RUN = "INSERT INTO runs VALUES (?, NULL)"
END_RUN = "UPDATE runs SET ended = ? WHERE rowid = (SELECT max(rowid) FROM runs)"

_WHOLE = (
    "SELECT c.entity, c.at, c.state, c.attributes, c.cause, c.changed, a.data "
    "FROM changes c LEFT JOIN attributes a ON a.id = c.attributes "
)
CHANGES = f"{_WHOLE} WHERE c.entity = ? AND c.at >= ? AND c.at < ? ORDER BY c.at LIMIT ?"
TEXT_CHANGES = (
    f"{_WHOLE} WHERE c.entity = ? AND c.at >= ? AND c.at < ? AND c.changed IS NULL ORDER BY c.at LIMIT ?"
)
CHANGE_BEFORE = f"{_WHOLE} WHERE c.entity = ? AND c.at < ? ORDER BY c.at DESC LIMIT 1"
READINGS = (
    "SELECT json_group_array(at), json_group_array(state) FROM "
    "(SELECT at, state FROM changes WHERE entity = ? AND at >= ? AND at < ? ORDER BY at)"
)
_CAUSE = "k.id, k.at, k.context, k.parent, k.user, k.origin, k.because"
LOGGED = (
    f"SELECT c.entity, c.at, c.state, a.data, {_CAUSE} "
    "FROM changes c LEFT JOIN attributes a ON a.id = c.attributes LEFT JOIN causes k ON k.id = c.cause "
    f"WHERE c.entity {_AMONG} AND c.at >= ? AND c.at < ? AND c.changed IS NULL "
    "ORDER BY c.at DESC LIMIT ?"
)
_EVENTS = (
    f"SELECT e.at, e.type, e.data, e.cause, {_CAUSE} FROM events e LEFT JOIN causes k ON k.id = e.cause "
)
EVENTS = f"{_EVENTS} WHERE e.at >= ? AND e.at < ? ORDER BY e.at DESC LIMIT ?"
EVENTS_OF = f"{_EVENTS} WHERE e.type {_AMONG} AND e.at >= ? AND e.at < ? ORDER BY e.at DESC LIMIT ?"
CAUSES = f"SELECT {_CAUSE} FROM causes k WHERE k.id {_AMONG}"

_STATISTIC = "SELECT entity, start, mean, min, max, last, sum FROM"
READ_STATISTICS = {
    resolution: f"{_STATISTIC} {table} WHERE entity {_AMONG} AND start >= ? AND start < ? "
    "ORDER BY entity, start"
    for resolution, table in STATISTICS.items()
}
STATISTIC_BEFORE = {
    resolution: f"{_STATISTIC} {table} WHERE entity = ? AND start < ? ORDER BY start DESC LIMIT 1"
    for resolution, table in STATISTICS.items()
}

# What was true at the time before which all goes stays: else the range that is kept would begin in the dark.
PURGE = (
    "DELETE FROM changes WHERE entity = ?1 "
    "AND at < (SELECT max(at) FROM changes WHERE entity = ?1 AND at < ?2) "
    "AND at < coalesce((SELECT at FROM changes WHERE entity = ?1 ORDER BY at LIMIT 1 OFFSET ?3), ?2)"
)
PURGE_ATTRIBUTES = (
    "DELETE FROM attributes WHERE entity = ?1 AND id NOT IN "
    "(SELECT attributes FROM changes WHERE entity = ?1 AND attributes IS NOT NULL)"
)
PURGE_EVENTS = "DELETE FROM events WHERE rowid IN (SELECT rowid FROM events WHERE at < ? ORDER BY at LIMIT ?)"
PURGE_CAUSES = "DELETE FROM causes WHERE id IN (SELECT id FROM causes WHERE at < ? ORDER BY at LIMIT ?)"
# By the entities with statistics: so the primary key finds what is old, and nothing else is looked at.
PURGE_STATISTICS = (
    "DELETE FROM statistics_5minute WHERE (entity, start) IN "
    "(SELECT s.entity, s.start FROM series e CROSS JOIN statistics_5minute s "
    "WHERE s.entity = e.entity AND s.start < ? LIMIT ?)"
)


def cause_row(columns: Sequence[Any]) -> store.CauseRow | None:
    """Make a cause of the last columns of a joined row."""
    return store.CauseRow(*columns) if columns[0] is not None else None
