"""CONNECT and CONNACK by the numbers of MQTT 3.1.1 (chapters 3.1 and 3.2)."""

from __future__ import annotations

import string
from typing import Any

import pytest

from hub.broker import Access, ClientConnected, Credentials, FullAccess, Limits
from hub.broker.packets import Connack, Connect, Disconnect, Puback, Publish, Suback, Subscribe, Will

WILL = Will("will", b"gone", 1)


class Door:
    """Knows the password."""

    def __init__(self) -> None:
        self.seen: list[Credentials] = []

    def authenticate(self, credentials: Credentials) -> Access | None:
        self.seen.append(credentials)
        return FullAccess() if credentials.password == b"right" else None


async def leave(house: Any, wire: Any) -> None:
    await wire.say(Disconnect())
    assert await wire.is_closed()
    await house.settle()


@pytest.mark.parametrize(("name", "level"), [(b"MQTT", 5), (b"MQTT", 3), (b"MQIsdp", 4)])
async def test_mqtt_3_1_2_2_another_level_is_told_so(house: Any, name: bytes, level: int) -> None:
    wire = await house.dial()
    body = (
        len(name).to_bytes(2, "big") + name + bytes((level, 2, 0, 60)) + b"\x00" * (level >= 5) + b"\x00\x01a"
    )
    await wire.say(bytes((0x10, len(body))) + body)
    assert await wire.hear() == Connack(1)
    assert await wire.is_closed()


@pytest.mark.parametrize("said", [b"", b"\x00\x01u", b"\x00\x01u\x00\x01p"])
async def test_a_client_of_3_1_may_leave_out_the_names_it_announces(house: Any, said: bytes) -> None:
    """3.1 says that the length of the packet decides, not the flags."""
    wire = await house.dial()
    body = b"\x00\x06MQIsdp\x03\xc2\x00\x3c\x00\x01a" + said
    await wire.say(bytes((0x10, len(body))) + body)
    assert await wire.hear() == Connack()
    assert await wire.hear_until_pong() == []


async def test_mqtt_3_1_2_4_a_session_is_resumed_or_made(house: Any) -> None:
    wire = await house.dial()
    assert await wire.log_in("client", clean_session=False) == Connack()
    await wire.subscribe("a", qos=1)
    await leave(house, wire)
    assert [client.subscriptions for client in house.broker.clients()] == [("a",)]
    again = await house.dial()
    assert await again.log_in("client", clean_session=False) == Connack(session_present=True)
    house.broker.publish("a", b"x", qos=1)
    assert await again.hear() == Publish("a", b"x", 1, packet_id=1)


async def test_mqtt_3_1_2_5_messages_are_kept_for_who_is_away(house: Any) -> None:
    await leave(house, await house.subscriber("a", "b/#", qos=2, clean_session=False))
    house.broker.publish("a", b"1", qos=1)
    house.broker.publish("b/c", b"2", qos=2)
    house.broker.publish("c", b"3", qos=2)
    again = await house.client("subscriber", clean_session=False)
    assert await again.hear_until_pong() == [
        Publish("a", b"1", 1, packet_id=1),
        Publish("b/c", b"2", 2, packet_id=2),
    ]


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("then", [True, False])
async def test_mqtt_3_1_2_6_a_clean_session_begins_and_ends_with_its_connection(
    house: Any, first: bool, then: bool
) -> None:
    await leave(house, await house.subscriber("a", qos=1, clean_session=first))
    await leave(house, await house.client("subscriber", clean_session=True))
    house.broker.publish("a", b"x", qos=1)
    wire = await house.dial()
    assert await wire.log_in("subscriber", clean_session=then) == Connack()
    assert await wire.hear_until_pong() == []


async def test_mqtt_3_1_2_7_retained_messages_outlive_the_session(house: Any) -> None:
    wire = await house.client("client")
    await wire.publish("a", b"x", retain=True)
    await leave(house, wire)
    late = await house.subscriber("a", client_id="late")
    assert await late.hear() == Publish("a", b"x", retain=True)


async def test_mqtt_3_1_2_8_a_will_is_published_unless_it_was_taken_back(house: Any) -> None:
    watcher = await house.subscriber("will", qos=1, client_id="watcher")
    await leave(house, await house.client("client", will=WILL))
    assert await watcher.hear_until_pong() == []
    await (await house.client("client", will=WILL)).break_off()
    assert await watcher.hear() == Publish("will", b"gone", 1, packet_id=1)


