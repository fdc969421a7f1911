"""The address is Home Assistant's, and a server that is not there stops nothing."""

from __future__ import annotations

import pytest

from hub.api import StoreFailed
from plugins.postgres.store import PostgresStore


def test_a_driver_in_the_address_is_left_out():
    assert PostgresStore(url="postgresql+psycopg2://a@b/c")._address() == "postgresql://a@b/c"


async def test_a_server_that_is_not_there_is_tried_again(house, tmp_path):
    pytest.importorskip("asyncpg", reason="history in PostgreSQL needs hearth-hub[postgres]")
    store = PostgresStore(url=f"postgresql://a@/b?host={tmp_path}")
    with pytest.raises(StoreFailed, match="does not let the recorder in"):
        await store.open(house.house)


def test_home_assistants_section_is_read(house):
    found = house.read({"recorder": {"db_url": "postgresql://hearth:secret@db/hearth", "db_max_retries": 3}})
    assert found.errors == []
    assert isinstance(found.recorder.store, PostgresStore)
