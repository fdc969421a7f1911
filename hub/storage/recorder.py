"""Record what happens: from the bus into a queue, and from there in batches into the store.

Nothing on the way of a message waits for it. What listens only puts a pair into a list; a task of its own
writes it, once a second or when 500 have come together. While the store fails the house goes on: the
queue holds what it can, what is too much is counted, and one clear alarm is given.
"""

from __future__ import annotations

import asyncio
import logging

from hub.core.clock import Detach, nothing, together
from hub.core.errors import HubError, StoreBroken, StoreFailed
from hub.core.events import (
    AUTOMATION_TRIGGERED,
    HUB_STARTED,
    HUB_STOP,
    SCRIPT_STARTED,
    Event,
    StateChanged,
)
from hub.core.notices import post, take_down
from hub.core.ports import House
from hub.core.store import COPYING, MICRO, Batch, HistoryStore
from hub.kinds import Store
from hub.storage.batches import REMOVED, Batcher, Recordable
from hub.storage.model import RecorderModel

log = logging.getLogger("hub.recorder")

BATCH = 500
# About 50 MB of states: what a store that is away for a while can miss without loss.
MOST_WAITING = 50_000
RETRY_SECONDS = 10.0
RECORDER_FAILING = "recorder_failing"
RECORDER_RECOVERED = "recorder_recovered"
LOGBOOK_ENTRY = "logbook_entry"
_ALL, _STATES = "all", "states"
_RUNNING = ("automation", "script")
"""Only their states are recorded: that one ran, and when, is an event of its own."""
EVENTS_OF_INTEREST = (
    AUTOMATION_TRIGGERED,
    SCRIPT_STARTED,
    HUB_STARTED,
    HUB_STOP,
    LOGBOOK_ENTRY,
    "safety_acted",
)