async def test_mqtt_3_1_2_10_a_will_is_published_once(house: Any) -> None:
    watcher = await house.subscriber("will", qos=1, client_id="watcher")
    await (await house.client("client", clean_session=False, will=WILL)).break_off()
    assert await watcher.hear() == Publish("will", b"gone", 1, packet_id=1)
    await leave(house, await house.client("client", clean_session=False))
    await (await house.client("client", clean_session=False)).break_off()
    await house.settle()
    assert await watcher.hear_until_pong() == []


async def test_mqtt_3_1_2_12_without_a_will_nothing_is_published(house: Any) -> None:
    watcher = await house.subscriber("#", client_id="watcher")
    await (await house.client("client")).break_off()
    await house.until(lambda: len(house.broker.clients()) == 1)
    assert await watcher.hear_until_pong() == []


@pytest.mark.parametrize(("number", "retain"), [("MQTT-3.1.2-16", False), ("MQTT-3.1.2-17", True)])
async def test_a_will_is_retained_if_it_says_so(house: Any, number: str, retain: bool) -> None:
    watcher = await house.subscriber("will", client_id="watcher")
    await (await house.client("client", will=Will("will", b"gone", retain=retain))).break_off()
    assert await watcher.hear() == Publish("will", b"gone")
    assert [kept.payload for kept in house.broker.retained("will")] == [b"gone"] * retain


async def test_mqtt_3_1_2_24_who_is_silent_for_too_long_is_let_go(house: Any) -> None:
    watcher = await house.subscriber("will", qos=1, client_id="watcher", keep_alive=100)
    wire = await house.client("client", keep_alive=20, will=WILL)
    house.pass_seconds(29)
    assert await wire.hear_until_pong() == []
    house.pass_seconds(32)
    assert await wire.is_closed()
    assert await watcher.hear() == Publish("will", b"gone", 1, packet_id=1)


async def test_mqtt_3_1_3_1_the_fields_are_read_in_their_order(start: Any) -> None:
    door = Door()
    house = await start(door)
    heard: list[tuple[str, bytes]] = []
    house.broker.subscribe("#", lambda topic, payload, *_: heard.append((topic, payload)))
    wire = await house.client("id", username="user", password=b"right", will=Will("topic", b"message"))
    await wire.break_off()
    await house.until(lambda: heard)
    assert (door.seen[0].client_id, door.seen[0].username) == ("id", "user")
    assert heard == [("topic", b"message")]


async def test_mqtt_3_1_3_2_state_belongs_to_the_client_id(house: Any) -> None:
    await leave(house, await house.subscriber("a", qos=1, clean_session=False, client_id="one"))
    house.broker.publish("a", b"x", qos=1)
    other = await house.client("two", clean_session=False)
    assert await other.hear_until_pong() == []
    one = await house.client("one", clean_session=False)
    assert await one.hear() == Publish("a", b"x", 1, packet_id=1)


LETTERS = string.digits + string.ascii_letters


@pytest.mark.parametrize("client_id", ["0", "Z", LETTERS[:23], LETTERS[23:46], LETTERS[-23:]])
async def test_mqtt_3_1_3_5_a_plain_client_id_is_allowed(house: Any, client_id: str) -> None:
    assert await (await house.dial()).log_in(client_id) == Connack()


async def test_mqtt_3_1_3_6_who_has_no_client_id_gets_one(house: Any) -> None:
    wires = [await house.subscriber("a", client_id="") for _ in range(2)]
    house.broker.publish("a", b"x")
    assert [await wire.hear() for wire in wires] == [Publish("a", b"x")] * 2
    ids = {event.client_id for event in house.events if isinstance(event, ClientConnected)}
    assert len(ids - {""}) == 2


async def test_mqtt_3_1_3_8_no_client_id_and_no_clean_session_is_refused(house: Any) -> None:
    wire = await house.dial()
    assert await wire.log_in("", clean_session=False) == Connack(2)
    assert await wire.is_closed()


async def test_mqtt_3_1_3_9_a_client_id_that_is_not_allowed_is_refused(start: Any) -> None:
    house = await start(limits=Limits(client_id=23))
    wire = await house.dial()
    assert await wire.log_in("x" * 24) == Connack(2)
    assert await wire.is_closed()


