"""A running server and a client that says exactly the bytes it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from hub.broker import AllowAll, Broker, Limits, Listener
from hub.broker.decoder import Decoder
from hub.broker.packets import (
    Connack,
    Connect,
    Disconnect,
    Packet,
    Pingreq,
    Pingresp,
    Publish,
    Subscribe,
    encode,
)
from hub.core.clock import SimulatedClock


class Wire:
    """A client on a real socket; nothing happens that is not said."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._decoder = Decoder()
        self._packets: list[Packet] = []

    async def say(self, *packets: Packet | bytes) -> None:
        for packet in packets:
            self.writer.write(packet if isinstance(packet, bytes) else encode(packet))
        await self.writer.drain()

    async def hear(self) -> Packet | None:
        """Return the next packet, None at the end of the connection."""
        while not self._packets:
            try:
                data = await self.reader.read(65_536)
            except ConnectionError:
                return None
            if not data:
                return None
            self._packets += self._decoder.feed(data)
        return self._packets.pop(0)

    async def hear_until_pong(self) -> list[Packet]:
        """Return all that the server had to say so far: what comes before the answer to a PINGREQ."""
        await self.say(Pingreq())
        heard: list[Packet] = []
        while True:
            packet = await self.hear()
            if packet is None or packet == Pingresp():
                return heard
            heard.append(packet)

    async def log_in(self, client_id: str = "client", **options: Any) -> Connack:
        await self.say(Connect(client_id, **options))
        answer = await self.hear()
        assert isinstance(answer, Connack), answer
        return answer

    async def subscribe(self, *filters: str, qos: int = 0) -> tuple[int, ...]:
        await self.say(Subscribe(7, tuple((name, qos) for name in filters)))
        answer = await self.hear()
        return answer.codes  # type: ignore[union-attr]

    async def publish(self, topic: str, payload: bytes = b"", **options: Any) -> None:
        await self.say(Publish(topic, payload, **options))

    async def is_closed(self) -> bool:
        return await self.hear() is None

    async def break_off(self) -> None:
        """Go without a word."""
        self.writer.transport.abort()
        await asyncio.sleep(0)

    async def close(self) -> None:
        self.writer.close()
        try:
            await self.writer.wait_closed()
        except ConnectionError:
            pass


class House:
    """A server under test, its clock, and all clients it was given."""

    def __init__(self, broker: Broker, port: int, clock: SimulatedClock) -> None:
        self.broker = broker
        self.port = port
        self.clock = clock
        self.wires: list[Wire] = []
        self.events: list[object] = []
        broker.listen_events(self.events.append)

    async def dial(self) -> Wire:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 22)
        wire = Wire(reader, writer)
        self.wires.append(wire)
        return wire

    async def client(self, client_id: str = "client", **options: Any) -> Wire:
        """Return a client that is logged in."""
        wire = await self.dial()
        answer = await wire.log_in(client_id, **options)
        assert answer.code == 0
        return wire

    async def subscriber(
        self, *filters: str, qos: int = 0, client_id: str = "subscriber", **options: Any
    ) -> Wire:
        wire = await self.client(client_id, **options)
        assert await wire.subscribe(*filters, qos=qos) == (qos,) * len(filters)
        return wire

    async def settle(self) -> None:
        """Let the server's sockets and callbacks come to rest: a message has gone all the way round."""
        heard = asyncio.Event()
        detach = self.broker.subscribe("settle/#", lambda *_: heard.set())
        wire = await self.client(f"settle{len(self.wires)}")
        await wire.publish("settle/now")
        await heard.wait()
        detach()
        await wire.say(Disconnect())
        assert await wire.is_closed()

    async def until(self, happened: Callable[[], object]) -> None:
        """Let the loop turn until something is true; the test's own time limit is the only one."""
        while not happened():  # noqa: ASYNC110 - what it waits for has no event of its own
            await asyncio.sleep(0)

    def pass_seconds(self, seconds: int) -> None:
        for _ in range(seconds):
            until = self.clock.now().timestamp() + 1
            while self.clock.run_next(datetime.fromtimestamp(until, UTC)):
                pass


Start = Callable[..., Awaitable[House]]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Start servers with what a test needs: an authenticator, limits, a store."""
    houses: list[House] = []

    async def go(authenticator: object = None, limits: Limits | None = None, store: object = None) -> House:
        clock = SimulatedClock(datetime(2026, 5, 6, 12, tzinfo=UTC))
        broker = Broker(
            authenticator or AllowAll(),  # type: ignore[arg-type]
            limits or Limits(messages_per_second=None),
            clock,
            store,  # type: ignore[arg-type]
        )
        door = await broker.listen(Listener(port=0))
        house = House(broker, door.port, clock)
        houses.append(house)
        return house

    yield go
    for house in houses:
        for wire in house.wires:
            await wire.close()
        await house.broker.stop()


@pytest.fixture
async def house(start: Start) -> House:
    return await start()


@pytest.fixture(autouse=True)
def no_bug_is_swallowed(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A connection survives no bug of ours in silence: the server logs it, and the test fails."""
    yield
    assert [record for record in caplog.get_records("call") if record.name == "hub.broker.connection"] == []
