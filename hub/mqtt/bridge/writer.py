"""Write down what waits in an outbox, in the background and all that gathered at once."""

from __future__ import annotations

import asyncio
import logging

from hub.core.clock import Clock
from hub.mqtt.bridge.outbox import Outbox
from hub.mqtt.bridge.store import OutboxFile, StoreError

log = logging.getLogger(__name__)

GATHER = 0.2
"""Seconds for which messages gather before they are written: most have crossed by then and need not be."""
AGAIN = 5.0
"""Seconds until a write that failed is tried again."""


class Writer:
    """Keeps the file as the outbox is, at most `GATHER` seconds behind."""

    def __init__(self, outbox: Outbox, file: OutboxFile, clock: Clock) -> None:
        self._outbox = outbox
        self._file = file
        self._clock = clock
        self._closing = self._failing = False
        self._wake = asyncio.Event()
        self._task = asyncio.create_task(self._run(), name="outbox of an MQTT bridge")

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
        changes = self._outbox.changes()
        try:
            await self._file.commit(changes)
        except StoreError as error:
            self._outbox.give_back(changes)
            if not self._failing:
                log.error("what waits for an MQTT bridge can't be written down: %s", error)
            self._failing = True
            return False
        if self._failing:
            log.warning("what waits for an MQTT bridge is written down again")
        self._failing = False
        return True

    async def _pause(self, seconds: float) -> None:
        stop = self._clock.call_later(seconds, self._wake.set)
        await self._wake.wait()
        stop()
        if not self._closing:
            self._wake.clear()
