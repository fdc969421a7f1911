"""PUBLISH and its acknowledgements by the numbers of MQTT 3.1.1 (chapters 3.3 to 3.7)."""

from __future__ import annotations

from typing import Any

import pytest

from hub.broker import Access, AllowAll, Credentials, FullAccess, Limits
from hub.broker.packets import Puback, Pubcomp, Publish, Pubrec, Pubrel, Suback, Subscribe


async def test_mqtt_3_3_1_1_what_is_sent_again_says_so(house: Any) -> None:
    first = await house.subscriber("a", qos=2, clean_session=False)
    house.broker.publish("a", b"1", qos=1)
    house.broker.publish("a", b"2", qos=2)
    assert [packet.dup for packet in await first.hear_some(2)] == [False, False]
    await first.break_off()
    await house.settle()
    again = await house.client("subscriber", clean_session=False)
    assert [packet.dup for packet in await again.hear_some(2)] == [True, True]


@pytest.mark.parametrize("qos", [1, 2])
async def test_mqtt_3_3_1_3_the_dup_flag_is_not_passed_on(house: Any, qos: int) -> None:
    client = await house.subscriber("a", qos=2, client_id="client")
    await client.publish("a", b"x", qos=qos, packet_id=9, dup=True)
    heard = await client.hear_some(2)
    assert Publish("a", b"x", qos, packet_id=1) in heard


@pytest.mark.parametrize("qos", [0, 1, 2])
async def test_mqtt_3_3_1_5_a_retained_message_is_kept_with_its_qos(house: Any, qos: int) -> None:
    client = await house.client()
    await client.publish("a", b"x", qos=qos, retain=True, packet_id=1 if qos else 0)
    await client.hear_until_pong()
    late = await house.subscriber("a", qos=2)
    assert await late.hear() == Publish("a", b"x", qos, True, packet_id=1 if qos else 0)


async def test_mqtt_3_3_1_6_a_new_subscription_is_told_the_last_of_each_topic(house: Any) -> None:
    for topic, payload in (("a/1", b"old"), ("a/1", b"new"), ("a/2", b"x"), ("b", b"x")):
        house.broker.publish(topic, payload, retain=True)
    late = await house.subscriber("a/+")
    heard = {(packet.topic, packet.payload) for packet in await late.hear_until_pong()}
    assert heard == {("a/1", b"new"), ("a/2", b"x")}


@pytest.mark.parametrize("room", [1, 0])
async def test_mqtt_3_3_1_7_a_retained_message_of_qos_0_discards_the_one_before(
    start: Any, room: int
) -> None:
    house = await start(AllowAll(Limits(retained_per_client=room)))
    house.broker.publish("a", b"before", qos=1, retain=True)
    client = await house.client()
    await client.publish("a", b"after", retain=True)
    await client.hear_until_pong()
    assert [kept.payload for kept in house.broker.retained()] == [b"after"] * room


async def test_mqtt_3_3_1_8_a_message_told_to_a_new_subscription_is_marked(house: Any) -> None:
    house.broker.publish("a", b"x", qos=1, retain=True)
    client = await house.client("client")
    for _ in range(2):
        await client.say(Subscribe(1, (("a", 0),)))
        assert set(await client.hear_some(2)) == {Suback(1, (0,)), Publish("a", b"x", retain=True)}


@pytest.mark.parametrize("retain", [True, False])
async def test_mqtt_3_3_1_9_a_live_message_is_not_marked(house: Any, retain: bool) -> None:
    client = await house.subscriber("a", client_id="client")
    await client.publish("a", b"x", retain=retain)
    assert await client.hear() == Publish("a", b"x", retain=False)


@pytest.mark.parametrize("number", ["MQTT-3.3.1-10", "MQTT-3.3.1-11"])
async def test_an_empty_retained_message_is_passed_on_and_clears(house: Any, number: str) -> None:
    house.broker.publish("a", b"x", retain=True)
    live = await house.subscriber("a", client_id="live")
    assert await live.hear() == Publish("a", b"x", retain=True)
    client = await house.client()
    await client.publish("a", b"", retain=True)
    assert await live.hear() == Publish("a", b"")
    late = await house.subscriber("a", client_id="late")
    assert await late.hear_until_pong() == []
    assert house.broker.retained() == []


@pytest.mark.parametrize("payload", [b"x", b""])
async def test_mqtt_3_3_1_12_a_message_without_the_flag_leaves_the_retained_one(
    house: Any, payload: bytes
) -> None:
    house.broker.publish("a", b"kept", retain=True)
    client = await house.client()
    await client.publish("a", payload)
    await client.publish("b", payload)
    await client.hear_until_pong()
    assert [(kept.topic, kept.payload) for kept in house.broker.retained()] == [("a", b"kept")]


async def test_mqtt_3_3_2_3_a_message_comes_only_to_filters_it_matches(house: Any) -> None:
    client = await house.subscriber("a/+", "b/#", "c", client_id="client")
    for topic in ("a", "a/1", "a/1/2", "b", "b/1/2", "c", "c/1", "bb", "C"):
        await client.publish(topic)
    heard = [packet.topic for packet in await client.hear_until_pong()]
    assert heard == ["a/1", "b", "b/1/2", "c"]


