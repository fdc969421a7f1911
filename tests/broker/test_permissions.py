"""Nothing reaches anybody past the permissions: 100,000 random cases agree with an oracle that is naive."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from fuzz.harness import Client, make_broker, settle
from hub.broker import Access, Credentials, Grant, Limits
from hub.broker.packets import Connect, Disconnect, Publish, Suback, Subscribe, Will, encode
from hub.registry import Rights

LEVELS = ("a", "b", "$s")
POLICIES, FILTERS, TOPICS = 25, 8, 100
LIMITS = Limits(
    messages_per_second=None,
    retained_per_client=10_000,
    in_flight=1_000,
    connections=10_000,
    connections_per_address=10_000,
    flapping_connects=10_000,
)


# The oracle: it knows nothing but the words of the standard, and tries everything.


def matches(filter: Sequence[str], topic: Sequence[str], *, first: bool = True) -> bool:
    if not filter:
        return not topic
    if first and topic[:1] and topic[0].startswith("$") and filter[0] in ("#", "+"):
        return False
    if filter[0] == "#":
        return True
    return bool(topic) and filter[0] in ("+", topic[0]) and matches(filter[1:], topic[1:], first=False)


@cache
def topics_that_match(filter: str) -> frozenset[str]:
    return frozenset(topic for topic in UNIVERSE if matches(filter.split("/"), topic.split("/")))


def make_universe() -> list[str]:
    """Every topic of up to five levels that could tell two filters apart; "z" is in no filter."""
    universe = topics = ["a", "b", "$s", "z"]
    for _ in range(4):
        topics = [f"{topic}/{level}" for topic in topics for level in ("a", "b", "$s", "z")]
        universe = universe + topics
    return universe


UNIVERSE = make_universe()


@dataclass(frozen=True)
class Policy:
    """What somebody may do, as filters."""

    publish: tuple[str, ...]
    subscribe: tuple[str, ...]

    def may_publish(self, topic: str) -> bool:
        return any(topic in topics_that_match(grant) for grant in self.publish)

    def may_subscribe(self, filter: str) -> bool:
        return any(topics_that_match(filter) <= topics_that_match(grant) for grant in self.subscribe)

    def receives(self, filter: str, topic: str) -> bool:
        allowed = any(topic in topics_that_match(grant) for grant in self.subscribe)
        return allowed and self.may_subscribe(filter) and topic in topics_that_match(filter)


class Chance(random.Random):
    def topic(self) -> str:
        return "/".join(self.choices(LEVELS, k=self.randint(1, 4)))

    def filter(self) -> str:
        levels = self.choices((*LEVELS, "+"), k=self.randint(1, 4))
        return "/".join([*levels[:-1], "#"] if self.random() < 0.4 else levels)

    def policy(self) -> Policy:
        publish, subscribe = (tuple(self.filter() for _ in range(self.randint(0, 3))) for _ in range(2))
        return Policy(publish, subscribe)


class Judged(Access):
    """An access that asks the registry's own rights, which may change."""

    def __init__(self, name: str, policy: Policy) -> None:
        self.name = name
        self.policy = policy

    def publish_topic(self, topic: str) -> str | None:
        return topic if self._rights.may_publish(topic) else None

    def subscribe_filters(self, filter: str) -> Sequence[Grant] | None:
        return [Grant(filter)] if self._rights.may_subscribe(filter) else None

    def may_receive(self, topic: str) -> bool:
        return self._rights.may_receive(topic)

    @property
    def _rights(self) -> Rights:
        return Rights(self.policy.publish, self.policy.subscribe)


class Court:
    """A server, its clients, each with a policy and one filter, and what they got."""

    def __init__(self, chance: Chance) -> None:
        self.chance = chance
        self.accesses = {f"p{n}": Judged(f"p{n}", chance.policy()) for n in range(POLICIES)}
        self.broker, _ = make_broker(LIMITS, self)
        self.filters = {(name, n): chance.filter() for name in self.accesses for n in range(FILTERS)}
        self.clients: dict[tuple[str, int], Client] = {}

    def authenticate(self, credentials: Credentials) -> Access | None:
        return self.accesses[credentials.username or ""]

    def connect(self, key: tuple[str, int], *, clean: bool = True) -> Client:
        client = self.clients[key] = Client(self.broker)
        client.say(encode(Connect(f"{key[0]}-{key[1]}", clean, username=key[0])))
        return client

    async def subscribe(self, prefix: str = "") -> None:
        """Let everybody subscribe its filter; the answers are right."""
        for key, filter in self.filters.items():
            asked = f"{prefix}{key[0]}{key[1]}/{filter}" if prefix else filter
            self.clients[key].say(encode(Subscribe(1, ((asked, 1),))))
        await settle(300)

    def messages(self) -> list[tuple[str, str]]:
        """Make up messages: who publishes, and to which topic."""
        names = list(self.accesses)
        return [(self.chance.choice(names), self.chance.topic()) for _ in range(TOPICS)]

    async def publish(self, messages: list[tuple[str, str]], *, retain: bool = False, qos: int = 1) -> None:
        for number, (name, topic) in enumerate(messages, 1):
            client = self.clients.get((name, -1)) or self.connect((name, -1))
            client.say(encode(Publish(topic, b"%d" % number, qos, retain, packet_id=number if qos else 0)))
        await settle()

    def judge(self, messages: list[tuple[str, str]], *, retained: bool = False) -> int:
        """Compare what everybody got with what the oracle says; return the number of triples."""
        for (name, n), filter in self.filters.items():
            policy = self.accesses[name].policy
            wanted = [
                (topic, number)
                for number, (publisher, topic) in enumerate(messages, 1)
                if self.accesses[publisher].policy.may_publish(topic) and policy.receives(filter, topic)
            ]
            if retained:
                wanted = sorted(dict(wanted).items())
            heard = self.clients[name, n].heard()
            got = [(packet.topic, int(packet.payload)) for packet in heard if isinstance(packet, Publish)]
            assert (sorted(got) if retained else got) == wanted, (policy, filter)
            codes = [packet.codes for packet in heard if isinstance(packet, Suback)]
            assert codes in ([], [(1,)] if policy.may_subscribe(filter) else [(0x80,)]), (policy, filter)
        return len(self.filters) * len(messages)


