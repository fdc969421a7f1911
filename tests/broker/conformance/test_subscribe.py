"""SUBSCRIBE, UNSUBSCRIBE and the rest by the numbers of MQTT 3.1.1 (chapters 3.8 to 3.14, 4 and 7)."""

from __future__ import annotations

from typing import Any

import pytest

from hub.broker import Access, Credentials, FullAccess, Grant, Limits
from hub.broker.packets import (
    Connect,
    Disconnect,
    Pingreq,
    Pingresp,
    Puback,
    Pubcomp,
    Publish,
    Pubrec,
    Pubrel,
    Suback,
    Subscribe,
    Unsuback,
    Unsubscribe,
    Will,
)


async def test_mqtt_3_8_3_2_wildcards_are_served(house: Any) -> None:
    client = await house.client()
    assert await client.subscribe("#", "+", "a/+/c", "+/+/#", qos=1) == (1, 1, 1, 1)


@pytest.mark.parametrize("number", ["MQTT-3.8.4-1", "MQTT-3.8.4-2"])
async def test_a_subscribe_is_answered_under_its_id(house: Any, number: str) -> None:
    client = await house.client()
    await client.say(Subscribe(1_234, (("a", 1),)))
    assert await client.hear() == Suback(1_234, (1,))


async def test_mqtt_3_8_4_3_a_filter_subscribed_again_is_replaced_and_tells_again(house: Any) -> None:
    house.broker.publish("a", b"kept", qos=2, retain=True)
    client = await house.client("client")
    for qos in (2, 0, 1):
        await client.say(Subscribe(1, (("a", qos),)))
        heard = await client.hear_some(2)
        assert Suback(1, (qos,)) in heard
        assert [(p.payload, p.qos) for p in heard if isinstance(p, Publish)] == [(b"kept", qos)]
    house.broker.publish("a", b"live", qos=2)
    heard = await client.hear_until_pong()
    assert [(packet.payload, packet.qos) for packet in heard] == [(b"live", 1)]
    assert house.broker.stats.subscriptions == 1


async def test_mqtt_3_8_4_4_many_filters_are_many_subscriptions_with_one_answer(house: Any) -> None:
    for topic in ("a", "b"):
        house.broker.publish(topic, b"x", retain=True)
    client = await house.client()
    await client.say(Subscribe(1, (("a", 0), ("b", 1), ("a", 2))))
    heard = await client.hear_until_pong()
    assert [packet for packet in heard if isinstance(packet, Suback)] == [Suback(1, (0, 1, 2))]
    assert sorted(packet.topic for packet in heard if isinstance(packet, Publish)) == ["a", "a", "b"]


class Picky(FullAccess):
    def subscribe_filters(self, filter: str) -> list[Grant] | None:
        return None if filter.startswith("no") else [Grant(filter)]


class Door:
    def authenticate(self, credentials: Credentials) -> Access | None:
        return Picky()


@pytest.mark.parametrize("number", ["MQTT-3.8.4-5", "MQTT-3.9.3-1", "MQTT-3.9.3-2"])
async def test_each_filter_has_its_code_in_its_place(start: Any, number: str) -> None:
    house = await start(Door())
    client = await house.client()
    await client.say(Subscribe(1, (("no/1", 0), ("a", 2), ("no/2", 2), ("b", 0), ("c", 1))))
    assert await client.reader.readexactly(9) == b"\x90\x07\x00\x01\x80\x02\x80\x00\x01"


@pytest.mark.parametrize("published", [0, 1, 2])
@pytest.mark.parametrize("granted", [0, 1, 2])
async def test_mqtt_3_8_4_6_a_message_has_the_lower_qos(house: Any, published: int, granted: int) -> None:
    client = await house.subscriber("a", qos=granted)
    house.broker.publish("a", b"x", qos=published)
    assert (await client.hear()).qos == min(published, granted)


async def test_mqtt_3_10_4_1_only_the_very_same_filter_is_given_up(house: Any) -> None:
    client = await house.subscriber("a/+", "a/#", "a/b", client_id="client")
    await client.say(Unsubscribe(1, ("a/b", "+/b", "A/#", "a/+/")))
    assert await client.hear() == Unsuback(1)
    assert [found.subscriptions for found in house.broker.clients()] == [("a/+", "a/#")]


async def test_mqtt_3_10_4_2_nothing_new_comes_of_it(house: Any) -> None:
    client = await house.subscriber("a", qos=1, client_id="client")
    await client.say(Unsubscribe(1, ("a",)))
    await client.hear()
    house.broker.publish("a", b"x", qos=1)
    assert await client.hear_until_pong() == []


