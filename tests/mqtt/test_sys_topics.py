"""What the server says of itself on `$SYS/broker/…`."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from hub.broker import AllowAll, Broker, Listener, SqliteStore
from hub.core.clock import SimulatedClock, SystemClock
from hub.mqtt import EmbeddedEngine, sys_topics
from hub.mqtt.sys_topics import INTERVAL, Load, SysTopics
from hub.mqtt.without_sys import WithoutSys

# What Mosquitto 2.0 publishes and we do too.
MOSQUITTO = [
    "version", "uptime", "clients/total", "clients/inactive", "clients/disconnected", "clients/active",
    "clients/connected", "messages/received", "messages/sent", "subscriptions/count",
    "retained messages/count", "publish/messages/dropped", "publish/messages/received",
    "publish/messages/sent", "bytes/received", "bytes/sent",
    *(
        f"load/{name}/{span}"
        for name in (
            "messages/received", "messages/sent", "publish/dropped", "publish/received", "publish/sent",
            "bytes/received", "bytes/sent", "sockets", "connections",
        )
        for span in ("1min", "5min", "15min")
    ),
]  # fmt: skip


class Server:
    """A server that tells of itself, on a clock to move."""

    def __init__(self) -> None:
        self.clock = SimulatedClock(datetime(2025, 1, 1, tzinfo=UTC))
        self.broker = Broker(AllowAll(), clock=self.clock)
        self.waiting = "0"
        self.topics = SysTopics(self.broker, self.clock, [lambda: {"$SYS/bridge/far/waiting": self.waiting}])

    def tell(self, name: str) -> str:
        return self.broker.retained(f"$SYS/broker/{name}")[0].payload.decode()

    def wait(self, seconds: float) -> None:
        until = self.clock.now() + timedelta(seconds=seconds)
        while self.clock.run_next(until):
            pass


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    stop = made.topics.start()
    yield made
    stop()
    await made.broker.stop()


@pytest.mark.parametrize("name", MOSQUITTO)
def test_what_mosquitto_tells_is_there_at_once(server: Server, name: str) -> None:
    assert server.tell(name)


def test_the_numbers_follow_every_ten_seconds(server: Server) -> None:
    server.broker.stats.messages_received = 7
    server.broker.stats.clients = 2
    server.broker.stats.sessions = 5
    server.waiting = "3"
    server.wait(INTERVAL - 1)
    assert server.tell("messages/received") == "0"

    server.wait(1)

    names = ("messages/received", "clients/connected", "clients/disconnected", "clients/total", "uptime")
    assert [server.tell(name) for name in names] == ["7", "2", "3", "5", "10 seconds"]
    assert server.broker.retained("$SYS/bridge/far/waiting")[0].payload == b"3"


def test_only_what_has_changed_is_said_again(server: Server) -> None:
    seen: list[str] = []
    server.wait(2 * INTERVAL)  # the time it is up has two digits then, and goes on having them
    server.broker.subscribe("$SYS/#", lambda topic, *_: seen.append(topic))
    seen.clear()

    server.wait(2 * INTERVAL)

    # The memory of the program that runs the tests is whatever it is.
    assert [topic for topic in seen if "/heap/" not in topic] == ["$SYS/broker/uptime"] * 2


def test_the_most_clients_there_were_are_remembered(server: Server) -> None:
    for clients in (1, 5, 2):
        server.broker.stats.clients = clients
        server.wait(INTERVAL)

    assert server.tell("clients/maximum") == "5"


def test_a_load_nears_the_rate_a_minute() -> None:
    load = Load()

    for count in range(10, 70, 10):  # one a second, for a minute
        load.note(count, 10.0)

    assert load.averages["1min"] == pytest.approx(60 * (1 - math.exp(-1)))
    assert load.averages["15min"] == pytest.approx(60 * (1 - math.exp(-1 / 15)))


def test_nothing_is_said_after_the_end() -> None:
    server = Server()
    stop = server.topics.start()
    server.wait(INTERVAL)

    stop()
    server.wait(INTERVAL)

    assert server.tell("uptime") == "10 seconds"


async def test_a_client_that_may_do_everything_reads_them_with_a_wildcard(opened: Any) -> None:
    users = [{"name": "ann", "password": "secret", "admin": True}]
    door = await opened(EmbeddedEngine.model_validate({"listeners": [{"port": 0}], "users": users}))

    port = door.listening[0].port
    async with aiomqtt.Client("127.0.0.1", port, username="ann", password="secret") as client:
        await client.subscribe("$SYS/broker/+")
        told = {(await anext(client.messages)).topic.value for _ in range(2)}

    assert told == {"$SYS/broker/version", "$SYS/broker/uptime"}


async def test_connections_are_counted(server: Server) -> None:
    door = await server.broker.listen(Listener(port=0))
    connected = asyncio.Event()
    server.broker.listen_events(lambda _: connected.set())
    async with aiomqtt.Client("127.0.0.1", door.port):
        await connected.wait()

        server.wait(INTERVAL)

    assert float(server.tell("load/connections/1min")) > 0
    assert server.tell("clients/connected") == "1"


async def test_nothing_of_it_is_stored(tmp_path: Path) -> None:
    file = tmp_path / "mqtt.db"
    broker = Broker(AllowAll(), store=WithoutSys(SqliteStore(file)))
    await broker.start()
    stop = SysTopics(broker, SystemClock()).start()
    broker.publish("home/a", b"1", 0, True)
    stop()
    await broker.stop()

    store = SqliteStore(file)
    kept = await store.load()
    await store.close()

    assert [one.topic for one in kept.retained] == ["home/a"]


# Side by side with Mosquitto.


async def told_by(port: int, **keys: Any) -> dict[str, str]:
    """Return what a server says of itself: all that comes before an answer to us."""
    told: dict[str, str] = {}
    async with aiomqtt.Client("127.0.0.1", port, **keys) as client:
        await client.subscribe("$SYS/broker/#")
        await client.subscribe("end")
        await client.publish("end", qos=1)
        async for message in client.messages:
            if message.topic.value == "end":
                return told
            told[message.topic.value.removeprefix("$SYS/broker/")] = message.payload.decode()
    raise AssertionError


async def use(port: int, **keys: Any) -> None:
    """Do the same at each server: seven messages of ten bytes, three of them retained."""
    async with aiomqtt.Client("127.0.0.1", port, identifier="kept", clean_session=False, **keys) as client:
        await client.subscribe("kept/#", qos=1)
        await client.subscribe("$share/group/a", qos=1)
    async with aiomqtt.Client("127.0.0.1", port, **keys) as client:
        for number in range(3):
            await client.publish(f"a/{number}", b"x" * 10, qos=1, retain=True)
        for number in range(4):
            await client.publish(f"kept/{number}", b"x" * 10, qos=1)


async def settled(port: int, **keys: Any) -> dict[str, str]:
    """Return what a server says when its numbers have followed."""
    while (told := await told_by(port, **keys))["publish/bytes/received"] != "70":  # noqa: ASYNC110 - no event
        await asyncio.sleep(0.05)
    return told


async def test_all_that_mosquitto_tells_is_told_under_the_same_names(
    mosquitto: Any, opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys_topics, "INTERVAL", 0.1)
    server = await mosquitto("allow_anonymous true\nsys_interval 1\n")
    users = [{"name": "ann", "password": "secret", "admin": True}]
    door = await opened(EmbeddedEngine.model_validate({"listeners": [{"port": 0}], "users": users}))
    keys, port = {"username": "ann", "password": "secret"}, door.listening[0].port
    await use(server.port)
    await use(port, **keys)

    theirs, ours = await settled(server.port), await settled(port, **keys)

    assert theirs.keys() - ours.keys() == set()
    same = ("clients/expired", "shared_subscriptions/count", "publish/bytes/received")
    assert {name: ours[name] for name in same} == {name: theirs[name] for name in same}
    assert int(ours["store/messages/count"]) == int(ours["retained messages/count"]) + 4
    assert int(ours["heap/current"]) <= int(ours["heap/maximum"])
