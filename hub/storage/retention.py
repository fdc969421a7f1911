"""Let go of what is older than it is to be kept, in steps so small that nobody waits for them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection

from hub.core.ports import House
from hub.core.store import MICRO, HistoryStore
from hub.storage.recorder import Recorder

log = logging.getLogger("hub.recorder")

STEP = 2000
DAY = 86_400
# Between two steps whatever else is to be written comes first.
_BREATH = 0.02


class Retention:
    """Purges one recorder's store."""

    def __init__(self, house: House, recorder: Recorder) -> None:
        self._house = house
        self._recorder = recorder
        self._turn = asyncio.Lock()

    async def purge(self, keep_days: float, statistics_keep_days: float) -> int:
        """Delete raw changes, events and 5-minute statistics that are older; return how many rows.

        What an entity was at the time from which on all is kept stays known. Raises `StoreFailed`.
        """
        now = self._house.clock.timestamp()
        before = int((now - keep_days * DAY) * MICRO)
        old_statistics = int(now - statistics_keep_days * DAY)
        async with self._turn:
            store = await self._store()
            gone = 0
            for entity in (await store.entities()).values():
                gone += await self._entity(store, entity, before)
            gone += await self._steps(lambda: store.purge_others(before, STEP))
            gone += await self._steps(lambda: store.purge_statistics(old_statistics, STEP))
            await self._steps_back(store, gone)
        return gone

    async def purge_entities(self, entity_ids: Collection[str], keep_days: float = 0) -> int:
        """Delete what was recorded of these entities; return how many rows."""
        before = int((self._house.clock.timestamp() - keep_days * DAY) * MICRO)
        async with self._turn:
            store = await self._store()
            known = await store.entities()
            gone = 0
            for entity_id in entity_ids:
                if entity_id in known:
                    gone += await self._entity(store, known[entity_id], before)
            await self._steps_back(store, gone)
        return gone

    async def _store(self) -> HistoryStore:
        await self._recorder.flush()
        assert self._recorder.store is not None
        return self._recorder.store

    async def _entity(self, store: HistoryStore, entity: int, before: int) -> int:
        gone = await self._steps(lambda: store.purge(entity, before, STEP))
        if gone:
            async with self._recorder.turn:
                self._recorder.forget_sets(entity)
                await store.purge_attributes(entity)
        return gone

    async def _steps(self, step: Callable[[], Awaitable[int]]) -> int:
        total = 0
        while gone := await step():
            total += gone
            await asyncio.sleep(_BREATH)
        return total

    async def _steps_back(self, store: HistoryStore, gone: int) -> None:
        if gone:
            log.info("%s old rows of history are gone", gone)
            await store.give_back()
