"""One connection to an MQTT server, for as long as it lasts."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar, cast

import aiomqtt

from hub.mqtt.client import ClientMqtt
from hub.mqtt.outbox import Outgoing

log = logging.getLogger(__name__)
T = TypeVar("T")
# What paho calls an error here is the server going away, which is told once, in the hub's words.
_paho_log = logging.getLogger("hub.mqtt.paho")
_paho_log.setLevel(logging.CRITICAL)

FILTERS_AT_ONCE = 100
REFUSED = 128
NO_DELAY = (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
"""Our packets are small and urgent: none waits for the acknowledgement of the one before."""


@dataclass(frozen=True, slots=True)
class MqttServer:
    """Where an MQTT server is and how to log in. Times are seconds."""

    host: str
    port: int = 1883
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    client_id: str | None = None
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    keepalive: int = 30
    timeout: float = 10.0
    """How long an answer of the server may take."""
    in_flight: int = 20
    will: aiomqtt.Will | None = None

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Link:
    """Carries a `ClientMqtt`'s wishes to the server, and the server's messages to it."""

    def __init__(self, server: MqttServer, port: ClientMqtt) -> None:
        self._port = port
        self._client = _client(server, port.fanout.deliver)
        self._there: dict[str, int] = {}
        self._unsent: dict[int, Outgoing] = {}
        self._number = 0
        self._slots = asyncio.Semaphore(server.in_flight)

    async def connect(self) -> None:
        """Log in. Raises `aiomqtt.MqttError`."""
        connecting = asyncio.ensure_future(self._client.__aenter__())
        try:
            await asyncio.shield(connecting)
        except asyncio.CancelledError:
            # It runs in a thread that can't be stopped: see it through, so that no socket is left behind.
            await asyncio.gather(connecting, return_exceptions=True)
            if not connecting.cancelled() and connecting.exception() is None:
                await self._leave()
            raise

    async def serve(self) -> None:
        """Work until the connection is lost: then raise `aiomqtt.MqttError`."""
        self._port.begin()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._watch())
                await self._work(group)
        except ExceptionGroup as group:
            raise _loss(group) from None
        finally:
            self._port.closed(list(self._unsent.values()))
            await self._leave()

    async def _leave(self) -> None:
        try:
            await self._client.__aexit__(None, None, None)
        except aiomqtt.MqttError as error:
            log.debug("the farewell to the MQTT server failed: %s", error)

    async def _watch(self) -> None:
        # Nothing ever comes this way, see _Inbox: this only ends when the connection does.
        async for _ in self._client.messages:
            pass

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
            for some in _portions(asking.items()):
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
        for some in _portions(over):
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


class _Inbox(asyncio.Queue[aiomqtt.Message]):
    """In the place of aiomqtt's queue: a message goes to its receivers while it is read.

    So there is no queue that could be full, which would drop messages that are acknowledged already; a
    server that is faster than we are has to wait.
    """

    def __init__(self, deliver: Callable[[str, bytes, int, bool], None]) -> None:
        super().__init__()
        self._deliver = deliver

    def put_nowait(self, item: aiomqtt.Message) -> None:
        self._deliver(item.topic.value, item.payload, item.qos, item.retain)


def _client(server: MqttServer, deliver: Callable[[str, bytes, int, bool], None]) -> aiomqtt.Client:
    def inbox(maxsize: int = 0) -> _Inbox:
        return _Inbox(deliver)

    client = aiomqtt.Client(
        server.host,
        server.port,
        username=server.username,
        password=server.password,
        logger=_paho_log,
        identifier=server.client_id,
        queue_type=cast("type[asyncio.Queue[aiomqtt.Message]]", inbox),
        will=server.will,
        clean_session=True,
        timeout=server.timeout,
        keepalive=server.keepalive,
        max_inflight_messages=server.in_flight,
        tls_context=server.tls,
        socket_options=[NO_DELAY],
    )
    client.pending_calls_threshold = server.in_flight + 10
    return client


def _portions(items: Iterable[T]) -> Iterator[list[T]]:
    left = iter(items)
    while some := list(islice(left, FILTERS_AT_ONCE)):
        yield some


def _loss(group: ExceptionGroup[Exception]) -> Exception:
    """Return the one error of MQTT that ended it all; a bug among the errors is more important."""
    lost, bugs = group.split(aiomqtt.MqttError)
    if bugs is not None or lost is None:
        return group
    return next(error for error in lost.exceptions if isinstance(error, aiomqtt.MqttError))
