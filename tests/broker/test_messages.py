"""Messages reach those who want them, with the QoS, order and flags the standard says."""

from __future__ import annotations

from typing import Any

import pytest

from hub.broker.packets import (
    Puback,
    Pubcomp,
    Publish,
    Pubrec,
    Pubrel,
    Suback,
    Subscribe,
    Unsuback,
    Unsubscribe,
)


async def test_passes_a_message_on(house: Any) -> None:
    subscriber = await house.subscriber("a/+")
    publisher = await house.client("publisher")

    await publisher.publish("a/b", b"hello")

    assert await subscriber.hear() == Publish("a/b", b"hello")


async def test_a_client_hears_itself(house: Any) -> None:
    client = await house.subscriber("a")
    await client.publish("a", b"x")
    assert await client.hear() == Publish("a", b"x")


async def test_keeps_the_order_of_messages_to_several_topics(house: Any) -> None:
    subscriber = await house.subscriber("#")
    publisher = await house.client("publisher")
    sent = [Publish(f"t/{n % 3}", str(n).encode()) for n in range(300)]

    await publisher.say(*sent)

    assert [await subscriber.hear() for _ in sent] == sent


async def test_messages_in_a_row_reach_different_receivers(house: Any) -> None:
    left = await house.subscriber("left/#", client_id="left")
    right = await house.subscriber("right/#", "left/2", client_id="right")
    publisher = await house.client("publisher")

    await publisher.say(*(Publish(f"{side}/{n}") for n in range(3) for side in ("left", "right")))
    await publisher.hear_until_pong()

    assert [packet.topic for packet in await left.hear_until_pong()] == ["left/0", "left/1", "left/2"]
    heard = [packet.topic for packet in await right.hear_until_pong()]
    assert heard == ["right/0", "right/1", "left/2", "right/2"]


@pytest.mark.parametrize("published", [0, 1, 2])
@pytest.mark.parametrize("subscribed", [0, 1, 2])
async def test_delivers_with_the_lower_qos(house: Any, published: int, subscribed: int) -> None:
    subscriber = await house.subscriber("a", qos=subscribed)
    publisher = await house.client("publisher")

    await publisher.publish("a", b"x", qos=published, packet_id=9 if published else 0)

    qos = min(published, subscribed)
    assert await subscriber.hear() == Publish("a", b"x", qos, packet_id=1 if qos else 0)


async def test_filters_that_overlap_give_one_message_of_the_highest_qos(house: Any) -> None:
    subscriber = await house.client("subscriber")
    await subscriber.say(Subscribe(3, (("a/#", 0), ("a/+", 2), ("a/b", 1))))
    assert await subscriber.hear() == Suback(3, (0, 2, 1))
    publisher = await house.client("publisher")

    await publisher.publish("a/b", b"x", qos=2, packet_id=1)

    assert await subscriber.hear_until_pong() == [Publish("a/b", b"x", 2, packet_id=1)]


async def test_qos_2_is_acknowledged_in_four_steps_on_both_sides(house: Any) -> None:
    subscriber = await house.subscriber("a", qos=2)
    publisher = await house.client("publisher")

    await publisher.publish("a", b"x", qos=2, packet_id=77)
    assert await publisher.hear() == Pubrec(77)
    assert await subscriber.hear() == Publish("a", b"x", 2, packet_id=1)
    await subscriber.say(Pubrec(1))
    assert await subscriber.hear() == Pubrel(1)
    await subscriber.say(Pubcomp(1))
    await publisher.say(Pubrel(77))
    assert await publisher.hear() == Pubcomp(77)
    assert await subscriber.hear_until_pong() == []


async def test_a_repeated_qos_2_message_is_routed_once(house: Any) -> None:
    subscriber = await house.subscriber("a")
    publisher = await house.client("publisher")

    await publisher.publish("a", b"x", qos=2, packet_id=5)
    await publisher.publish("a", b"x", qos=2, packet_id=5, dup=True)

    assert await publisher.hear_until_pong() == [Pubrec(5), Pubrec(5)]
    assert await subscriber.hear_until_pong() == [Publish("a", b"x")]


