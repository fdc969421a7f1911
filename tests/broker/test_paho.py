"""An independent client, Eclipse Paho's, gets along with the server: its own interoperability checks hold."""

from __future__ import annotations

import asyncio
import queue
from collections.abc import AsyncIterator, Callable
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from hub.broker import Access, Credentials, FullAccess, Grant


class Paho:
    """A Paho client on its own thread; what it hears comes in a queue."""

    def __init__(
        self, client_id: str, *, clean: bool | None = True, protocol: int = paho.MQTTv311, **more: Any
    ):
        self.heard: queue.Queue[Any] = queue.Queue()
        more.setdefault("reconnect_on_failure", False)
        self.client = client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id,
            clean,
            protocol=protocol,
            **more,
        )
        client.on_connect = lambda c, d, flags, reason, p: self.heard.put(
            ("connected", flags.session_present) if reason == 0 else ("refused", str(reason))
        )
        client.on_subscribe = lambda c, d, mid, codes, p: self.heard.put([code.value for code in codes])
        client.on_unsubscribe = lambda *_: self.heard.put("unsubscribed")
        client.on_publish = lambda *_: self.heard.put("published")
        client.on_message = self._message

    def _message(self, client: Any, data: Any, message: Any) -> None:
        self.heard.put((message.topic, message.payload, message.qos, message.retain))
        self.dup = message.dup

    async def hear(self, count: int = 1) -> Any:
        heard = [await asyncio.to_thread(self.heard.get, True, 20) for _ in range(count)]
        return heard[0] if count == 1 else heard

    async def connect(self, port: int, keep_alive: int = 60) -> Any:
        await asyncio.to_thread(self.client.connect, "127.0.0.1", port, keep_alive)
        self.client.loop_start()
        return await self.hear()

    async def subscribe(self, *filters: tuple[str, int]) -> list[int]:
        self.client.subscribe(list(filters))
        return await self.hear()

    async def publish(self, topic: str, payload: bytes, qos: int = 0, *, retain: bool = False) -> None:
        self.client.publish(topic, payload, qos, retain)
        assert await self.hear() == "published"

    async def nothing(self) -> None:
        """Hear nothing: what is published now comes first."""
        await self.subscribe(("nothing", 0))
        self.client.publish("nothing", b"")
        assert sorted(map(str, await self.hear(2))) == ["('nothing', b'', 0, False)", "published"]

    async def close(self) -> None:
        self.client.disconnect()
        await asyncio.to_thread(self.client.loop_stop)

    async def freeze(self) -> None:
        """Go silent, with the connection still open."""
        self.client._thread_terminate = True
        await asyncio.to_thread(self.client._thread.join)


Make = Callable[..., Paho]


@pytest.fixture
async def paho_client() -> AsyncIterator[Make]:
    made: list[Paho] = []

    def make(*args: Any, **options: Any) -> Paho:
        made.append(Paho(*args, **options))
        return made[-1]

    yield make
    for client in made:
        await client.close()


@pytest.mark.parametrize("protocol", [paho.MQTTv31, paho.MQTTv311])
async def test_basic(house: Any, paho_client: Make, protocol: int) -> None:
    client = paho_client("basic", protocol=protocol)
    assert await client.connect(house.port) == ("connected", False)
    assert await client.subscribe(("TopicA", 2)) == [2]
    for qos in (0, 1, 2):
        await_both = [("TopicA", b"%d" % qos, qos, False), "published"]
        client.client.publish("TopicA", b"%d" % qos, qos)
        assert sorted(map(str, await client.hear(2))) == sorted(map(str, await_both))


async def test_retained(house: Any, paho_client: Make) -> None:
    client = paho_client("retained")
    await client.connect(house.port)
    for qos, topic in enumerate(("TopicA", "TopicA/B", "Topic/C")):
        await client.publish(topic, b"qos %d" % qos, qos, retain=True)
    assert await client.subscribe(("+/+", 2)) == [2]
    assert {*await client.hear(2)} == {("TopicA/B", b"qos 1", 1, True), ("Topic/C", b"qos 2", 2, True)}
    for topic in ("TopicA", "TopicA/B", "Topic/C"):
        client.client.publish(topic, b"", 1, True)
    assert len(await client.hear(5)) == 5
    late = paho_client("late")
    await late.connect(house.port)
    await late.subscribe(("#", 2))
    await late.nothing()


async def test_offline_queueing(house: Any, paho_client: Make) -> None:
    first = paho_client("offline", clean=False)
    await first.connect(house.port)
    await first.subscribe(("+/+", 2))
    await first.close()
    other = paho_client("other")
    await other.connect(house.port)
    for qos, topic in ((1, "TopicA/B"), (2, "Topic/C"), (0, "TopicA/C")):
        await other.publish(topic, b"x", qos)
    again = paho_client("offline", clean=False)
    assert await again.connect(house.port) == ("connected", True)
    assert await again.hear(2) == [("TopicA/B", b"x", 1, False), ("Topic/C", b"x", 2, False)]
    await again.nothing()