async def test_mqtt_3_10_4_3_what_was_begun_is_brought_to_its_end(start: Any) -> None:
    house = await start(limits=Limits(in_flight=1))
    client = await house.subscriber("a", qos=2, client_id="client", clean_session=False)
    house.broker.publish("a", b"1", qos=2)
    house.broker.publish("a", b"2", qos=1)
    assert await client.hear() == Publish("a", b"1", 2, packet_id=1)
    await client.say(Unsubscribe(1, ("a",)), Pubrec(1), Pubcomp(1))
    assert await client.hear_some(3) == [Unsuback(1), Pubrel(1), Publish("a", b"2", 1, packet_id=2)]


@pytest.mark.parametrize("number", ["MQTT-3.10.4-4", "MQTT-3.10.4-5"])
async def test_an_unsubscribe_is_answered_whatever_it_finds(house: Any, number: str) -> None:
    client = await house.client()
    await client.say(Unsubscribe(4_321, ("never",)))
    assert await client.hear() == Unsuback(4_321)


async def test_mqtt_3_10_4_6_many_filters_have_one_answer(house: Any) -> None:
    client = await house.subscriber("a", "b", "c", client_id="client")
    await client.say(Unsubscribe(9, ("a", "none", "c")))
    assert await client.hear_until_pong() == [Unsuback(9)]
    assert [found.subscriptions for found in house.broker.clients()] == [("b",)]


async def test_mqtt_3_12_4_1_a_ping_is_answered(house: Any) -> None:
    client = await house.client()
    await client.say(Pingreq(), Pingreq())
    assert await client.hear_some(2) == [Pingresp(), Pingresp()]


async def test_mqtt_3_14_4_3_a_farewell_takes_the_will_back(house: Any) -> None:
    watcher = await house.subscriber("will", client_id="watcher")
    client = await house.client("client", will=Will("will", b"gone", retain=True))
    await client.say(Disconnect())
    assert await client.is_closed()
    await house.settle()
    assert await watcher.hear_until_pong() == []
    assert house.broker.retained() == []


async def test_mqtt_4_1_0_1_a_session_is_kept_for_as_long_as_it_lasts(house: Any) -> None:
    client = await house.subscriber("a", qos=2, client_id="client", clean_session=False)
    await client.publish("b", b"x", qos=2, packet_id=9)
    assert await client.hear() == Pubrec(9)
    await client.break_off()
    await house.settle()
    house.pass_seconds(86_400)
    house.broker.publish("a", b"x", qos=2)
    again = await house.client("client", clean_session=False)
    assert await again.hear() == Publish("a", b"x", 2, packet_id=1)
    await again.publish("b", b"x", qos=2, packet_id=9, dup=True)
    assert await again.hear() == Pubrec(9)
    assert house.broker.stats.messages_received == 3


async def test_mqtt_4_1_0_2_a_session_lasts_as_long_as_its_connection(start: Any) -> None:
    house = await start(limits=Limits(session_expiry=1))
    client = await house.subscriber("a", client_id="client", clean_session=False)
    for _ in range(4):
        house.pass_seconds(100)
        await client.hear_until_pong()
    house.broker.publish("a", b"x")
    assert await client.hear() == Publish("a", b"x")


async def owe_some(house: Any) -> None:
    """Leave a client with messages in every state."""
    first = await house.subscriber("a", qos=2, clean_session=False)
    for n, qos in enumerate((1, 2, 2, 1, 2)):
        house.broker.publish("a", b"%d" % n, qos=qos)
    await first.hear_some(5)
    await first.say(Pubrec(2))
    assert await first.hear() == Pubrel(2)
    await first.break_off()
    await house.settle()


OWED = [
    Publish("a", b"0", 1, dup=True, packet_id=1),
    Pubrel(2),
    Publish("a", b"2", 2, dup=True, packet_id=3),
    Publish("a", b"3", 1, dup=True, packet_id=4),
    Publish("a", b"4", 2, dup=True, packet_id=5),
]


async def test_mqtt_4_4_0_1_what_was_not_acknowledged_is_sent_again_under_its_id(house: Any) -> None:
    await owe_some(house)
    again = await house.client("subscriber", clean_session=False)
    assert set(await again.hear_some(5)) == set(OWED)


@pytest.mark.parametrize("number", ["MQTT-4.6.0-1", "MQTT-4.6.0-6"])
async def test_what_is_sent_again_comes_in_the_order_of_the_first_time(house: Any, number: str) -> None:
    await owe_some(house)
    again = await house.client("subscriber", clean_session=False)
    assert await again.hear_some(5) == OWED


