"""Write down what waits in an outbox, in the background and all that gathered at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from hub.core.clock import Clock
from hub.mqtt.bridge.outbox import Outbox
from hub.mqtt.bridge.store import OutboxFile, StoreError

log = logging.getLogger(__name__)

GATHER = 0.2
"""Seconds for which messages gather before they are written, if nobody waits for it: most have crossed by
then and need not be."""
AGAIN = 5.0
"""Seconds until a write that failed is tried again."""

Act = Callable[[], object]


class Ids(Protocol):
    """Packet ids to write, beside the messages."""

    def changes(self) -> dict[int, bool]: ...

    def give_back(self, changes: dict[int, bool]) -> None: ...


class Writer:
    """Keeps the file as the outbox is, at most `GATHER` seconds behind."""

    def __init__(self, outbox: Outbox, file: OutboxFile, clock: Clock, ids: Ids | None = None) -> None:
        self._outbox = outbox
        self._file = file
        self._clock = clock
        self._ids = ids
        self._closing = self._failing = False
        self._wake = asyncio.Event()
        self._acts: list[Act] = []
        self._task = asyncio.create_task(self._run(), name="outbox of an MQTT bridge")

    def when_written(self, act: Act) -> None:
        """Call `act` when everything up to now is in the file, as soon as may be."""
        if self._task.done():
            return  # what is not answered is told again
        self._acts.append(act)
        self._outbox.changed.set()
        self._wake.set()

    async def flush(self) -> None:
        """Return when everything up to now is in the file; at once while the file cannot be written."""
        if self._failing or self._task.done():
            return
        written = asyncio.Event()
        self.when_written(written.set)
        waiting = asyncio.ensure_future(written.wait())
        try:
            await asyncio.wait((waiting, self._task), return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()

    async def close(self) -> None:
        """Write what is left, and close the file."""
        self._closing = True
        self._wake.set()
        self._outbox.changed.set()
        await self._task
        await self._file.close()

    async def _run(self) -> None:
        # It ends by itself and is not cancelled: half a transaction would be lost.
        while not self._closing:
            await self._outbox.changed.wait()
            await self._pause(GATHER)
            if not await self._write():
                await self._pause(AGAIN)
        await self._write()  # also what came during the last one

    async def _write(self) -> bool:
        acts, self._acts = self._acts, []
        changes = self._outbox.changes()
        if self._ids is not None:
            changes.received = self._ids.changes()
        try:
            await self._file.commit(changes)
        except StoreError as error:
            self._outbox.give_back(changes)
            if self._ids is not None:
                self._ids.give_back(changes.received)
            if not self._failing:
                log.error("what waits for an MQTT bridge can't be written down: %s", error)
            self._failing = True
            self._acts = [*acts, *self._acts]
            return False
        if self._failing:
            log.warning("what waits for an MQTT bridge is written down again")
        self._failing = False
        for act in acts:
            act()
        return True

    async def _pause(self, seconds: float) -> None:
        stop = self._clock.call_later(seconds, self._wake.set)
        await self._wake.wait()
        stop()
        if not self._closing:
            self._wake.clear()
