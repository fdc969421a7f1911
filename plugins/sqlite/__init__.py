"""Keep history in an SQLite file."""

from __future__ import annotations

from hub.api import Store, hookimpl
from plugins.sqlite.store import SqliteStore


@hookimpl
def stores() -> dict[str, type[Store]]:
    return {"sqlite": SqliteStore}
