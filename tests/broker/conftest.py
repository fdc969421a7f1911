"""A running server and a client that says exactly the bytes it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hub.broker import AllowAll, Broker, Limits, Listener
from hub.broker.changes import (
    Change,
    Done,
    Forgotten,
    Queued,
    Received,
    Released,
    RetainedCleared,
    RetainedSet,
    SavedSession,
    Sent,
    SessionDropped,
    SessionSaved,
    Snapshot,
    Subscribed,
    Unsubscribed,
)
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
from hub.broker.sqlite import SqliteStore
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

    async def hear_some(self, count: int) -> list[Packet | None]:
        """Return the next `count` packets."""
        return [await self.hear() for _ in range(count)]

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


class Memory:
    """A store that keeps changes as a real one would, and commits only while `open` is set."""

    error: Exception | None = None

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.open.set()
        self.batches: list[list[Change]] = []
        self.tries = 0

    async def load(self) -> Snapshot:
        return replay([change for batch in self.batches for change in batch])

    async def commit(self, changes: Sequence[Change]) -> None:
        self.tries += 1
        await self.open.wait()
        if self.error is not None:
            raise self.error
        self.batches.append(list(changes))

    async def close(self) -> None:
        pass

    def all(self) -> list[Change]:
        return [change for batch in self.batches for change in batch]


def replay(changes: list[Change]) -> Snapshot:
    """Do what `changes` say, as a store does it in tables."""
    sessions: dict[Any, dict[str, Any]] = {}
    retained: dict[tuple[str, str], RetainedSet] = {}
    for change in changes:
        match change:
            case SessionSaved(key, at):
                empty = {"subscriptions": {}, "owed": {}, "released": set(), "received": set()}
                sessions.setdefault(key, empty)["at"] = at
            case SessionDropped(key):
                sessions.pop(key, None)
            case Subscribed(key, asked):
                sessions[key]["subscriptions"][asked] = change
            case Unsubscribed(key, asked):
                sessions[key]["subscriptions"].pop(asked, None)
            case Queued(key, number):
                sessions[key]["owed"][number] = change
            case Sent(key, number, packet_id):
                sessions[key]["owed"][number] = replace(sessions[key]["owed"][number], packet_id=packet_id)
            case Released(key, number):
                sessions[key]["released"].add(number)
            case Done(key, number):
                del sessions[key]["owed"][number]
            case Received(key, packet_id):
                sessions[key]["received"].add(packet_id)
            case Forgotten(key, packet_id):
                sessions[key]["received"].remove(packet_id)
            case RetainedSet(space, topic):
                retained[space, topic] = change
            case RetainedCleared(space, topic):
                del retained[space, topic]
    return Snapshot(
        tuple(
            SavedSession(
                key,
                kept["at"],
                tuple(kept["subscriptions"].values()),
                tuple(kept["owed"].values()),
                frozenset(kept["released"]),
                frozenset(kept["received"]),
            )
            for key, kept in sessions.items()
        ),
        tuple(retained.values()),
    )


Start = Callable[..., Awaitable[House]]


@pytest.fixture
async def dial() -> AsyncIterator[Callable[[int], Awaitable[Wire]]]:
    """Connect to a server that somebody else started."""
    wires: list[Wire] = []

    async def go(port: int) -> Wire:
        wires.append(Wire(*await asyncio.open_connection("127.0.0.1", port)))
        return wires[-1]

    yield go
    for wire in wires:
        await wire.close()


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


@pytest.fixture
def memory() -> Memory:
    """A store whose commits a test can hold back or let fail."""
    return Memory()


@pytest.fixture(params=["memory", "sqlite"])
def keep(request: pytest.FixtureRequest, memory: Memory, tmp_path: Path) -> Callable[[], object]:
    """Return the store with what it kept, for each start anew."""
    return lambda: memory if request.param == "memory" else SqliteStore(tmp_path / "mqtt.db")


@pytest.fixture(name="replay")
def replay_changes() -> Callable[[list[Change]], Snapshot]:
    """Say what a store has to keep after changes."""
    return replay