async def test_will(house: Any, paho_client: Make) -> None:
    doomed = paho_client("doomed")
    doomed.client.will_set("Topic/C", b"client not disconnected", 1, retain=True)
    await doomed.connect(house.port, 10)
    watcher = paho_client("watcher")
    await watcher.connect(house.port)
    await watcher.subscribe(("Topic/C", 2))
    await doomed.freeze()
    house.broker.disconnect(client_id="doomed")
    assert await watcher.hear() == ("Topic/C", b"client not disconnected", 1, False)


async def test_overlapping_subscriptions(house: Any, paho_client: Make) -> None:
    client = paho_client("overlapping")
    await client.connect(house.port)
    assert await client.subscribe(("TopicA/#", 2), ("TopicA/+", 1)) == [2, 1]
    house.broker.publish("TopicA/C", b"x", 2)
    assert await client.hear() == ("TopicA/C", b"x", 2, False)
    await client.nothing()


async def test_keep_alive(house: Any, paho_client: Make) -> None:
    silent = paho_client("silent")
    silent.client.will_set("TopicA/C", b"keepalive expiry")
    await silent.connect(house.port, 5)
    watcher = paho_client("watcher")
    await watcher.connect(house.port, 0)
    await watcher.subscribe(("TopicA/C", 2))
    await silent.freeze()
    house.pass_seconds(10)
    assert await watcher.hear() == ("TopicA/C", b"keepalive expiry", 0, False)


@pytest.mark.parametrize("qos", [1, 2])
async def test_redelivery_on_reconnect(house: Any, paho_client: Make, qos: int) -> None:
    first = paho_client("redelivery", clean=False, manual_ack=True)
    await first.connect(house.port)
    await first.subscribe(("TopicA/B", 2))
    house.broker.publish("TopicA/B", b"x", qos)
    assert await first.hear() == ("TopicA/B", b"x", qos, False)
    await first.freeze()
    house.broker.disconnect(client_id="redelivery")
    again = paho_client("redelivery", clean=False)
    assert await again.connect(house.port) == ("connected", True)
    if qos == 1:
        assert await again.hear() == ("TopicA/B", b"x", qos, False)
        assert again.dup
    await again.nothing()
    await house.until(
        lambda: not house.broker._sessions.find(name=None, client_id=None, space=None)[0]._in_flight
    )


class Door:
    class Picky(FullAccess):
        def subscribe_filters(self, filter: str) -> list[Grant] | None:
            return None if filter == "test/nosubscribe" else [Grant(filter)]

    def authenticate(self, credentials: Credentials) -> Access | None:
        return self.Picky()


async def test_subscribe_failure(start: Any, paho_client: Make) -> None:
    house = await start(Door())
    client = paho_client("failure")
    await client.connect(house.port)
    assert await client.subscribe(("test/nosubscribe", 2)) == [0x80]
    assert await client.subscribe(("a", 1), ("test/nosubscribe", 2), ("b", 2)) == [1, 0x80, 2]


async def test_dollar_topics(house: Any, paho_client: Make) -> None:
    client = paho_client("dollar")
    await client.connect(house.port)
    await client.subscribe(("+/+", 2), ("#", 2))
    await client.publish("$TopicA/B", b"x", 1)
    await client.subscribe(("$TopicA/+", 2))
    client.client.publish("$TopicA/B", b"y", 1)
    assert {*await client.hear(2)} == {("$TopicA/B", b"y", 1, False), "published"}


async def test_unsubscribe(house: Any, paho_client: Make) -> None:
    client = paho_client("unsubscribe")
    await client.connect(house.port)
    await client.subscribe(("TopicA", 2), ("TopicA/B", 2), ("Topic/C", 2))
    client.client.unsubscribe("TopicA")
    assert await client.hear() == "unsubscribed"
    for topic in ("TopicA", "TopicA/B", "Topic/C"):
        house.broker.publish(topic, b"x", 1)
    assert await client.hear(2) == [("TopicA/B", b"x", 1, False), ("Topic/C", b"x", 1, False)]


async def test_zero_length_client_id(house: Any, paho_client: Make) -> None:
    clients = [paho_client("") for _ in range(2)]
    assert [await client.connect(house.port) for client in clients] == [("connected", False)] * 2
    stubborn = paho_client("", reconnect_on_failure=True)
    stubborn.client._clean_session = False  # it tries again with a name of its own
    assert await stubborn.connect(house.port) == ("connected", False)
    assert house.broker.stats.log_ins_refused == 1


async def test_mqtt_5_is_refused_cleanly(house: Any, paho_client: Make) -> None:
    client = paho_client("five", clean=None, protocol=paho.MQTTv5)
    assert await client.connect(house.port) == ("refused", "Unsupported protocol version")
    await house.until(lambda: not house.broker.stats.connections)


@pytest.mark.parametrize("qos", [0, 1, 2])
async def test_many_messages_come_in_order(house: Any, paho_client: Make, qos: int) -> None:
    client = paho_client("many")
    await client.connect(house.port)
    client.client.on_publish = None
    await client.subscribe(("a/#", qos))
    for n in range(200):
        client.client.publish("a/b", f"{n}", qos)
    assert await client.hear(200) == [("a/b", f"{n}".encode(), qos, False) for n in range(200)]