@pytest.mark.parametrize(("qos", "answers"), [(0, []), (1, [Puback(7)]), (2, [Pubrec(7)])])
async def test_mqtt_3_3_4_1_a_message_is_answered_as_its_qos_says(house: Any, qos: int, answers: Any) -> None:
    client = await house.client()
    await client.publish("a", b"x", qos=qos, packet_id=7 if qos else 0)
    assert await client.hear_until_pong() == answers


async def test_mqtt_3_3_5_1_filters_that_overlap_give_the_highest_qos(house: Any) -> None:
    client = await house.client("client")
    await client.say(Subscribe(1, (("a/#", 0), ("a/+", 2), ("a/b", 1))))
    assert await client.hear() == Suback(1, (0, 2, 1))
    house.broker.publish("a/b", b"x", qos=2)
    assert await client.hear_until_pong() == [Publish("a/b", b"x", 2, packet_id=1)]


class Reader(FullAccess):
    def publish_topic(self, topic: str) -> str | None:
        return None


class Door:
    def __init__(self, manner: Any) -> None:
        self.manner = manner

    def authenticate(self, credentials: Credentials) -> Access | None:
        access = Reader()
        access.on_denied_publish = self.manner
        return access


@pytest.mark.parametrize(
    ("manner", "answers"), [("drop", [Puback(1), Pubrec(2)]), ("disconnect", [None, None])]
)
async def test_mqtt_3_3_5_2_a_message_that_is_not_allowed_is_acknowledged_or_ends_the_connection(
    start: Any, manner: Any, answers: Any
) -> None:
    house = await start(Door(manner))
    client = await house.subscriber("#", client_id="client")
    await client.publish("a", b"x", qos=1, packet_id=1)
    await client.publish("a", b"x", qos=2, packet_id=2)
    assert await client.hear_some(2) == answers


async def test_mqtt_4_3_1_1_qos_0_is_sent_once_and_without_dup(house: Any) -> None:
    subscriber = await house.subscriber("a", clean_session=False)
    house.broker.publish("a", b"x")
    assert await subscriber.hear() == Publish("a", b"x", qos=0, dup=False)
    await subscriber.break_off()
    await house.settle()
    again = await house.client("subscriber", clean_session=False)
    assert await again.hear_until_pong() == []


async def test_mqtt_4_3_2_1_qos_1_is_owed_until_it_is_acknowledged(house: Any) -> None:
    first = await house.subscriber("a", qos=1, clean_session=False)
    house.broker.publish("a", b"x", qos=1)
    assert await first.hear() == Publish("a", b"x", 1, packet_id=1)
    await first.break_off()
    await house.settle()
    second = await house.client("subscriber", clean_session=False)
    assert await second.hear() == Publish("a", b"x", 1, dup=True, packet_id=1)
    await second.say(Puback(1))
    await second.hear_until_pong()
    await second.break_off()
    await house.settle()
    assert await (await house.client("subscriber", clean_session=False)).hear_until_pong() == []


@pytest.mark.parametrize("dup", [False, True])
async def test_mqtt_4_3_2_2_qos_1_is_acknowledged_and_its_id_is_free_again(house: Any, dup: bool) -> None:
    watcher = await house.subscriber("a", client_id="watcher")
    client = await house.client()
    for payload, again in ((b"1", False), (b"2", dup)):
        await client.publish("a", payload, qos=1, packet_id=5, dup=again)
        assert await client.hear() == Puback(5)
    assert [packet.payload for packet in await watcher.hear_some(2)] == [b"1", b"2"]


async def test_mqtt_4_3_3_1_qos_2_is_owed_in_both_halves(house: Any) -> None:
    first = await house.subscriber("a", qos=2, clean_session=False)
    house.broker.publish("a", b"x", qos=2)
    assert await first.hear() == Publish("a", b"x", 2, packet_id=1)
    await first.break_off()
    await house.settle()
    second = await house.client("subscriber", clean_session=False)
    assert await second.hear() == Publish("a", b"x", 2, dup=True, packet_id=1)
    await second.say(Pubrec(1))
    assert await second.hear() == Pubrel(1)
    await second.break_off()
    await house.settle()
    third = await house.client("subscriber", clean_session=False)
    assert await third.hear() == Pubrel(1)
    await third.say(Pubcomp(1))
    assert await third.hear_until_pong() == []


async def test_mqtt_4_3_3_2_qos_2_is_passed_on_once_until_it_is_released(house: Any) -> None:
    watcher = await house.subscriber("a", client_id="watcher")
    client = await house.client()
    await client.publish("a", b"1", qos=2, packet_id=5)
    await client.publish("a", b"1", qos=2, packet_id=5, dup=True)
    await client.say(Pubrel(5))
    await client.publish("a", b"2", qos=2, packet_id=5)
    assert await client.hear_some(4) == [Pubrec(5), Pubrec(5), Pubcomp(5), Pubrec(5)]
    assert [packet.payload for packet in await watcher.hear_until_pong()] == [b"1", b"2"]


async def test_mqtt_4_5_0_1_a_message_is_owed_to_everybody_who_wants_it(house: Any) -> None:
    for name in ("one", "two", "three"):
        wire = await house.subscriber("a", qos=1, client_id=name, clean_session=False)
        await wire.break_off()
    await house.until(lambda: not house.broker.stats.clients)
    client = await house.client()
    await client.publish("a", b"x", qos=1, packet_id=1)
    assert await client.hear() == Puback(1)
    for name in ("one", "two", "three"):
        wire = await house.client(name, clean_session=False)
        assert await wire.hear() == Publish("a", b"x", 1, packet_id=1)
