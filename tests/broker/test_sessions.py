"""A session outlives its connection when its client asked for that, and nobody else gets it."""

from __future__ import annotations

from typing import Any

import pytest

from hub.broker import Access, AllowAll, ClientConnected, ClientDisconnected, Credentials, FullAccess, Limits
from hub.broker.packets import Connack, Connect, Disconnect, Puback, Pubcomp, Publish, Pubrec, Pubrel


class Passwords:
    """Lets in whoever says the password "right", under its user name."""

    def authenticate(self, credentials: Credentials) -> Access | None:
        return FullAccess(credentials.username or "") if credentials.password == b"right" else None


async def test_a_kept_session_has_its_subscriptions_and_what_came_meanwhile(house: Any) -> None:
    first = await house.subscriber("a", qos=1, clean_session=False)
    await first.say(Disconnect())
    assert await first.is_closed()
    for n in range(3):
        house.broker.publish("a", b"%d" % n, qos=1)
    house.broker.publish("a", b"QoS 0 is not kept")

    again = await house.dial()

    assert await again.log_in("subscriber", clean_session=False) == Connack(session_present=True)
    heard = await again.hear_until_pong()
    assert heard == [Publish("a", b"%d" % n, 1, packet_id=n + 1) for n in range(3)]


async def test_a_clean_session_ends_with_its_connection(house: Any) -> None:
    first = await house.subscriber("a", qos=1)
    await first.say(Disconnect())
    assert await first.is_closed()
    house.broker.publish("a", b"x", qos=1)

    again = await house.dial()

    assert await again.log_in("subscriber", clean_session=False) == Connack(session_present=False)
    assert await again.hear_until_pong() == []


async def test_asking_for_a_clean_session_ends_the_kept_one(house: Any) -> None:
    await (await house.subscriber("a", qos=1, clean_session=False)).close()
    await house.settle()
    second = await house.dial()
    assert await second.log_in("subscriber", clean_session=True) == Connack()
    await second.say(Disconnect())
    assert await second.is_closed()
    third = await house.dial()
    assert await third.log_in("subscriber", clean_session=False) == Connack()


async def test_sends_again_what_was_not_acknowledged(house: Any) -> None:
    first = await house.subscriber("a", qos=2, clean_session=False)
    house.broker.publish("a", b"one", qos=1)
    house.broker.publish("a", b"two", qos=2)
    house.broker.publish("a", b"three", qos=2)
    house.broker.publish("a", b"four", qos=1)
    assert len(await first.hear_until_pong()) == 4
    await first.say(Pubrec(2), Puback(4))
    await first.hear_until_pong()
    await first.break_off()
    await house.settle()

    again = await house.client("subscriber", clean_session=False)

    assert await again.hear_until_pong() == [
        Publish("a", b"one", 1, dup=True, packet_id=1),
        Pubrel(2),
        Publish("a", b"three", 2, dup=True, packet_id=3),
    ]


async def test_a_qos_2_message_in_the_making_is_not_routed_twice_over_a_new_connection(house: Any) -> None:
    subscriber = await house.subscriber("a")
    publisher = await house.client("publisher", clean_session=False)
    await publisher.publish("a", b"x", qos=2, packet_id=5)
    assert await publisher.hear() == Pubrec(5)
    await publisher.break_off()
    await house.settle()

    again = await house.client("publisher", clean_session=False)
    await again.publish("a", b"x", qos=2, packet_id=5, dup=True)
    await again.say(Pubrel(5))

    assert await again.hear_until_pong() == [Pubrec(5), Pubcomp(5)]
    assert await subscriber.hear_until_pong() == [Publish("a", b"x")]


async def test_the_newest_connection_takes_the_session_over(house: Any) -> None:
    old = await house.subscriber("a", qos=1, clean_session=False)

    new = await house.dial()
    answer = await new.log_in("subscriber", clean_session=False)

    assert answer == Connack(session_present=True)
    assert await old.is_closed()
    house.broker.publish("a", b"x", qos=1)
    assert await new.hear() == Publish("a", b"x", 1, packet_id=1)
    gone = [event for event in house.events if isinstance(event, ClientDisconnected)]
    assert [event.reason for event in gone] == ["taken over by a new connection"]


