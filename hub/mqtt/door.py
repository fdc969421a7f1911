"""Keep a connection to an MQTT server: come back whenever it is lost, for as long as the door is open."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Iterator

import aiomqtt

from hub.core.clock import Clock
from hub.core.errors import HubError
from hub.mqtt.client import ClientMqtt
from hub.mqtt.link import Link
from hub.mqtt.outbox import Outbox
from hub.mqtt.server import MqttServer, refusal

log = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
STABLE_AFTER = 30.0
"""Seconds after which a connection that is lost counts as a new trouble, not as the same one again."""
FAREWELL = 1.0
"""Seconds that the last messages may take when the hub stops."""


def waits(first: float = FIRST_WAIT, longest: float = LONGEST_WAIT) -> Iterator[float]:
    """Yield how long to wait before each try: doubling, and by chance up to a half less.

    By chance, so that the many clients of a server that was away do not all come back at once.
    """
    wait = first
    while True:
        yield wait * random.uniform(0.5, 1.0)
        wait = min(longest, wait * 2)


class ClientDoor:
    """The hub as a client of an MQTT server."""

    def __init__(self, server: MqttServer, outbox: Outbox, clock: Clock) -> None:
        self.mqtt = ClientMqtt(outbox)
        self._server = server
        self._clock = clock
        self._waits = waits()
        self._first_try: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._reported = False
        self._task: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, server: MqttServer, clock: Clock, outbox: Outbox | None = None) -> ClientDoor:
        """Connect. A server that is not there is tried again in the background; one that refuses us raises
        `HubError`."""
        if outbox is None:
            outbox = Outbox(1_000, "drop_oldest", None, clock.monotonic)
        door = cls(server, outbox, clock)
        door._task = asyncio.create_task(door._run(), name=f"MQTT client of {server}")
        try:
            await asyncio.shield(door._first_try)
        except HubError:
            await door.close()
            raise
        return door

    def lines(self) -> Iterator[str]:
        yield f"MQTT client of {self._server}{'' if self.mqtt.connected else ', which is not there now'}"

    async def close(self) -> None:
        """Send what waits, if the server is there, and leave."""
        if self.mqtt.connected:
            try:
                await asyncio.wait_for(self.mqtt.sent.wait(), FAREWELL)
            except TimeoutError:
                log.warning("MQTT server %s: %d messages are not sent", self._server, len(self.mqtt.outbox))
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            began = self._clock.monotonic()
            try:
                await self._connection()
            except aiomqtt.MqttError as error:
                self._lost(error)
            except Exception:  # a bug of ours must not take the house off the network
                log.exception("the client of the MQTT server %s failed", self._server)
                self._done()
            if self._clock.monotonic() - began > STABLE_AFTER:
                self._waits = waits()
            await self._wait(next(self._waits))

    async def _connection(self) -> None:
        link = Link(self._server, self.mqtt)
        detach = self.mqtt.listen_connection(self._changed)
        try:
            await link.connect()
            await link.serve()
        finally:
            detach()

    def _changed(self, connected: bool) -> None:
        if not connected:
            return
        if self._reported:
            log.warning("MQTT server %s is back%s", self._server, self._dropped())
        self._reported = False
        self._done()

    def _dropped(self) -> str:
        dropped, self.mqtt.outbox.dropped = self.mqtt.outbox.dropped, 0
        return f"; {dropped} messages to it were dropped meanwhile" if dropped else ""

    def _lost(self, error: aiomqtt.MqttError) -> None:
        refused = refusal(error)
        if refused and not self._first_try.done():
            remedy = "Look at `broker:` and at the server's own log."
            self._first_try.set_exception(HubError(f"MQTT server {self._server}: {refused}", remedy=remedy))
        if not self._reported:
            log.warning("MQTT server %s is not there: %s", self._server, refused or error)
        self._reported = True
        self._done()

    def _done(self) -> None:
        if not self._first_try.done():
            self._first_try.set_result(None)

    async def _wait(self, seconds: float) -> None:
        over = asyncio.Event()
        stop = self._clock.call_later(seconds, over.set)
        try:
            await over.wait()
        finally:
            stop()
