"""What a client may do is asked of its access, before anything reaches anybody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from hub.broker import (
    Access,
    AllowAll,
    ClientDisconnected,
    Credentials,
    FullAccess,
    Grant,
    Limits,
    LogInRefused,
    PublishDenied,
    SubscribeDenied,
    session,
)
from hub.broker.packets import Connack, Connect, Puback, Publish, Pubrec, Suback, Subscribe
from hub.broker.topics import matches


class Judge:
    """Gives each client id the access it was told to."""

    def __init__(self, **accesses: Access | Exception | None) -> None:
        self.accesses = accesses
        self.seen: list[Credentials] = []

    def authenticate(self, credentials: Credentials) -> Access | None:
        self.seen.append(credentials)
        access = self.accesses.get(credentials.client_id)
        if isinstance(access, Exception):
            raise access
        return access


class Device(Access):
    """Publishes below `pub`, subscribes and receives below `sub`, and counts the questions."""

    def __init__(self, name: str = "device", pub: str = "", sub: str = "") -> None:
        self.name = name
        self.pub, self.sub = pub, sub
        self.asked = 0

    def publish_topic(self, topic: str) -> str | None:
        self.asked += 1
        return topic if self.pub and matches(self.pub, topic) else None

    def subscribe_filters(self, filter: str) -> Sequence[Grant] | None:
        return [Grant(filter)] if self.sub else None

    def may_receive(self, topic: str) -> bool:
        return matches(self.sub, topic)


class Broken(Access):
    name = "broken"

    def publish_topic(self, topic: str) -> str | None:
        raise KeyError(topic)

    def subscribe_filters(self, filter: str) -> Sequence[Grant] | None:
        raise KeyError(filter)

    def may_receive(self, topic: str) -> bool:
        raise KeyError(topic)


def told(house: Any, kind: type) -> list[Any]:
    return [event for event in house.events if isinstance(event, kind)]


async def refused(house: Any, wire: Any) -> bool:
    await house.until(lambda: house.broker._parts.admission._failures)
    house.pass_seconds(10)
    return (await wire.hear()) == Connack(5) and await wire.is_closed()


@pytest.mark.parametrize("verdict", [None, RuntimeError("broken")])
async def test_refuses_who_is_not_known_or_cannot_be_asked(start: Any, verdict: Any) -> None:
    house = await start(Judge(client=verdict))
    wire = await house.dial()
    await wire.say(Connect("client", username="u", password=b"p"))
    assert await refused(house, wire)
    assert [(event.username, event.reason) for event in told(house, LogInRefused)] == [
        ("u", "not authorized")
    ]


@pytest.mark.parametrize("answer", [True, "yes", object()])
async def test_an_answer_that_is_no_access_is_a_refusal(start: Any, answer: Any) -> None:
    house = await start(Judge(client=answer))
    wire = await house.dial()
    await wire.say(Connect("client"))
    assert await refused(house, wire)


async def test_shows_the_authenticator_who_asks(start: Any) -> None:
    judge = Judge(client=FullAccess("n"))
    house = await start(judge)
    await house.client("client", username="u", password=b"\x00\xff")
    assert judge.seen == [Credentials("client", "u", b"\x00\xff", "127.0.0.1", "tcp")]
    assert "\\xff" not in repr(judge.seen)


async def test_an_answer_may_take_its_time(start: Any) -> None:
    class Slow:
        async def authenticate(self, credentials: Credentials) -> Access | None:
            return FullAccess("n")

    house = await start(Slow())
    wire = await house.dial()
    await wire.say(Connect("client"), Subscribe(1, (("a", 0),)), Publish("a", b"x"))
    assert [await wire.hear() for _ in range(3)] == [Connack(), Suback(1, (0,)), Publish("a", b"x")]


@pytest.mark.parametrize("access", [Device(), Broken()])
async def test_a_refused_message_is_acknowledged_and_reaches_nobody(start: Any, access: Access) -> None:
    house = await start(Judge(client=access, watcher=FullAccess()))
    watcher = await house.subscriber("#", client_id="watcher")
    client = await house.client("client")

    for _ in range(3):
        await client.publish("a", b"x", retain=True)
    await client.publish("a", b"x", qos=1, packet_id=1)
    await client.publish("b", b"x", qos=2, packet_id=2)

    assert await client.hear_until_pong() == [Puback(1), Pubrec(2)]
    assert await watcher.hear_until_pong() == []
    assert house.broker.retained() == []
    assert [event.topic for event in told(house, PublishDenied)] == ["a", "b"]
    assert house.broker.stats.publishes_denied == 5


async def test_a_refused_message_may_cost_the_connection(start: Any) -> None:
    access = Device()
    access.on_denied_publish = "disconnect"
    house = await start(Judge(client=access))
    client = await house.client("client")
    await client.publish("a", b"x", qos=1, packet_id=1)
    assert await client.is_closed()
    assert [event.reason for event in told(house, ClientDisconnected)] == ["a message to a is not allowed"]


async def test_asks_once_per_topic(start: Any) -> None:
    access = Device(pub="a/#")
    house = await start(Judge(client=access))
    client = await house.client("client")
    await client.say(*(Publish(topic) for topic in ("a/1", "a/2", "b") for _ in range(10)))
    await client.hear_until_pong()
    assert access.asked == 3


@pytest.mark.parametrize("access", [Device(), Broken()])
async def test_a_refused_filter_is_answered_so(start: Any, access: Access) -> None:
    house = await start(Judge(client=access))
    client = await house.client("client")
    assert await client.subscribe("a", "b") == (0x80, 0x80)
    assert [event.filter for event in told(house, SubscribeDenied)] == ["a", "b"]


async def test_what_may_not_be_received_is_not_delivered(start: Any) -> None:
    house = await start(Judge(client=Device(sub="mine/#")))
    house.broker.publish("mine/kept", b"x", retain=True)
    house.broker.publish("other/kept", b"x", retain=True)
    client = await house.subscriber("#", client_id="client")
    house.broker.publish("mine/live", b"x")
    house.broker.publish("other/live", b"x")
    heard = await client.hear_until_pong()
    assert [packet.topic for packet in heard] == ["mine/kept", "mine/live"]


async def test_a_group_gives_nothing_to_a_member_who_may_not_have_it(start: Any) -> None:
    house = await start(Judge(may=FullAccess("may"), not_=Device("not", sub="mine/#")))
    member = await house.subscriber("$share/g/#", client_id="may")
    other = await house.subscriber("$share/g/#", client_id="not_")
    for _ in range(4):
        house.broker.publish("other", b"x")
    assert len(await member.hear_until_pong()) == 4
    assert await other.hear_until_pong() == []


async def test_a_permission_taken_away_holds_at_once(start: Any) -> None:
    access = Device(pub="a/#", sub="a/#")
    house = await start(Judge(client=access, watcher=FullAccess("w")))
    client = await house.subscriber("a/#", client_id="client", qos=1)
    watcher = await house.subscriber("#", client_id="watcher")
    await client.publish("a/1")
    await client.hear_until_pong()
    assert len(await watcher.hear_until_pong()) == 1

    access.pub = access.sub = "b/#"
    house.broker.permissions_changed("device")
    house.broker.publish("a/2", b"x")
    await client.publish("a/1")

    assert await client.hear_until_pong() == []
    assert [packet.topic for packet in await watcher.hear_until_pong()] == ["a/2"]


async def test_a_filter_taken_away_is_told(start: Any) -> None:
    access = Device(sub="a/#")
    house = await start(Judge(client=access))
    await house.subscriber("a/#", client_id="client")
    access.sub = ""
    house.broker.permissions_changed()
    assert [(e.filter, e.reason) for e in told(house, SubscribeDenied)] == [("a/#", "no longer allowed")]
    assert house.broker.stats.subscriptions == 0


async def test_queued_messages_are_asked_for_again(start: Any) -> None:
    access = Device(sub="#")
    house = await start(Judge(client=access))
    await (await house.subscriber("#", client_id="client", qos=1, clean_session=False)).close()
    await house.until(lambda: not house.broker.stats.clients)
    house.broker.publish("a", b"x", qos=1)
    house.broker.publish("b", b"x", qos=1)

    access.sub = "b"
    again = await house.client("client", clean_session=False)

    assert [packet.topic for packet in await again.hear_until_pong()] == ["b"]


async def test_what_a_revoked_filter_brought_is_dropped_although_another_would_allow_it(start: Any) -> None:
    class Filters(FullAccess):
        allowed = ("a/#", "b")

        def subscribe_filters(self, filter: str) -> Sequence[Grant] | None:
            return [Grant(filter)] if filter in self.allowed else None

    access = Filters()
    house = await start(Judge(client=access))
    await (await house.subscriber("a/#", "b", client_id="client", qos=1, clean_session=False)).close()
    await house.until(lambda: not house.broker.stats.clients)
    house.broker.publish("a/1", b"x", qos=1)
    house.broker.publish("b", b"x", qos=1)

    access.allowed = ("b",)
    again = await house.client("client", clean_session=False)

    assert [packet.topic for packet in await again.hear_until_pong()] == ["b"]


async def test_retained_messages_stop_with_their_subscription(
    start: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "FEED_CHUNK", 5)
    access = Device(sub="#")
    house = await start(Judge(client=access))
    for n in range(100):
        house.broker.publish(f"a/{n}", b"x", retain=True)
    client = await house.client("client")
    house.broker.subscribe("revoke", lambda *_: revoke())

    def revoke() -> None:
        access.sub = ""
        house.broker.permissions_changed()

    access.pub = "revoke"
    await client.say(Subscribe(1, (("a/#", 0),)), Publish("revoke"))
    heard = await client.hear_until_pong()
    assert len([packet for packet in heard if isinstance(packet, Publish)]) <= 10


class Aliased(Device):
    """Knows `devices/7/...` as `me/...`."""

    def publish_topic(self, topic: str) -> str | None:
        return "devices/7/" + topic[3:] if topic.startswith("me/") else topic

    def subscribe_filters(self, filter: str) -> Sequence[Grant] | None:
        if filter.startswith("me/"):
            return [Grant("devices/7/" + filter[3:], "devices/7/", "me/")]
        return [Grant(filter)]

    def may_receive(self, topic: str) -> bool:
        return True


async def test_an_alias_publishes_under_the_canonical_topic(start: Any) -> None:
    house = await start(Judge(client=Aliased(), watcher=FullAccess("w")))
    watcher = await house.subscriber("#", client_id="watcher")
    client = await house.client("client")
    for qos in (0, 1):
        await client.publish("me/state", b"x", qos=qos, packet_id=qos, retain=True)
    await client.hear_until_pong()
    assert await watcher.hear_until_pong() == [Publish("devices/7/state", b"x")] * 2
    assert [kept.topic for kept in house.broker.retained()] == ["devices/7/state"]


@pytest.mark.parametrize("qos", [0, 1, 2])
async def test_an_alias_receives_under_its_own_name(start: Any, qos: int) -> None:
    house = await start(Judge(client=Aliased()))
    house.broker.publish("devices/7/config", b"kept", qos, retain=True)
    client = await house.subscriber("me/#", client_id="client", qos=qos)
    house.broker.publish("devices/7/commands", b"x", qos)
    assert await client.hear_until_pong() == [
        Publish("me/config", b"kept", qos, retain=True, packet_id=1 if qos else 0),
        Publish("me/commands", b"x", qos, packet_id=2 if qos else 0),
    ]


async def test_one_filter_may_stand_for_several(start: Any) -> None:
    class Narrowed(Aliased):
        def subscribe_filters(self, filter: str) -> Sequence[Grant] | None:
            return [Grant("devices/+/events/#"), Grant("devices/+/state/#")]

    house = await start(Judge(client=Narrowed()))
    client = await house.subscriber("devices/#", client_id="client")
    for kind in ("events", "state", "commands"):
        house.broker.publish(f"devices/7/{kind}", b"x")
    heard = await client.hear_until_pong()
    assert [packet.topic for packet in heard] == ["devices/7/events", "devices/7/state"]


async def test_spaces_never_meet(start: Any) -> None:
    one, two = FullAccess("n", space="one"), FullAccess("n", space="two")
    house = await start(Judge(first=one, second=two, same=one))
    first = await house.subscriber("#", client_id="first")
    second = await house.subscriber("#", client_id="second")

    await first.publish("a", b"x", retain=True)
    house.broker.publish("b", b"x", space="two")

    assert [packet.topic for packet in await first.hear_until_pong()] == ["a"]
    assert [packet.topic for packet in await second.hear_until_pong()] == ["b"]
    assert house.broker.retained() == []
    assert [kept.topic for kept in house.broker.retained(space="one")] == ["a"]


async def test_a_client_may_have_limits_of_its_own(start: Any) -> None:
    house = await start(AllowAll(Limits(subscriptions=1)))
    client = await house.client()
    assert await client.subscribe("a", "b") == (0, 0x80)