async def test_a_wrong_password_takes_nothing_over(start: Any) -> None:
    house = await start(Passwords())
    victim = await house.client("id", username="u", password=b"right")
    attacker = await house.dial()
    await attacker.say(Connect("id", username="u", password=b"wrong"))
    await house.until(lambda: house.broker._parts.admission._failures)
    house.pass_seconds(1)
    assert await attacker.hear() == Connack(5)
    assert await attacker.is_closed()
    assert await victim.hear_until_pong() == []


async def test_two_names_may_use_the_same_client_id(start: Any) -> None:
    house = await start(Passwords())
    one = await house.client("id", username="one", password=b"right")
    two = await house.client("id", username="two", password=b"right")
    assert await one.hear_until_pong() == []
    assert await two.hear_until_pong() == []


async def test_a_client_without_an_id_gets_one(house: Any) -> None:
    await house.client("")
    await house.client("")
    ids = [event.client_id for event in house.events if isinstance(event, ClientConnected)]
    assert len(set(ids)) == 2
    assert all(client_id.startswith("auto-") for client_id in ids)


async def test_a_session_to_be_kept_needs_an_id(house: Any) -> None:
    wire = await house.dial()
    assert await wire.log_in("", clean_session=False) == Connack(2)
    assert await wire.is_closed()


async def test_mqtt_3_1_is_served(house: Any) -> None:
    await (await house.client("old", level=3, clean_session=False)).close()
    await house.settle()
    again = await house.dial()
    # The byte of the session-present flag is reserved in 3.1.
    assert await again.log_in("old", level=3, clean_session=False) == Connack(session_present=False)


async def test_the_window_holds_back_what_is_not_acknowledged(start: Any) -> None:
    house = await start(limits=Limits(in_flight=2))
    subscriber = await house.subscriber("a", qos=1)
    for n in range(5):
        house.broker.publish("a", b"%d" % n, qos=1)
    assert len(await subscriber.hear_until_pong()) == 2

    await subscriber.say(Puback(1), Puback(2))

    assert [packet.payload for packet in await subscriber.hear_until_pong()] == [b"2", b"3"]


@pytest.mark.parametrize(
    ("limits", "kept"),
    [
        (Limits(queue_messages=2), [b"0123456789", b"1123456789"]),
        (Limits(queue_bytes=30), [b"0123456789", b"1123456789"]),
    ],
)
async def test_a_full_queue_takes_no_more(start: Any, limits: Limits, kept: list[bytes]) -> None:
    house = await start(AllowAll(limits))
    await (await house.subscriber("a", qos=1, clean_session=False)).close()
    await house.settle()
    for n in range(4):
        house.broker.publish("a", b"%d123456789" % n, qos=1)

    again = await house.client("subscriber", clean_session=False)

    assert [packet.payload for packet in await again.hear_until_pong()] == kept
    assert house.broker.stats.messages_dropped == 2


async def test_a_session_expires_when_its_client_stays_away(start: Any) -> None:
    house = await start(limits=Limits(session_expiry=100))
    await (await house.subscriber("a", qos=1, clean_session=False)).close()
    await house.settle()
    house.pass_seconds(200)
    assert house.broker.clients() == []
    assert house.broker.stats.sessions == 0


async def test_only_so_many_sessions_are_kept(start: Any) -> None:
    house = await start(limits=Limits(sessions=1))
    await (await house.client("one", clean_session=False)).close()
    await house.settle()
    wire = await house.dial()
    assert await wire.log_in("two", clean_session=False) == Connack(3)
    assert (await (await house.dial()).log_in("one", clean_session=False)).code == 0


async def test_forgetting_a_name_ends_its_sessions(house: Any) -> None:
    client = await house.subscriber("a", qos=1, clean_session=False)
    house.broker.forget(client_id="subscriber")
    assert await client.is_closed()
    assert house.broker.clients() == []
