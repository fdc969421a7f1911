"""A will is said when a client goes without a DISCONNECT, whatever ends its connection."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from hub.broker import Access, ClientDisconnected, Credentials, FullAccess, PublishDenied
from hub.broker.packets import Connack, Disconnect, Publish, Will

WILL = Will("will", b"gone", 1)


async def break_off(house: Any, wire: Any) -> None:
    await wire.break_off()


async def close(house: Any, wire: Any) -> None:
    await wire.close()


async def break_a_rule(house: Any, wire: Any) -> None:
    await wire.say(b"\xf0\x00")


async def fall_silent(house: Any, wire: Any) -> None:
    house.pass_seconds(16)


async def be_taken_over(house: Any, wire: Any) -> None:
    await house.client("client")


async def be_thrown_out(house: Any, wire: Any) -> None:
    house.broker.disconnect(client_id="client")


@pytest.mark.parametrize(
    "end",
    [break_off, close, break_a_rule, fall_silent, be_taken_over, be_thrown_out],
    ids=lambda end: end.__name__,
)
async def test_says_the_will(house: Any, end: Callable[[Any, Any], Awaitable[None]]) -> None:
    subscriber = await house.subscriber("will", qos=1, keep_alive=1_000)
    client = await house.client("client", will=WILL, keep_alive=10)

    await end(house, client)

    assert await subscriber.hear() == Publish("will", b"gone", 1, packet_id=1)


async def test_a_farewell_takes_the_will_back(house: Any) -> None:
    subscriber = await house.subscriber("will")
    client = await house.client("client", will=WILL)
    await client.say(Disconnect())
    assert await client.is_closed()
    await house.settle()
    assert await subscriber.hear_until_pong() == []


async def test_a_retained_will_is_kept(house: Any) -> None:
    client = await house.client("client", will=Will("will", b"offline", retain=True))
    await client.break_off()
    await house.settle()
    assert [kept.payload for kept in house.broker.retained("will")] == [b"offline"]


async def test_the_server_stops_without_wills(house: Any) -> None:
    heard: list[str] = []
    house.broker.subscribe("will", lambda topic, *_: heard.append(topic))
    await house.client("client", will=WILL)
    await house.broker.stop()
    assert heard == []


class NoWill(Access):
    name = "n"

    def __init__(self, manner: Any) -> None:
        self.on_denied_publish = manner


class Judge:
    def __init__(self, access: Access) -> None:
        self.access = access

    def authenticate(self, credentials: Credentials) -> Access | None:
        return self.access


async def test_a_will_that_is_not_allowed_is_told_and_dropped(start: Any) -> None:
    house = await start(Judge(NoWill("drop")))
    heard: list[str] = []
    house.broker.subscribe("#", lambda topic, *_: heard.append(topic))
    client = await house.client("client", will=WILL)
    house.broker.disconnect()
    assert await client.is_closed()
    assert heard == []
    assert [event.topic for event in house.events if isinstance(event, PublishDenied)] == ["will"]


async def test_a_will_that_is_not_allowed_may_cost_the_log_in(start: Any) -> None:
    house = await start(Judge(NoWill("disconnect")))
    wire = await house.dial()
    assert await wire.log_in("client", will=WILL) == Connack(5)
    assert await wire.is_closed()
    assert house.broker.clients() == []
    assert not [event for event in house.events if isinstance(event, ClientDisconnected)]


async def test_a_will_goes_under_the_canonical_topic(start: Any) -> None:
    class Renaming(FullAccess):
        def publish_topic(self, topic: str) -> str | None:
            return f"devices/7/{topic}"

    house = await start(Judge(Renaming("n")))
    heard: list[str] = []
    house.broker.subscribe("#", lambda topic, *_: heard.append(topic))
    await house.client("client", will=WILL)
    house.broker.disconnect()
    assert heard == ["devices/7/will"]