@pytest.fixture
def court(request: Any) -> Court:
    return Court(Chance(request.param))


SEEDS = pytest.mark.parametrize("court", range(2), indirect=True)


@SEEDS
async def test_live_messages(court: Court) -> None:
    for key in court.filters:
        court.connect(key)
    await court.subscribe()
    messages = court.messages()
    await court.publish(messages)
    assert court.judge(messages) == 20_000


@SEEDS
async def test_messages_after_permissions_changed(court: Court) -> None:
    for key in court.filters:
        court.connect(key)
    await court.subscribe()
    for client in court.clients.values():
        client.raw()
    before = {name: access.policy for name, access in court.accesses.items()}
    for access in court.accesses.values():
        access.policy = Policy(court.chance.policy().publish, access.policy.subscribe[1:])
    court.broker.permissions_changed()
    messages = court.messages()
    await court.publish(messages)
    assert court.judge(messages) == 20_000
    assert any(before[name].subscribe for name in before)


@SEEDS
async def test_retained_messages(court: Court) -> None:
    messages = court.messages()
    await court.publish(messages, retain=True)
    for key in court.filters:
        court.connect(key)
    await court.subscribe()
    assert court.judge(messages, retained=True) == 20_000


@SEEDS
async def test_queued_messages_of_who_comes_back_with_less(court: Court) -> None:
    for key in court.filters:
        court.connect(key, clean=False)
    await court.subscribe()
    for client in court.clients.values():
        client.say(encode(Disconnect()))
    await settle()
    messages = court.messages()
    court.clients.clear()
    await court.publish(messages)
    for access in court.accesses.values():
        access.policy = Policy(access.policy.publish, access.policy.subscribe[1:])
    for key in court.filters:
        court.connect(key, clean=False)
    await settle()
    assert court.judge(messages) == 20_000


@SEEDS
async def test_messages_of_shared_subscriptions(court: Court) -> None:
    for key in court.filters:
        court.connect(key)
    await court.subscribe("$share/")
    messages = court.messages()
    await court.publish(messages)
    assert court.judge(messages) == 20_000


@SEEDS
async def test_wills(court: Court) -> None:
    for key in court.filters:
        court.connect(key)
    await court.subscribe()
    messages = court.messages()
    for number, (name, topic) in enumerate(messages, 1):
        client = Client(court.broker)
        will = Will(topic, b"%d" % number, 1)
        client.say(encode(Connect(f"w{number}", username=name, will=will)))
        client.line.close()
        await settle(2)
    assert court.judge(messages) == 20_000


class Raising(Access):
    """Its checks break, each in another way."""

    name = "raising"
    error: BaseException = RuntimeError("broken")

    def publish_topic(self, topic: str) -> str | None:
        raise self.error

    def subscribe_filters(self, filter: str) -> Sequence[Grant] | None:
        raise self.error

    def may_receive(self, topic: str) -> bool:
        raise self.error


class Broken:
    """Lets in those whose checks break, if it does not break itself."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def authenticate(self, credentials: Credentials) -> Access | None:
        if credentials.client_id == "itself":
            raise self.error
        access = Raising()
        access.error = self.error
        return access


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("broken"),
        KeyError("x"),
        RecursionError(),
        MemoryError(),
        StopIteration(),
        AssertionError(),
    ],
)
async def test_an_exception_in_a_check_is_a_refusal(error: BaseException) -> None:
    broker, _ = make_broker(LIMITS, Broken(error))
    heard: list[str] = []
    broker.subscribe("#", lambda topic, *_: heard.append(topic))
    broker.publish("kept", b"x", retain=True)
    itself, client = Client(broker), Client(broker)
    itself.say(encode(Connect("itself")))
    client.say(encode(Connect("client", will=Will("will", b"x"))) + encode(Subscribe(1, (("#", 0),))))
    client.say(encode(Publish("a", b"x", 1, True, packet_id=1)))
    broker.publish("live", b"x")
    await settle()
    assert itself.heard() == []
    assert [packet for packet in client.heard() if isinstance(packet, Suback | Publish)] == [
        Suback(1, (0x80,))
    ]
    client.line.close()
    await settle()
    assert heard == ["kept", "live"]
    assert [kept.topic for kept in broker.retained()] == ["kept"]
