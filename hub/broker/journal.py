"""Collect what a turn of the loop changed, commit it in one go, and tell who waits for that."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from hub.broker.changes import Change
from hub.broker.events import StoringFailed, StoringResumed
from hub.broker.ports import Store
from hub.broker.stats import Stats
from hub.broker.watchers import Watchers
from hub.core.clock import Clock

log = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT = 0.1, 10.0
"""Seconds between two tries of a commit that failed."""
UNSTORED_BYTES = 64 * 1024 * 1024
WEIGHT = 200
"""Bytes that a change takes besides its payload, roughly."""

Act = Callable[[], object]
Commit = Callable[[], Awaitable[None]]


class Journal:
    """The group commit. While a batch is being committed the next one gathers.

    `noted` grows with each change: who compares it before and after an act knows whether the act has to be
    stored before it may be acknowledged. A commit that fails is tried again until it succeeds; until then
    nothing is acknowledged that promises storage, and `full` says when no more such promises may be made.
    """

    def __init__(
        self, store: Store, stats: Stats, watchers: Watchers, clock: Clock, most_bytes: int = UNSTORED_BYTES
    ) -> None:
        self._store = store
        self._most = most_bytes
        self._stats = stats
        self._watchers = watchers
        self._clock = clock
        self._changes: list[Change] = []
        self._stored: list[Act] = []
        self._sends: list[Act] = []
        self._task: asyncio.Task[None] | None = None
        self._retry: asyncio.Event | None = None
        self._closing = self._elsewhere = False
        self.others: list[Commit] = []
        """Commit what stores beside this one keep, such as those of bridges."""
        self._gathered = self._held = 0
        self.noted = 0
        self.full = False
        """Whether what waits for the store is as much as memory may hold."""
        self.failing = False
        """Whether the last commit failed."""

    def note(self, change: Change, size: int = 0) -> None:
        """Put a change with a payload of `size` bytes into the next batch."""
        self.noted += 1
        self._changes.append(change)
        self._gathered += size + WEIGHT
        self.full = self._gathered + self._held > self._most
        self._begin()

    def note_elsewhere(self) -> None:
        """Let the next batch include what the other stores have to keep."""
        self.noted += 1
        self._elsewhere = True
        self._begin()

    def then(self, callback: Act) -> None:
        """Call `callback` when everything noted so far is durable, in the order of these calls."""
        self._stored.append(callback)
        self._begin()

    def soon(self, callback: Act) -> None:
        """Call `callback` when everything noted so far is durable, or at once while the store fails.

        For what goes out to a client: a full disk must not stop the switching.
        """
        if self.failing:
            callback()
            return
        self._sends.append(callback)
        self._begin()

    async def close(self) -> None:
        """Commit what is left; give up on a store that fails."""
        self._closing = True
        if self._retry is not None:
            self._retry.set()
        while self._task is not None:
            await self._task

    def _begin(self) -> None:
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(
                self._run(), name="journal of the MQTT server"
            )

    async def _run(self) -> None:
        while self._changes or self._stored or self._sends or self._elsewhere:
            # The task begins in a later turn than the change, so a batch is at least a whole turn.
            changes, self._changes = self._changes, []
            stored, self._stored = self._stored, []
            sends, self._sends = self._sends, []
            elsewhere, self._elsewhere = self._elsewhere, False
            self._held, self._gathered = self._gathered, 0
            if changes and not await self._commit(changes, sends):
                break
            if elsewhere:
                for commit in tuple(self.others):
                    await commit()
            self._held = 0
            self.full = self._gathered > self._most
            for act in (*sends, *stored):
                _call(act)
        self._task = None

    async def _commit(self, changes: list[Change], sends: list[Act]) -> bool:
        """Return when the changes are stored; False if the server stops before they could be."""
        wait = FIRST_WAIT
        while True:
            try:
                await self._store.commit(changes)
            except Exception as error:
                self._fail(error, sends)
            else:
                self._resume()
                return True
            if self._closing:
                log.error("%d changes of the MQTT server are not stored", len(changes) + len(self._changes))
                return False
            await self._pause(wait)
            wait = min(LONGEST_WAIT, wait * 2)

    def _fail(self, error: Exception, sends: list[Act]) -> None:
        self._stats.commits_failed += 1
        if not self.failing:
            self.failing = True
            log.error(
                "the MQTT server cannot store anything: %s. Messages go on, but nothing that is to be kept "
                "is acknowledged until the disk takes it",
                error or type(error).__name__,
            )
            self._watchers.tell(StoringFailed(str(error)))
        # Those that were held back go out now, in their order.
        self._sends, waiting = [], [*sends, *self._sends]
        sends.clear()
        for act in waiting:
            _call(act)

    def _resume(self) -> None:
        if self.failing:
            self.failing = False
            log.warning("the MQTT server stores again")
            self._watchers.tell(StoringResumed())

    async def _pause(self, seconds: float) -> None:
        self._retry = asyncio.Event()
        stop = self._clock.call_later(seconds, self._retry.set)
        await self._retry.wait()
        self._retry = None
        stop()


def _call(act: Act) -> None:
    try:
        act()
    except Exception:  # a bug of ours must not keep the others waiting for ever
        log.exception("what waited for the store failed")
