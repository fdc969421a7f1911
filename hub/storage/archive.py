"""The house's memory as a whole: what records, what takes together, what lets go, and who answers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import Field

from hub.calls import check
from hub.core.clock import Detach, nothing, together
from hub.core.errors import HubError, StoreFailed
from hub.core.history import History, NoHistory
from hub.core.ports import House
from hub.core.services import ServiceCall
from hub.core.store import HistoryStore
from hub.fields import Bool, EntityIds, OneOrMany, Text
from hub.kinds import NoData, ServiceData
from hub.storage.compiler import Compiler, Rounds
from hub.storage.filter import Chosen, EntityFilter
from hub.storage.history import KeptHistory
from hub.storage.model import RecorderModel
from hub.storage.recorder import LOGBOOK_ENTRY, Recorder
from hub.storage.retention import Retention

log = logging.getLogger("hub.recorder")


class Archive:
    """One house's recorder with all that belongs to it. `history` is what others ask."""

    def __init__(
        self, house: House, model: RecorderModel, hides: Callable[[str], bool] = lambda _: False
    ) -> None:
        self._house = house
        self._model = model
        self._hides = hides
        self.recorder: Recorder | None = None
        self._work = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._stop: Detach = nothing
        self.history: History = NoHistory()

    def begin(self) -> None:
        """Record from now on. The store is opened beside the house's start, which does not wait for it."""
        if self._model.store is None:
            log.warning("no plugin offers a store: nothing is recorded")
            return
        self.recorder = recorder = Recorder(self._house, self._model.store, self._model)
        self._compiler = Compiler(self._house, recorder)
        self._retention = Retention(self._house, recorder)
        house = self._house
        self.history = self.kept = KeptHistory(
            self.ready, house.clock, house.settings, lambda entity_id: name_of(house, entity_id), self._hides
        )
        house.history = self.history
        recorder.attend()
        rounds = Rounds(self._house, self._work)
        self._stop = together([rounds.stop, *self._offer_services()])
        self._task = asyncio.get_running_loop().create_task(self._rounds(), name="statistics")

    async def ready(self) -> HistoryStore:
        """Return the store with everything in it that happened so far, as far as that can be written.

        Raises `StoreFailed` if there is no store.
        """
        recorder = self.recorder
        if recorder is None:
            raise StoreFailed("nothing is recorded", remedy="Add the plugin of a store.")
        try:
            await recorder.flush()
        except StoreFailed:
            if recorder.store is None:
                raise
        assert recorder.store is not None
        return recorder.store

    async def compile(self) -> None:
        """Bring statistics up to now."""
        if await self._compiler.compile() and self._model.auto_purge:
            await self._retention.purge(self._model.purge_keep_days, self._model.statistics_keep_days)

    async def _rounds(self) -> None:
        while True:
            try:
                await self.compile()
            except StoreFailed as error:
                log.debug("statistics wait: %s", error)
            except Exception:  # the next round gets its chance
                log.exception("statistics could not be made")
            await self._work.wait()
            self._work.clear()

    async def close(self) -> None:
        """Write what is left and close the store."""
        self._stop()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        recorder, self.recorder = self.recorder, None
        if recorder is not None:
            await recorder.close()
        self._house.history = NoHistory()

    async def status(self) -> Mapping[str, Any]:
        """Say how recording goes."""
        recorder = self.recorder
        if recorder is None:
            return {"recording": False, "problem": "no plugin offers a store"}
        return {
            "recording": not recorder.paused and not recorder.problem,
            "problem": recorder.problem,
            "waiting": recorder.waiting,
            "written": recorder.written,
            "lost": recorder.lost,
            "bytes": await recorder.store.size() if recorder.store is not None else 0,
        }

    # --- services ---

    def _offer_services(self) -> list[Detach]:
        offered = (
            ("recorder", "purge", self._purge, PurgeData),
            ("recorder", "purge_entities", self._purge_entities, PurgeEntitiesData),
            ("recorder", "disable", self._pause, NoData),
            ("recorder", "enable", self._go_on, NoData),
            ("logbook", "log", self._log, LogData),
        )
        return [self._offer(*each) for each in offered]

    def _offer(self, domain: str, service: str, handler: Any, model: type[ServiceData]) -> Detach:
        return self._house.services.register(
            domain,
            service,
            handler,
            schema=lambda data: check(f"{domain}.{service}", model, data),
            description=(model.__doc__ or "").strip(),
            model=model,
        )

    async def _purge(self, call: ServiceCall) -> None:
        days = call.fields.keep_days
        await self._retention.purge(
            self._model.purge_keep_days if days is None else days, self._model.statistics_keep_days
        )

    async def _purge_entities(self, call: ServiceCall) -> None:
        fields: PurgeEntitiesData = call.fields
        chosen = Chosen(frozenset(fields.entity_id), frozenset(fields.domains), tuple(fields.entity_globs))
        if not chosen:
            raise HubError("recorder.purge_entities needs entity_id, domains or entity_globs")
        wanted = EntityFilter(chosen, Chosen())
        known = [entity_id for entity_id in await self.history.entity_ids() if wanted(entity_id)]
        await self._retention.purge_entities(known, fields.keep_days)

    def _pause(self, call: ServiceCall) -> None:
        if self.recorder is not None:
            self.recorder.paused = True

    def _go_on(self, call: ServiceCall) -> None:
        if self.recorder is not None:
            self.recorder.paused = False

    def _log(self, call: ServiceCall) -> None:
        told = call.fields.model_dump(exclude_none=True)
        self._house.bus.emit(LOGBOOK_ENTRY, told, call.cause)


class PurgeData(ServiceData):
    """Delete what is older than so many days."""

    keep_days: float | None = Field(None, ge=0)
    repack: Bool = False
    apply_filter: Bool = False


class PurgeEntitiesData(ServiceData):
    """Delete what was recorded of some entities."""

    entity_id: EntityIds = ()
    domains: OneOrMany[Text] = ()
    entity_globs: OneOrMany[Text] = ()
    keep_days: float = Field(0, ge=0)


class LogData(ServiceData):
    """Write a line into the logbook."""

    name: Text
    message: Text
    entity_id: str | None = None
    domain: str | None = None


def name_of(house: House, entity_id: str) -> str:
    """Return how people call an entity; nothing if it is not there."""
    state = house.states.get(entity_id)
    return state.name if state is not None else ""
