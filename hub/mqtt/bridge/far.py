"""The far side of a bridge: one connection to the other server, for as long as it lasts."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping
from enum import Enum, auto

from hub.mqtt.bridge.echoes import Echoes
from hub.mqtt.bridge.near import NearSide
from hub.mqtt.bridge.outbox import Outbox, Outgoing
from hub.mqtt.bridge.promises import Promises
from hub.mqtt.link import REFUSED, portions
from hub.mqtt.server import MqttServer, ServerConnection, loss

log = logging.getLogger(__name__)

NOWHERE = "hearth/bridge/nothing"
"""A filter that nobody subscribes: the answer to its UNSUBSCRIBE comes after all that was said before."""
MOST_ROUNDS = 20


class Phase(Enum):
    """What comes in: first what waited for us, then what is retained there, then what is new."""

    CATCHING_UP = auto()
    COMPARING = auto()
    LIVE = auto()


class FarSide:
    """Sends the outbox and receives. `bridge` if the server is to treat us as Mosquitto treats a bridge."""

    def __init__(
        self,
        server: MqttServer,
        near: NearSide,
        outbox: Outbox,
        echoes: Echoes,
        promises: Promises,
        *,
        bridge: bool,
        careful: bool,
    ) -> None:
        self._connection = ServerConnection(server, self._deliver, bridge=bridge, keeper=promises)
        self._promises = promises
        self._near = near
        self._outbox = outbox
        self._echoes = echoes
        self._bridge = bridge
        self._in_flight = server.in_flight
        self._held_back = server.in_flight - 1 if careful else 0
        """How many fewer are sent at a time until one is acknowledged."""
        self._phase = Phase.CATCHING_UP
        self._told: set[str] = set()
        """The topics that have a retained message there."""
        self._heard = 0
        self._begun: list[Outgoing] = []
        """What an earlier connection began to send, and this one goes on with."""
        self._sent: dict[int, Outgoing] = {}
        self.acknowledged = 0

    @property
    def unacknowledged(self) -> list[Outgoing]:
        return list(self._sent.values())

    @property
    def session_present(self) -> bool:
        return self._connection.session_present

    async def connect(self) -> None:
        """Log in. Raises `aiomqtt.MqttError`."""
        self._echoes.begin()
        self._begun = self._outbox.begun()
        self._connection.exactly.avoid(max((message.packet_id for message in self._begun), default=0))
        await self._connection.log_in()
        self._promises.begin(is_known=self.session_present)

    async def serve(
        self, filters: Mapping[str, int], former: set[str], opened: Callable[[set[str]], None]
    ) -> None:
        """Subscribe, call `opened` with the topics retained there, and work until the connection is lost:
        then raise `aiomqtt.MqttError`. `former` are filters of an older configuration."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._connection.watch())
                await self._subscribe(filters, former)
                opened(self._told)
                await self._send(group)
        except ExceptionGroup as group:
            raise loss(group) from None
        finally:
            await self._connection.leave()

    # Receiving.

    async def _subscribe(self, filters: Mapping[str, int], former: set[str]) -> None:
        if self.session_present:
            for some in portions(sorted(former - filters.keys())):
                await self._connection.unsubscribe(some)
            await self._be_quiet()  # what waited for us is told now, and is not what is retained
        self._phase = Phase.COMPARING
        for asked in portions(filters.items()):
            answer = await self._connection.subscribe(asked)
            codes = [code if isinstance(code, int) else code.value for code in answer]
            for (filter, _), code in zip(asked, codes, strict=False):
                if code >= REFUSED:
                    log.warning("the MQTT server refuses the bridge's subscription %r", filter)
        if filters:
            await self._be_quiet()
        self._phase = Phase.LIVE

    async def _be_quiet(self) -> None:
        """Wait until nothing more comes between a question and its answer."""
        for _ in range(MOST_ROUNDS):
            heard = self._heard
            await self._connection.unsubscribe(NOWHERE)
            if heard == self._heard:
                return

    def _deliver(self, topic: str, payload: bytes, qos: int, retain: bool) -> None:
        self._heard += 1
        try:
            if not self._bridge and self._echoes.is_echo(topic, payload):
                return
            self._take(topic, payload, qos, retain)
        except Exception:  # a bug of ours must not cost the connection
            log.exception("a message to %s could not be taken over the bridge", topic)

    def _take(self, topic: str, payload: bytes, qos: int, retain: bool) -> None:
        if self._phase is Phase.CATCHING_UP:
            self._near.catch_up(topic, payload, qos, retain)
        elif self._phase is Phase.COMPARING and retain:
            self._told.add(topic)
            self._near.compare(topic, payload, qos)
        else:
            # To an ordinary client a server does not say of a new message that it is retained.
            self._near.receive(topic, payload, qos, retain or (not self._bridge and topic in self._told))

    # Sending.

    async def _send(self, group: asyncio.TaskGroup) -> None:
        slots = asyncio.Semaphore(self._in_flight - self._held_back)
        begun = deque(self._begun)
        while True:
            await slots.acquire()
            message = begun.popleft() if begun else await self._next()
            self._sent[message.number] = message
            if not self._bridge and self._near.listens(message.topic):
                self._echoes.expect(message.topic, message.payload)
            if message.qos:
                group.create_task(self._hand_over(message, slots))
                await asyncio.sleep(0)  # it is said before the next one, its acknowledgement comes later
            else:
                await self._hand_over(message, slots)

    async def _next(self) -> Outgoing:
        while True:
            self._outbox.due.clear()
            message = self._outbox.take()
            if message is not None:
                return message
            await self._outbox.due.wait()

    async def _hand_over(self, message: Outgoing, slots: asyncio.Semaphore) -> None:
        if message.qos == 2:
            await self._hand_over_once(message)
        else:
            await self._connection.publish(message.topic, bytes(message.payload), message.qos, message.retain)
        del self._sent[message.number]
        self._outbox.done(message)
        self.acknowledged += bool(message.qos)
        slots.release()
        while message.qos and self._held_back:
            self._held_back -= 1
            slots.release()

    async def _hand_over_once(self, message: Outgoing) -> None:
        exactly, topic, payload = self._connection.exactly, message.topic, bytes(message.payload)
        if message.packet_id:
            code = exactly.go_on(
                message.packet_id, topic, payload, retain=message.retain, released=message.released
            )
        else:
            self._outbox.begin(message, exactly.reserve())
            await self._promises.written()  # after a crash it is sent under the same id
            code = exactly.publish(message.packet_id, topic, payload, retain=message.retain)
        await self._connection.arrival(message.packet_id, code)
