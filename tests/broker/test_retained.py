"""The last retained message of a topic is told to who subscribes later."""

from __future__ import annotations

from typing import Any

import pytest

from hub.broker import Limits, PublishDenied
from hub.broker.packets import Puback, Publish, Suback, Subscribe


async def test_tells_the_last_retained_message(house: Any) -> None:
    publisher = await house.client("publisher")
    await publisher.publish("a", b"old", retain=True)
    await publisher.publish("a", b"new", retain=True)
    await publisher.hear_until_pong()

    subscriber = await house.subscriber("+")

    assert await subscriber.hear_until_pong() == [Publish("a", b"new", retain=True)]


async def test_a_live_message_has_no_retain_flag(house: Any) -> None:
    client = await house.subscriber("a")
    await client.publish("a", b"x", retain=True)
    assert await client.hear_until_pong() == [Publish("a", b"x")]


async def test_an_empty_payload_clears(house: Any) -> None:
    client = await house.client()
    await client.publish("a", b"x", retain=True)
    await client.publish("a", b"", retain=True)
    await client.say(Subscribe(1, (("a", 0),)))
    assert await client.hear_until_pong() == [Suback(1, (0,))]
    assert house.broker.stats.retained == 0


async def test_each_new_subscription_tells_again(house: Any) -> None:
    client = await house.client()
    await client.publish("a", b"x", retain=True)
    for _ in range(2):
        await client.say(Subscribe(1, (("a", 0),)))
        assert await client.hear_until_pong() == [Suback(1, (0,)), Publish("a", b"x", retain=True)]


@pytest.mark.parametrize(("kept", "subscribed", "told"), [(0, 2, 0), (1, 2, 1), (2, 1, 1), (2, 2, 2)])
async def test_tells_with_the_lower_qos(house: Any, kept: int, subscribed: int, told: int) -> None:
    house.broker.publish("a", b"x", qos=kept, retain=True)
    subscriber = await house.subscriber("a", qos=subscribed)
    assert await subscriber.hear_until_pong() == [
        Publish("a", b"x", told, retain=True, packet_id=1 if told else 0)
    ]


async def test_a_shared_subscription_is_told_nothing(house: Any) -> None:
    house.broker.publish("a", b"x", retain=True)
    member = await house.subscriber("$share/g/a")
    assert await member.hear_until_pong() == []


async def test_tells_a_great_many_in_pieces_and_loses_none(house: Any) -> None:
    for n in range(5_000):
        house.broker.publish(f"a/{n}", b"x", retain=True)
    subscriber = await house.subscriber("a/#")
    heard = [await subscriber.hear() for _ in range(5_000)]
    assert {packet.topic for packet in heard} == {f"a/{n}" for n in range(5_000)}


async def test_tells_a_great_many_of_qos_1_within_the_window(start: Any) -> None:
    house = await start(limits=Limits(messages_per_second=None, in_flight=5, queue_messages=10))
    for n in range(100):
        house.broker.publish(f"a/{n}", b"x", qos=1, retain=True)
    subscriber = await house.subscriber("a/#", qos=1)

    topics = set()
    for _ in range(100):
        packet = await subscriber.hear()
        topics.add(packet.topic)
        await subscriber.say(b"\x40\x02" + packet.packet_id.to_bytes(2, "big"))

    assert len(topics) == 100
    assert house.broker.stats.messages_dropped == 0


async def test_a_client_may_set_only_so_many(start: Any) -> None:
    house = await start(limits=Limits(retained_per_client=2))
    client = await house.subscriber("#")

    for n in range(3):
        await client.publish(f"t{n}", b"x", retain=True)
    await client.publish("t0", b"new", retain=True)

    assert len(await client.hear_until_pong()) == 4
    assert sorted((kept.topic, kept.payload) for kept in house.broker.retained()) == [
        ("t0", b"new"),
        ("t1", b"x"),
    ]
    assert [event.topic for event in house.events if isinstance(event, PublishDenied)] == ["t2"]


@pytest.mark.parametrize("limits", [Limits(retained=2), Limits(retained_bytes=2 * 12)])
async def test_all_together_may_set_only_so_many(start: Any, limits: Limits) -> None:
    house = await start(limits=limits)
    for n in range(5):
        house.broker.publish(f"t{n}", b"0123456789", retain=True)
    assert [kept.topic for kept in house.broker.retained()] == ["t0", "t1"]
    house.broker.publish("t0", b"", retain=True)
    house.broker.publish("t4", b"0123456789", retain=True)
    assert [kept.topic for kept in house.broker.retained("t4")] == ["t4"]


async def test_a_client_that_subscribes_again_and_again_is_told_once_there_is_room(start: Any) -> None:
    house = await start(limits=Limits(in_flight=1, messages_per_second=None))
    for n in range(3):
        house.broker.publish(f"a/{n}", b"x", qos=1, retain=True)
    client = await house.client("client")
    for _ in range(200):
        await client.say(Subscribe(1, (("a/#", 1), ("b", 0))))
    session = house.broker._sessions.find(name=None, client_id="client", space=None)[0]
    heard = await client.hear_until_pong()
    assert len([packet for packet in heard if isinstance(packet, Publish)]) == 1
    assert len(session._feeds) <= 3
    told = []
    for packet_id in range(1, 4):
        await client.say(Puback(packet_id))
        told += await client.hear_until_pong()
    assert [packet.topic for packet in told] == ["a/0", "a/1", "a/2"]


@pytest.mark.parametrize("times", [100, 30_000])
async def test_one_packet_with_a_filter_many_times_is_bounded(start: Any, times: int) -> None:
    house = await start(limits=Limits(in_flight=1, messages_per_second=None))
    house.broker.publish("a", b"x", qos=1, retain=True)
    client = await house.client("client")
    await client.say(Subscribe(1, (("a", 1),) * times))
    await client.hear_until_pong()
    session = house.broker._sessions.find(name=None, client_id="client", space=None)[0]
    assert len(session._feeds) <= 200