async def test_a_released_packet_id_may_be_used_again(house: Any) -> None:
    subscriber = await house.subscriber("a")
    publisher = await house.client("publisher")

    for _ in range(2):
        await publisher.publish("a", b"x", qos=2, packet_id=5)
        await publisher.say(Pubrel(5))
        await publisher.hear_until_pong()

    assert len(await subscriber.hear_until_pong()) == 2


async def test_an_unsubscribed_filter_brings_nothing(house: Any) -> None:
    client = await house.subscriber("a", "b")

    await client.say(Unsubscribe(4, ("a", "never/had")), Publish("a"), Publish("b"))

    assert await client.hear_until_pong() == [Unsuback(4), Publish("b", b"")]


async def test_a_wildcard_does_not_bring_topics_of_the_server(house: Any) -> None:
    client = await house.subscriber("#", "+/x")
    explicit = await house.subscriber("$SYS/#", client_id="explicit")

    house.broker.publish("$SYS/x", b"1")

    assert await client.hear_until_pong() == []
    assert await explicit.hear_until_pong() == [Publish("$SYS/x", b"1")]


async def test_a_client_cannot_publish_to_topics_of_the_server(house: Any) -> None:
    subscriber = await house.subscriber("$SYS/#", "$CONTROL")
    publisher = await house.client("publisher")

    await publisher.publish("$SYS/x", b"forged", qos=1, packet_id=1)
    await publisher.publish("$SYS", b"forged", qos=0)
    await publisher.publish("$CONTROL", b"forged", qos=0)

    assert await publisher.hear_until_pong() == [Puback(1)]
    assert await subscriber.hear_until_pong() == []


async def test_members_of_a_group_share_the_messages(house: Any) -> None:
    one = await house.subscriber("$share/g/a/#", client_id="one")
    two = await house.subscriber("$share/g/a/#", client_id="two")
    alone = await house.subscriber("a/#", client_id="alone")
    publisher = await house.client("publisher")

    await publisher.say(*(Publish("a/b", str(n).encode()) for n in range(20)))
    await publisher.hear_until_pong()

    shares = [len(await member.hear_until_pong()) for member in (one, two, alone)]
    assert shares == [10, 10, 20]


async def test_a_message_larger_than_one_read_arrives_whole(house: Any) -> None:
    subscriber = await house.subscriber("a")
    publisher = await house.client("publisher")
    payload = bytes(range(256)) * 1_000

    await publisher.publish("a", payload)

    assert await subscriber.hear() == Publish("a", payload)


async def test_a_message_said_byte_by_byte_arrives_whole(house: Any) -> None:
    subscriber = await house.subscriber("a")
    publisher = await house.client("publisher")

    for byte in b"\x30\x06\x00\x01abcd":
        await publisher.say(bytes((byte,)))
        await house.settle()

    assert await subscriber.hear() == Publish("a", b"bcd")


async def test_what_comes_right_behind_the_connect_is_heard(house: Any) -> None:
    subscriber = await house.subscriber("a")
    eager = await house.dial()
    connect = bytes.fromhex("10 0D 0004 4D515454 04 02 000A 0001 65")

    await eager.say(connect + b"\x30\x04\x00\x01ab")

    assert await subscriber.hear() == Publish("a", b"b")


async def test_a_long_in_flight_window_wraps_its_packet_ids(house: Any) -> None:
    subscriber = await house.subscriber("a", qos=1)
    session = house.broker._sessions.find(name=None, client_id="subscriber", space=None)[0]
    session._next_id = 65_534

    for n in range(3):
        house.broker.publish("a", b"%d" % n, qos=1)

    heard = await subscriber.hear_until_pong()
    assert [packet.packet_id for packet in heard] == [65_535, 1, 2]