@pytest.mark.parametrize(("number", "qos"), [("MQTT-4.6.0-2", 1), ("MQTT-4.6.0-3", 2)])
async def test_messages_are_acknowledged_in_their_order(
    start: Any, memory: Any, number: str, qos: int
) -> None:
    house = await start(store=memory)
    await (await house.subscriber("stored/#", qos=1, clean_session=False)).break_off()
    await house.settle()
    client = await house.client("client", clean_session=False)
    for n in range(1, 10):
        await client.publish("stored/x" if n % 3 else "live", b"x", qos=qos, packet_id=n)
    assert await client.hear_some(9) == [(Puback if qos == 1 else Pubrec)(n) for n in range(1, 10)]


async def test_mqtt_4_6_0_4_messages_are_released_in_their_order(start: Any, memory: Any) -> None:
    house = await start(store=memory)
    client = await house.subscriber("a", qos=2, clean_session=False)
    for n in range(5):
        house.broker.publish("a", b"%d" % n, qos=2)
    await client.hear_some(5)
    await client.say(*(Pubrec(n) for n in (2, 1, 5, 3, 4)))
    assert await client.hear_some(5) == [Pubrel(n) for n in (2, 1, 5, 3, 4)]


@pytest.mark.parametrize("number", ["MQTT-4.6.0-5", "MQTT-4.6.0-6"])
@pytest.mark.parametrize("qos", [0, 1, 2])
async def test_messages_of_a_topic_stay_in_their_order(house: Any, number: str, qos: int) -> None:
    subscriber = await house.subscriber("a", "b", qos=qos)
    publishers = [await house.client(name) for name in ("one", "two")]
    for n in range(20):
        for publisher, topic in zip(publishers, "ab", strict=True):
            await publisher.publish(topic, b"%d" % n, qos=qos, packet_id=n + 1 if qos else 0)
    heard: dict[str, list[int]] = {"a": [], "b": []}
    while sum(map(len, heard.values())) < 40:
        packet = await subscriber.hear()
        if isinstance(packet, Pubrel):
            await subscriber.say(Pubcomp(packet.packet_id))
            continue
        heard[packet.topic].append(int(packet.payload))
        if qos:
            await subscriber.say(Puback(packet.packet_id) if qos == 1 else Pubrec(packet.packet_id))
    assert heard == {"a": list(range(20)), "b": list(range(20))}


async def test_mqtt_4_7_2_1_wildcards_do_not_reach_topics_with_a_dollar(house: Any) -> None:
    client = await house.subscriber("#", "+/x", "+/#", client_id="client")
    explicit = await house.subscriber("$own/#", client_id="explicit")
    await client.publish("$own/x", b"1")
    assert await client.hear_until_pong() == []
    assert await explicit.hear() == Publish("$own/x", b"1")


async def test_mqtt_4_7_3_3_a_topic_may_be_as_long_as_its_length_can_say(start: Any) -> None:
    house = await start(limits=Limits(topic=65_535))
    topic = "x" * 65_535
    client = await house.subscriber(topic, client_id="client")
    await client.publish(topic)
    assert await client.hear() == Publish(topic)


@pytest.mark.parametrize("other", ["A/b", "/a/b", "a//b", "a/b/", "a/\u0062\u0301", "ａ/b", "a/ b"])
async def test_mqtt_4_7_3_4_topics_are_compared_as_they_are(house: Any, other: str) -> None:
    client = await house.subscriber("a/b", client_id="client")
    await client.publish(other)
    await client.publish("a/b")
    assert await client.hear_until_pong() == [Publish("a/b")]


async def test_mqtt_4_8_0_2_what_cannot_be_done_now_ends_the_connection(
    start: Any, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = await start(store=memory)
    await (await house.subscriber("a", qos=1, clean_session=False)).break_off()
    await house.settle()
    client = await house.client()
    memory.error = OSError("no space left on device")
    monkeypatch.setattr(house.broker._exchange.journal, "_most", 0)
    house.broker.publish("a", b"x", qos=1)
    await client.publish("a", b"x", qos=1, packet_id=1)
    assert await client.hear() is None


async def test_mqtt_7_1_1_1_serves_over_tcp(house: Any) -> None:
    wire = await house.dial()
    await wire.say(Connect("client"), Pingreq())
    assert [type(packet).__name__ for packet in await wire.hear_some(2)] == ["Connack", "Pingresp"]