class Recorder:
    """Writes what happens in one house into one store."""

    def __init__(self, house: House, kind: Store, model: RecorderModel) -> None:
        self._house = house
        self._kind = kind
        self._model = model
        self._accepts = model.filter
        self._recorded: dict[str, str] = {}
        self._queue: list[Recordable] = []
        self._stuck: tuple[list[Recordable], Batch] | None = None
        """What was taken from the queue and could not be written."""
        self._batcher: Batcher | None = None
        self._turn = asyncio.Lock()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._checking: asyncio.Task[None] | None = None
        self._timer: Detach = nothing
        self._again: Detach = nothing
        self._closing = False
        self._stop_listening: Detach = nothing
        self.store: HistoryStore | None = None
        self.problem = ""
        """Why nothing can be written at the moment."""
        self.lost = 0
        """How many changes there was no room for."""
        self.written = 0
        self.started = int(house.clock.timestamp())
        self.compiled = 0
        """Up to when there were statistics when the store was opened (seconds)."""
        self.resumed_from: int | None = None
        """When the recording before this one ended (seconds)."""
        self.paused = False

    # --- listened to ---

    def attend(self) -> None:
        """Begin to record: what is there already, and whatever changes from now on."""
        bus = self._house.bus
        for state in self._house.states:
            self._changed(StateChanged(state.entity_id, None, state, state.cause))
        wanted = {*EVENTS_OF_INTEREST, *self._model.include.event_types} - {*self._model.exclude.event_types}
        self._stop_listening = together(
            [
                bus.listen(StateChanged.event_type, self._changed),
                *(bus.listen(name, self._happened) for name in sorted(wanted) if name != "state_changed"),
            ]
        )
        self._task = asyncio.get_running_loop().create_task(self._work(), name="recorder")

    def _changed(self, event: StateChanged) -> None:
        entity_id = event.entity_id
        recorded = self._recorded.get(entity_id)
        if recorded is None:
            recorded = self._recorded[entity_id] = self._kept_of(entity_id)
        if not recorded:
            return
        cause = event.cause
        new, old = event.new, event.old
        if recorded is _STATES and new is not None and old is not None and new.state == old.state:
            return
        if new is None:
            gone = Event(REMOVED, {"entity_id": entity_id}, cause, self._house.clock.timestamp())
            self._put((gone, cause))
            return
        self._put((event, cause))

    def _kept_of(self, entity_id: str) -> str:
        if not self._accepts(entity_id):
            return ""
        return _STATES if entity_id.partition(".")[0] in _RUNNING else _ALL

    def _happened(self, event: Event) -> None:
        self._put((event, event.cause))
        if event.event_type == HUB_STOP:  # that everything goes now tells nothing
            self._stop_listening()

    def _put(self, pair: Recordable) -> None:
        if self.paused:
            return
        queue = self._queue
        if len(queue) >= MOST_WAITING:
            self.lost += 1
            return
        queue.append(pair)
        if len(queue) == 1:
            interval = self._model.commit_interval.total_seconds()
            self._timer = self._house.clock.call_later(interval, self._wake.set)
        elif len(queue) == BATCH and not self.problem:
            self._wake.set()

    # --- written ---

    async def _work(self) -> None:
        while not self._closing:
            try:
                await self.flush()
            except StoreFailed:
                self._again = self._house.clock.call_later(RETRY_SECONDS, self._wake.set)
            except Exception:  # the next batch gets its chance
                log.exception("the recorder failed")
                self._stuck = None
            await self._wake.wait()
            self._wake.clear()

    async def flush(self) -> None:
        """Write everything that waits; raises `StoreFailed` if that can't be done."""
        async with self._turn:
            try:
                await self._open()
                await self._write_all()
            except StoreBroken as error:
                await self._begin_anew(str(error))
                await self._write_all()
            except StoreFailed as error:
                self._complain(error)
                raise
            except HubError as error:  # a file that is not ours, or of a newer hub: nothing to set aside
                self._complain(error)
                raise StoreFailed(error.problem, remedy=error.remedy) from error
            self._all_is_well()

    async def _write_all(self) -> None:
        assert self.store is not None
        assert self._batcher is not None
        while self._stuck is not None or self._queue:
            if self._stuck is None:
                taken = self._queue[:BATCH]
                batch = self._batcher.build(taken)
                del self._queue[: len(taken)]
                self._stuck = (taken, batch)
            taken, batch = self._stuck
            await self.store.write(batch)
            self.written += len(taken)
            self._stuck = None

    async def _open(self) -> None:
        if self.store is not None:
            return
        try:
            store = await self._kind.open(self._house)
        except StoreBroken as error:
            store = await self._replaced(str(error))
        try:
            contents = await store.load(self.started)
        except StoreBroken as error:
            await store.close()
            store = await self._replaced(str(error))
            contents = await store.load(self.started)
        except BaseException:
            await store.close()
            raise
        if contents.compiled == COPYING:
            await store.close()
            raise HubError(
                "history is only in part in its store: a migration was broken off",
                remedy="Stop the hub, and run `hub storage migrate` again with the old db_url.",
            )
        self._batcher = Batcher(contents)
        self.compiled = contents.compiled
        last = contents.last // MICRO
        self.resumed_from = (last if contents.stopped is None else contents.stopped) if last else None
        self.store = store
        if contents.stopped is None:
            log.warning("the hub ended without a word; its history is looked through beside all other work")
            check = self._check(store)
            self._checking = asyncio.get_running_loop().create_task(check, name="checking history")

    async def _check(self, store: HistoryStore) -> None:
        try:
            wrong = await store.check()
        except StoreFailed as error:
            log.warning("history could not be looked through: %s", error)
            return
        if not wrong:
            log.info("history is whole")
        elif store is self.store:
            async with self._turn:
                await self._begin_anew(wrong)

    async def _begin_anew(self, why: str) -> None:
        """Go on with a new store, because this one is damaged. What waits to be written goes there."""
        if self.store is not None:
            try:
                await self.store.close()
            except HubError:
                log.debug("the damaged store did not close", exc_info=True)
        waiting = self._stuck[0] if self._stuck is not None else []
        self._stuck, self.store = None, None
        self._queue[:0] = waiting
        store = await self._replaced(why)
        self.started = int(self._house.clock.timestamp())
        self._batcher = Batcher(await store.load(self.started))
        self.compiled, self.resumed_from = 0, None
        self.store = store
        for state in self._house.states:  # a new history begins with what is
            if self._recorded.get(state.entity_id):
                self._queue.append((StateChanged(state.entity_id, None, state, None), state.cause))

    async def _replaced(self, why: str) -> HistoryStore:
        kept = await self._kind.set_aside(self._house)
        text = f"history was damaged ({why}). It is kept as {kept}; a new one begins"
        log.error("%s", text)
        post(self._house, "recorder_damaged", "History was damaged", text)
        return await self._kind.open(self._house)

    # --- told ---

    def _complain(self, error: HubError) -> None:
        text = f"history is not recorded: {error}. The house goes on; this is tried again and again"
        if not self.problem:
            log.error("%s", text)
            post(self._house, RECORDER_FAILING, "History is not recorded", text)
            self._house.bus.emit(RECORDER_FAILING, {"problem": str(error)})
        self.problem = str(error)

    def _all_is_well(self) -> None:
        if self.lost:
            log.error("%s changes were not recorded: there was no room for them", self.lost)
            self.lost = 0
        if self.problem:
            self.problem = ""
            log.warning("history is recorded again")
            take_down(self._house, RECORDER_FAILING)
            self._house.bus.emit(RECORDER_RECOVERED, {})

    # --- over ---

    def forget_sets(self, entity: int) -> None:
        """Take note that sets of attributes of an entity were deleted."""
        if self._batcher is not None:
            self._batcher.forget_sets(entity)

    @property
    def turn(self) -> asyncio.Lock:
        """Held by whoever must not be written beside."""
        return self._turn

    @property
    def waiting(self) -> int:
        """How many changes are not written yet."""
        return len(self._queue) + (len(self._stuck[0]) if self._stuck is not None else 0)

    async def close(self) -> None:
        """Write what is left and close the store."""
        self._stop_listening()
        self._timer()
        self._closing = True
        self._wake.set()
        if self._checking is not None:
            self._checking.cancel()
            await asyncio.wait([self._checking])
        if self._task is not None:
            await asyncio.wait([self._task])
        self._again()
        try:
            await self.flush()
        except StoreFailed:
            log.error("%s changes were not recorded", self.waiting)
        if self.store is not None:
            store, self.store = self.store, None
            try:
                await store.end(int(self._house.clock.timestamp()))
            except StoreFailed as error:
                log.warning("history was not closed well: %s", error)
            await store.close()
