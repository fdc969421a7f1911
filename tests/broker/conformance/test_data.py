"""Characters, flags and packet identifiers by the numbers of MQTT 3.1.1 (chapters 1.5 and 2)."""

from __future__ import annotations

from typing import Any

from hub.broker.packets import (
    Connect,
    Puback,
    Pubcomp,
    Publish,
    Pubrec,
    Pubrel,
    Suback,
    Subscribe,
    Unsuback,
    Unsubscribe,
    encode,
)


async def test_mqtt_1_5_3_3_a_byte_order_mark_is_a_character_like_others(house: Any) -> None:
    client = await house.subscriber("\ufeffa", "a", client_id="client")
    await client.say(b"\x30\x07\x00\x04\xef\xbb\xbfax")
    assert await client.reader.readexactly(9) == b"\x30\x07\x00\x04\xef\xbb\xbfax"
    assert await client.hear_until_pong() == []


async def test_mqtt_2_2_2_1_flags_that_are_reserved_have_their_value(house: Any) -> None:
    wire = await house.dial()
    await wire.say(Connect("a"), Subscribe(1, (("b", 2),)), Unsubscribe(2, ("c",)), b"\xc0\x00")
    await wire.say(Publish("t", b"", 1, packet_id=3), Publish("t", b"", 2, packet_id=4), Pubrel(4), Pubrec(9))
    heard = await wire.reader.readexactly(4 + 5 + 4 + 2 + 4 + 4 + 4 + 4)
    assert [heard[at] for at in (0, 4, 9, 13, 15, 19, 23, 27)] == [
        0x20,
        0x90,
        0xB0,
        0xD0,
        0x40,
        0x50,
        0x70,
        0x62,
    ]


async def test_mqtt_2_3_1_4_the_server_uses_an_id_that_is_free_and_keeps_it(house: Any) -> None:
    first = await house.subscriber("a", qos=2, clean_session=False)
    for n in range(5):
        house.broker.publish("a", b"%d" % n, qos=1 + n % 2)
    sent = {packet.packet_id: packet.payload for packet in await first.hear_some(5)}
    await first.say(Puback(3))
    await first.hear_until_pong()
    house.broker.publish("a", b"5", qos=1)
    new = await first.hear()
    await first.break_off()
    await house.settle()
    again = await house.client("subscriber", clean_session=False)
    resent = {packet.packet_id: packet.payload for packet in await again.hear_some(5)}
    assert sent == {n + 1: b"%d" % n for n in range(5)}
    assert resent == {1: b"0", 2: b"1", 4: b"3", 5: b"4", new.packet_id: b"5"}


async def test_mqtt_2_3_1_5_a_message_of_qos_0_has_no_packet_id(house: Any) -> None:
    client = await house.subscriber("t", client_id="client", qos=2)
    await client.publish("t", b"x")
    raw = encode(Publish("t", b"x"))
    assert raw == b"\x30\x04\x00\x01tx"
    assert await client.reader.readexactly(len(raw)) == raw


async def test_mqtt_2_3_1_6_an_acknowledgement_has_the_id_of_its_message(house: Any) -> None:
    client = await house.client()
    await client.publish("t", b"x", qos=1, packet_id=65_535)
    await client.publish("t", b"x", qos=2, packet_id=258)
    await client.say(Pubrel(258), Pubrec(77))
    assert await client.hear_some(4) == [Puback(65_535), Pubrec(258), Pubcomp(258), Pubrel(77)]


async def test_mqtt_2_3_1_7_an_answer_to_a_subscription_has_its_id(house: Any) -> None:
    client = await house.client()
    await client.say(Subscribe(4_711, (("a", 0),)), Unsubscribe(815, ("a",)))
    assert await client.hear_some(2) == [Suback(4_711, (0,)), Unsuback(815)]
