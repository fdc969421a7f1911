"""Collect what a turn of the loop changed, commit it in one go, and tell who waits for that."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from hub.broker.changes import Change
from hub.broker.ports import Store
from hub.broker.stats import Stats

log = logging.getLogger(__name__)


class Journal:
    """The group commit. While a batch is being committed the next one gathers.

    `noted` grows with each change: who compares it before and after an act knows whether the act has to be
    stored before it may be acknowledged.
    """

    def __init__(self, store: Store, stats: Stats) -> None:
        self._store = store
        self._stats = stats
        self._changes: list[Change] = []
        self._waiters: list[Callable[[], None]] = []
        self._task: asyncio.Task[None] | None = None
        self.noted = 0

    def note(self, change: Change) -> None:
        """Put a change into the next batch."""
        self.noted += 1
        self._changes.append(change)
        self._begin()

    def then(self, callback: Callable[[], None]) -> None:
        """Call `callback` when everything noted so far is durable, in the order of these calls."""
        self._waiters.append(callback)
        self._begin()

    async def drain(self) -> None:
        """Return when nothing is left to commit."""
        while self._task is not None:
            await self._task

    def _begin(self) -> None:
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        while self._changes or self._waiters:
            # The task begins in a later turn than the change, so a batch is at least a whole turn.
            changes, self._changes = self._changes, []
            waiters, self._waiters = self._waiters, []
            await self._commit(changes)
            for callback in waiters:
                callback()
        self._task = None

    async def _commit(self, changes: list[Change]) -> None:
        if not changes:
            return
        try:
            await self._store.commit(changes)
        except Exception:  # a full disk must not stop the switching; the store says it once, we count
            self._stats.commits_failed += 1
            log.exception("a batch of %d changes was not stored", len(changes))