@pytest.mark.parametrize("clean", [True, False])
async def test_mqtt_3_1_4_2_a_client_that_is_there_already_is_disconnected(house: Any, clean: bool) -> None:
    old = await house.client("client", clean_session=clean)
    new = await house.client("client", clean_session=clean)
    assert await old.is_closed()
    assert await new.hear_until_pong() == []


@pytest.mark.parametrize(("clean", "present"), [(True, False), (False, True)])
async def test_mqtt_3_1_4_3_a_take_over_resumes_or_begins_anew(
    house: Any, clean: bool, present: bool
) -> None:
    await house.subscriber("a", client_id="client", clean_session=False)
    new = await house.dial()
    assert await new.log_in("client", clean_session=clean) == Connack(session_present=present)
    house.broker.publish("a", b"x")
    assert await new.hear_until_pong() == [Publish("a", b"x")] * present


async def test_mqtt_3_1_4_4_a_good_connect_is_acknowledged(house: Any) -> None:
    wire = await house.dial()
    await wire.say(Connect("client"))
    assert await wire.reader.readexactly(4) == b"\x20\x02\x00\x00"


async def test_mqtt_3_1_4_5_what_comes_behind_a_refused_connect_is_not_read(start: Any) -> None:
    house = await start(Door(), Limits(failed_log_in_delay=1))
    heard: list[str] = []
    house.broker.subscribe("#", lambda topic, *_: heard.append(topic))
    wire = await house.dial()
    await wire.say(Connect("client", username="u", password=b"wrong"), Publish("a", b"x", retain=True))
    await house.until(lambda: house.broker._parts.admission._failures)
    house.pass_seconds(2)
    assert await wire.hear() == Connack(5)
    assert await wire.is_closed()
    assert heard == []
    assert house.broker.retained() == []


async def test_mqtt_3_2_0_1_the_first_packet_is_the_connack(house: Any) -> None:
    await leave(house, await house.subscriber("a", qos=1, clean_session=False))
    house.broker.publish("a", b"x", qos=1)
    again = await house.dial()
    await again.say(Connect("subscriber", clean_session=False), Subscribe(1, (("b", 0),)))
    assert await again.hear_some(3) == [
        Connack(session_present=True),
        Publish("a", b"x", 1, packet_id=1),
        Suback(1, (0,)),
    ]


@pytest.mark.parametrize(
    ("number", "known", "clean", "present"),
    [
        ("MQTT-3.2.2-1", True, True, False),
        ("MQTT-3.2.2-1", False, True, False),
        ("MQTT-3.2.2-2", True, False, True),
        ("MQTT-3.2.2-3", False, False, False),
    ],
)
async def test_says_whether_a_session_was_there(
    house: Any, number: str, known: bool, clean: bool, present: bool
) -> None:
    await leave(house, await house.client("client" if known else "other", clean_session=False))
    assert await (await house.dial()).log_in("client", clean_session=clean) == Connack(
        session_present=present
    )


@pytest.mark.parametrize("number", ["MQTT-3.2.2-4", "MQTT-3.2.2-5"])
@pytest.mark.parametrize(("client_id", "code"), [("x" * 200, 2), ("known", 5)])
async def test_a_refusal_knows_of_no_session_and_ends_the_connection(
    start: Any, number: str, client_id: str, code: int
) -> None:
    house = await start(Door(), Limits(failed_log_in_delay=0))
    first = await house.client("known", clean_session=False, username="u", password=b"right")
    await leave_without_waiting(house, first)
    wire = await house.dial()
    await wire.say(Connect(client_id, clean_session=False))
    await house.until(lambda: house.pass_seconds(1) or house.broker.stats.log_ins_refused)
    assert await wire.reader.readexactly(4) == bytes((0x20, 2, 0, code))
    assert await wire.is_closed()


async def leave_without_waiting(house: Any, wire: Any) -> None:
    await wire.say(Disconnect())
    assert await wire.is_closed()
    await house.until(lambda: not house.broker.stats.clients)


async def test_mqtt_3_2_2_6_where_no_code_applies_none_is_said(start: Any) -> None:
    house = await start(limits=Limits(connections=1))
    await house.client("client")
    wire = await house.dial()
    assert await wire.hear() is None


async def test_mqtt_7_0_0_2_a_client_needs_no_extension(house: Any) -> None:
    wire = await house.dial()
    await wire.say(b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01a" + b"\x32\x06\x00\x01t\x00\x09x")
    assert [await wire.hear(), await wire.hear()] == [Connack(), Puback(9)]
