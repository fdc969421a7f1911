"""One connection to an MQTT server, for as long as it lasts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from hub.mqtt.client import ClientMqtt
from hub.mqtt.outbox import Outgoing
from hub.mqtt.server import MqttServer, ServerConnection, loss

log = logging.getLogger(__name__)
T = TypeVar("T")

FILTERS_AT_ONCE = 100
REFUSED = 128


class Link:
    """Carries a `ClientMqtt`'s wishes to the server, and the server's messages to it."""

    def __init__(self, server: MqttServer, port: ClientMqtt) -> None:
        self._port = port
        self._client = ServerConnection(server, port.fanout.deliver)
        self._there: dict[str, int] = {}
        self._unsent: dict[int, Outgoing] = {}
        self._number = 0
        self._slots = asyncio.Semaphore(server.in_flight)

    async def connect(self) -> None:
        """Log in. Raises `aiomqtt.MqttError`."""
        await self._client.log_in()

    async def serve(self) -> None:
        """Work until the connection is lost: then raise `aiomqtt.MqttError`."""
        self._port.begin()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._client.watch())
                await self._work(group)
        except ExceptionGroup as group:
            raise loss(group) from None
        finally:
            self._port.closed(list(self._unsent.values()))
            await self._client.leave()

    async def _work(self, group: asyncio.TaskGroup) -> None:
        port = self._port
        await self._subscribe()
        port.opened()
        while True:
            port.due.clear()
            await self._subscribe()
            await self._send(group)
            self._note_if_sent()
            await port.due.wait()

    # Subscriptions.

    async def _subscribe(self) -> None:
        """Bring the server to what is wanted: first the new filters, so that nothing is missed."""
        interest = self._port.interest
        while interest.asking or self._there.keys() != interest.chosen.keys():
            asking = {filter: interest.chosen[filter] for filter in interest.asking}
            interest.asking.clear()
            for some in portions(asking.items()):
                await self._ask_for(some)
            if not interest.asking:
                await self._unsubscribe()

    async def _ask_for(self, filters: list[tuple[str, int]]) -> None:
        answer = await self._client.subscribe(filters)
        codes = [code if isinstance(code, int) else code.value for code in answer]
        for (filter, qos), code in zip(filters, codes, strict=False):
            if code >= REFUSED:
                log.warning("the MQTT server refuses the subscription %r", filter)
                self._port.interest.refuse(filter)
            else:
                self._there[filter] = qos

    async def _unsubscribe(self) -> None:
        over = [filter for filter in self._there if filter not in self._port.interest.chosen]
        for some in portions(over):
            await self._client.unsubscribe(some)
            for filter in some:
                del self._there[filter]

    # Messages.

    async def _send(self, group: asyncio.TaskGroup) -> None:
        outbox = self._port.outbox
        while outbox:
            if self._port.interest.asking:
                await self._subscribe()  # who subscribes and then publishes gets an answer to it
            await self._slots.acquire()
            self._number += 1
            message = self._unsent[self._number] = outbox.take()
            if message.qos:
                group.create_task(self._hand_over(self._number, message))
                await asyncio.sleep(0)  # it is said before the next one, its acknowledgement comes later
            else:
                await self._hand_over(self._number, message)

    async def _hand_over(self, number: int, message: Outgoing) -> None:
        await self._client.publish(message.topic, message.payload, message.qos, message.retain)
        del self._unsent[number]
        self._slots.release()
        self._note_if_sent()

    def _note_if_sent(self) -> None:
        if not self._unsent and not self._port.outbox:
            self._port.sent.set()


def portions(items: Iterable[T]) -> Iterator[list[T]]:
    """Yield the items in lists that one SUBSCRIBE or UNSUBSCRIBE may hold."""
    left = iter(items)
    while some := list(islice(left, FILTERS_AT_ONCE)):
        yield some
