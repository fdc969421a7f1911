"""Every bound holds: what is too much is refused before it costs anything, and disturbs nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from hub.broker import Access, AllowAll, Credentials, FullAccess, Limits, LogInRefused, SpaceLimits
from hub.broker.packets import Connack, Connect, Disconnect, Pingresp, Publish, Pubrec, Will, encode


async def test_a_packet_over_the_limit_ends_the_connection_at_its_length(start: Any) -> None:
    house = await start(limits=Limits(packet=1_000))
    client = await house.client()
    await client.say(b"\x30\xe9\x07")
    assert await client.is_closed()


async def test_before_the_log_in_two_kibibytes_are_the_limit(house: Any) -> None:
    wire = await house.dial()
    await wire.say(b"\x10\xff\xff\xff\x7f")
    assert await wire.is_closed()


async def test_a_will_too_large_for_a_connect_is_refused(house: Any) -> None:
    wire = await house.dial()
    await wire.say(Connect("client", will=Will("w", b"x" * 2_048)))
    assert await wire.is_closed()


@pytest.mark.parametrize(
    "packet",
    [
        b"\x30\x03\x00\x01a",
        b"\x82\x06\x00\x01\x00\x01a\x00",
        b"\xc0\x00",
        b"\xe0\x00",
        b"\x40\x02\x00\x01",
        b"\x20\x02\x00\x00",
        b"\x00\x00",
        b"\xff" * 10,
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
    ],
)
async def test_anything_but_a_connect_first_ends_the_connection(house: Any, packet: bytes) -> None:
    wire = await house.dial()
    await wire.say(packet)
    assert await wire.is_closed()


@pytest.mark.parametrize(
    "packet",
    [b"\x20\x02\x00\x00", b"\x90\x03\x00\x01\x00", b"\xb0\x02\x00\x01", b"\xd0\x00", b"\x10\x00"],
)
async def test_packets_only_a_server_may_send_end_the_connection(house: Any, packet: bytes) -> None:
    wire = await house.client()
    await wire.say(packet)
    assert await wire.is_closed()


@pytest.mark.parametrize("topic", ["x" * 1_025, "/".join("x" * 17)])
async def test_a_topic_over_the_limit_ends_the_connection(house: Any, topic: str) -> None:
    client = await house.client()
    await client.publish(topic)
    assert await client.is_closed()


@pytest.mark.parametrize("topic", ["x" * 1_024, "/".join("x" * 16)])
async def test_a_topic_at_the_limit_is_served(house: Any, topic: str) -> None:
    client = await house.subscriber(topic)
    await client.publish(topic)
    assert await client.hear() == Publish(topic)


@pytest.mark.parametrize("filter", ["x" * 1_025, "/".join("+" * 17)])
async def test_a_filter_over_the_limit_is_refused(house: Any, filter: str) -> None:
    client = await house.client()
    assert await client.subscribe(filter) == (0x80,)


async def test_a_client_has_only_so_many_subscriptions(start: Any) -> None:
    house = await start(limits=Limits(subscriptions=2))
    client = await house.client()
    assert await client.subscribe("a", "b", "c", "a") == (0, 0, 0x80, 0)


async def test_a_client_id_over_the_limit_is_refused(house: Any) -> None:
    wire = await house.dial()
    assert await wire.log_in("x" * 129) == Connack(2)
    assert await wire.is_closed()


async def test_qos_2_messages_that_are_never_released_are_bounded(start: Any) -> None:
    house = await start(limits=Limits(unreleased=3, messages_per_second=None))
    client = await house.client()
    for packet_id in range(1, 5):
        await client.publish("a", b"x", qos=2, packet_id=packet_id)
    assert [await client.hear() for _ in range(4)] == [Pubrec(1), Pubrec(2), Pubrec(3), None]


async def test_only_so_many_connections_are_let_in(start: Any) -> None:
    house = await start(limits=Limits(connections=2))
    await house.client("one")
    two = await house.client("two")
    assert await (await house.dial()).is_closed()
    await two.say(Disconnect())
    assert await two.is_closed()
    await house.until(lambda: house.broker.stats.connections == 1)
    await house.client("three")


async def test_a_client_that_speaks_too_fast_is_read_slowly(start: Any) -> None:
    house = await start(AllowAll(Limits(messages_per_second=10, message_burst=20)))
    heard: list[bytes] = []
    house.broker.subscribe("a", lambda topic, payload, *_: heard.append(payload))
    client = await house.client()

    await client.say(*(Publish("a", str(n).encode()) for n in range(100)))
    await house.until(lambda: len(heard) >= 20)
    assert len(heard) == 20
    house.pass_seconds(3)
    assert 45 <= len(heard) <= 52
    house.pass_seconds(6)

    assert heard == [str(n).encode() for n in range(100)]
    assert await client.hear_until_pong() == []


async def test_acknowledgements_are_read_at_any_speed(start: Any) -> None:
    house = await start(AllowAll(Limits(messages_per_second=1, message_burst=2)))
    subscriber = await house.subscriber("a", qos=1)
    for n in range(50):
        house.broker.publish("a", b"%d" % n, qos=1)
    for n in range(50):
        packet = await subscriber.hear()
        assert packet.payload == b"%d" % n
        await subscriber.say(b"\x40\x02" + packet.packet_id.to_bytes(2, "big"))


async def test_a_client_that_comes_and_goes_has_to_wait(start: Any) -> None:
    house = await start(limits=Limits(flapping_connects=3, flapping_seconds=10))
    for _ in range(3):
        await house.client("client")
        house.broker.disconnect()
    wire = await house.dial()
    assert await wire.log_in("client") == Connack(3)
    assert await wire.is_closed()
    assert [e.reason for e in house.events if isinstance(e, LogInRefused)] == ["it comes and goes too often"]
    await house.client("another")

    house.pass_seconds(11)
    await house.client("client")


async def test_who_says_goodbye_may_come_back_as_often_as_it_likes(house: Any) -> None:
    for _ in range(20):
        wire = await house.client("client")
        await wire.say(Disconnect())
        assert await wire.is_closed()


async def test_each_failed_log_in_waits_longer_than_the_last(start: Any) -> None:
    class Nobody:
        def authenticate(self, credentials: object) -> None:
            return None

    house = await start(Nobody(), Limits(failed_log_in_delay=1, failed_log_in_delay_max=4))
    waits = []
    for attempt in range(4):
        wire = await house.dial()
        await wire.say(Connect("client"))
        known = house.broker._parts.admission._failures
        await house.until(lambda known=known, n=attempt + 1: n in known.get("127.0.0.1", ()))
        seconds = 0
        while house.broker.stats.log_ins_refused == attempt:
            house.pass_seconds(1)
            seconds += 1
        waits.append(seconds)
        assert await wire.hear() == Connack(5)
        assert await wire.is_closed()
    assert waits == [1, 2, 4, 4]


async def test_a_slow_reader_is_cut_off_and_disturbs_nobody(start: Any) -> None:
    limits = Limits(messages_per_second=None, qos0_backlog=64 * 1024, write_buffer=1024 * 1024)
    house = await start(limits=limits)
    slow = await house.subscriber("#", client_id="slow")
    slow.reader._transport.pause_reading()  # type: ignore[attr-defined]
    good = await house.subscriber("#", client_id="good")

    sent = 0
    while any(client.client_id == "slow" for client in house.broker.clients()):
        house.broker.publish("a", b"x" * 10_000)
        sent += 1
        assert (await good.hear()).payload == b"x" * 10_000

    assert house.broker.stats.messages_dropped > 0
    assert await good.hear_until_pong() == []
    # What the two kernels hold between them is not ours.
    assert sent * 10_000 < 32 * 1024 * 1024


async def test_a_short_congestion_is_survived(start: Any) -> None:
    limits = Limits(messages_per_second=None, qos0_backlog=64 * 1024)
    house = await start(limits=limits)
    subscriber = await house.subscriber("#")
    subscriber.reader._transport.pause_reading()  # type: ignore[attr-defined]
    while not house.broker.stats.messages_dropped:
        house.broker.publish("a", b"x" * 10_000)
        await house.settle()

    subscriber.reader._transport.resume_reading()  # type: ignore[attr-defined]
    await subscriber.say(b"\xc0\x00")
    while await subscriber.hear() != Pingresp():
        pass
    house.broker.publish("b", b"after")

    assert await subscriber.hear() == Publish("b", b"after")


async def test_a_quick_burst_is_not_a_slow_reader(house: Any) -> None:
    subscriber = await house.subscriber("#")
    for _ in range(1_500):
        house.broker.publish("a", b"x" * 1_000)
    for _ in range(1_500):
        assert await subscriber.hear() == Publish("a", b"x" * 1_000)
    assert house.broker.stats.messages_dropped == 0


def test_a_connect_of_any_shape_fits_before_the_log_in() -> None:
    longest = Connect("x" * 128, username="u" * 500, password=b"p" * 500, will=Will("w" * 300, b"x" * 500))
    assert len(encode(longest)) < Limits().unauthenticated_bytes


class Tenants:
    """Gives each user name a space of its own, with the bounds of a small broker."""

    def __init__(self, limits: SpaceLimits) -> None:
        self.limits = limits

    def authenticate(self, credentials: Credentials) -> Access:
        access = FullAccess(credentials.username or "", space=credentials.username or "")
        access.space_limits = self.limits
        return access


async def test_a_space_has_only_so_many_clients_at_a_time(start: Any) -> None:
    house = await start(Tenants(SpaceLimits(clients=2)))
    one = await house.client("one", username="a", clean_session=False)
    await house.client("two", username="a")
    wire = await house.dial()
    assert await wire.log_in("three", username="a") == Connack(3)
    await house.client("one", username="b")

    again = await house.client("one", username="a", clean_session=False)
    assert await one.is_closed()
    await again.say(Disconnect())
    assert await again.is_closed()
    await house.client("three", username="a")


async def test_the_clients_of_a_space_share_its_rate(start: Any) -> None:
    house = await start(Tenants(SpaceLimits(messages_per_second=10, message_burst=20)))
    heard: list[bytes] = []
    house.broker.subscribe("#", lambda topic, payload, *_: heard.append(payload), space="a")
    others: list[bytes] = []
    house.broker.subscribe("#", lambda topic, payload, *_: others.append(payload), space="b")
    talkers = [await house.client(f"{n}", username="a") for n in range(3)]
    for talker in talkers:
        await talker.say(*(Publish("t", b"x") for _ in range(30)))
    await house.until(lambda: len(heard) >= 20)
    neighbour = await house.client("neighbour", username="b")
    await neighbour.say(*(Publish("t", b"x") for _ in range(15)))
    await neighbour.hear_until_pong()

    assert len(heard) == 20
    assert len(others) == 15
    house.pass_seconds(3)
    assert 40 <= len(heard) <= 52
    await house.until(lambda: house.pass_seconds(1) or len(heard) == 90)
