"""A client's access may have messages kept without being asked, be told of each, and be taken away."""

from __future__ import annotations

from typing import Any

from hub.broker import Access, Credentials, FullAccess
from hub.broker.packets import Puback, Publish


class Keeper(FullAccess):
    """Keeps what is published below `state`, and remembers every topic."""

    def __init__(self, name: str = "") -> None:
        super().__init__(name)
        self.topics: list[str] = []
        self.on_publish = self.topics.append

    def keeps(self, topic: str) -> bool:
        return topic.startswith("state/")


class Judge:
    """Gives each client the one access of its client id."""

    def __init__(self, **accesses: Access) -> None:
        self.accesses = accesses

    def authenticate(self, credentials: Credentials) -> Access | None:
        return self.accesses.get(credentials.client_id, FullAccess(credentials.client_id))


async def test_a_kept_topic_holds_its_last_message_without_a_retain_flag(start: Any) -> None:
    house = await start(Judge(device=Keeper("device")))
    watcher = await house.subscriber("#", client_id="watcher")
    device = await house.client("device")

    await device.publish("state/a", b"1")
    await device.publish("state/a", b"2", qos=1, packet_id=3)
    await device.publish("event", b"3")

    assert await device.hear_until_pong() == [Puback(3)]
    assert await watcher.hear_until_pong() == [
        Publish("state/a", b"1"),
        Publish("state/a", b"2"),
        Publish("event", b"3"),
    ]
    late = await house.subscriber("#", client_id="late")
    assert await late.hear_until_pong() == [Publish("state/a", b"2", retain=True)]


async def test_an_empty_message_clears_a_kept_topic(start: Any) -> None:
    house = await start(Judge(device=Keeper()))
    device = await house.client("device")

    await device.publish("state/a", b"1")
    await device.publish("state/a")

    assert await device.hear_until_pong() == []
    assert house.broker.retained() == []


async def test_an_access_that_listens_is_told_of_each_message(start: Any) -> None:
    keeper = Keeper()
    house = await start(Judge(device=keeper))
    device = await house.client("device")

    for _ in range(2):
        await device.publish("event", b"x")
    await device.publish("state/a", b"x", qos=1, packet_id=1)

    assert await device.hear_until_pong() == [Puback(1)]
    assert keeper.topics == ["event", "event", "state/a"]


async def test_retained_messages_are_forgotten_without_a_word(start: Any) -> None:
    house = await start()
    watcher = await house.subscriber("a/#")
    house.broker.publish("a/b", b"1", retain=True)
    house.broker.publish("c", b"2", retain=True)

    house.broker.clear_retained("a/#")

    assert [kept.topic for kept in house.broker.retained()] == ["c"]
    assert await watcher.hear_until_pong() == [Publish("a/b", b"1")]


async def test_only_unwanted_connections_are_ended(start: Any) -> None:
    house = await start(Judge())
    first, second = await house.client("first"), await house.client("second")

    assert house.broker.disconnect_where(lambda access: access.name == "first") == 1

    assert await first.is_closed()
    assert await second.hear_until_pong() == []
