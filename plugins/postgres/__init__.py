"""Keep history in PostgreSQL."""

from __future__ import annotations

from hub.api import Store, hookimpl
from plugins.postgres.store import PostgresStore


@hookimpl
def stores() -> dict[str, type[Store]]:
    return {"postgresql": PostgresStore}
