"""Each limit is exceeded a hundred times: it holds, the others are served, and memory stays flat."""

from __future__ import annotations

import dataclasses
import gc
import tracemalloc
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from fuzz.harness import Client, make_broker, settle
from hub.broker import Access, Credentials, FullAccess, Limits, SpaceLimits
from hub.broker.conversation import MOST_ACTS
from hub.broker.packets import (
    Connack,
    Connect,
    Disconnect,
    Pingreq,
    Publish,
    Suback,
    Subscribe,
    encode,
)

USUAL = Limits(
    messages_per_second=None, flapping_connects=10_000, failed_log_in_delay=0, connections_per_address=10_000
)


class Stage:
    """A server with tight limits, two neighbours who behave, and an offender."""

    def __init__(self, limits: Limits, space_limits: SpaceLimits) -> None:
        self.space_limits = space_limits
        self.broker, self._clock = make_broker(limits, self)
        self.served = 0

    def authenticate(self, credentials: Credentials) -> Access | None:
        if credentials.client_id == "refused":
            return None
        access = FullAccess(credentials.username or "", space=credentials.username or "")
        access.space_limits = None if credentials.username is None else self.space_limits
        return access

    async def begin(self) -> None:
        await self.broker.start()
        self._hears, self._says = self.client("hears"), self.client("says")
        self._hears.say(encode(Subscribe(1, (("neighbours", 1),))))

    def client(self, client_id: str = "offender", **options: Any) -> Client:
        client = Client(self.broker)
        client.say(encode(Connect(client_id, **options)))
        return client

    async def heard(self, client: Client) -> list[Any]:
        await settle(2)
        return client.heard()

    async def pass_seconds(self, seconds: int) -> None:
        """Let time go by; the neighbours give signs of life."""
        for _ in range(seconds):
            until = self._clock.now() + timedelta(seconds=1)
            while self._clock.run_next(until):
                pass
            for neighbour in (self._hears, self._says):
                neighbour.say(encode(Pingreq()))
        await settle(2)

    async def serve(self) -> None:
        """A neighbour reaches the other, whatever the offender does."""
        self.served += 1
        self._hears.raw()
        self._says.say(encode(Publish("neighbours", b"%d" % self.served)))
        await settle(2)
        assert Publish("neighbours", b"%d" % self.served) in self._hears.heard()
        self._says.raw()


Offence = Callable[[Stage], Awaitable[bool]]


async def end(client: Client) -> None:
    client.line.close()
    await settle(2)


def closes(*packets: bytes) -> Offence:
    """The offence of a logged-in client that costs it the connection."""

    async def offend(stage: Stage) -> bool:
        client = stage.client()
        for packet in packets:
            client.say(packet)
        await settle(3)
        return client.line.closing

    return offend


async def one_connection_more(stage: Stage) -> bool:
    held = [Client(stage.broker) for _ in range(2)]
    refused = [client.line.closing for client in held]
    for client in held:
        await end(client)
    return refused == [False, True]


async def says_nothing(stage: Stage) -> bool:
    client = Client(stage.broker)
    await stage.pass_seconds(4)
    return client.line.closing


async def says_much_before_the_log_in(stage: Stage) -> bool:
    client = Client(stage.broker)
    client.say(b"\x10\xff\xff\x7f" + b"x" * 5_000)
    await settle(2)
    return client.line.closing


async def guesses(stage: Stage) -> bool:
    client = stage.client("refused")
    early = await stage.heard(client)
    await stage.pass_seconds(5)
    return early == [] and client.heard() == [Connack(5)] and client.line.closing


async def comes_and_goes(stage: Stage) -> bool:
    answers = []
    for _ in range(5):
        client = stage.client()
        answers += await stage.heard(client)
        await end(client)
    await stage.pass_seconds(12)
    return answers[-1] == Connack(3)


async def has_a_long_name(stage: Stage) -> bool:
    client = stage.client("x" * 30)
    return await stage.heard(client) == [Connack(2)]


async def falls_silent(stage: Stage) -> bool:
    client = stage.client(keep_alive=0)
    await stage.pass_seconds(17)
    return client.line.closing


async def talks_too_fast(stage: Stage, **options: Any) -> bool:
    received = stage.broker.stats.messages_received
    client = stage.client(**options)
    client.say(encode(Publish("a", b"x" * 100)) * 50)
    at_once = stage.broker.stats.messages_received - received
    await stage.pass_seconds(20)
    in_time = stage.broker.stats.messages_received - received
    await end(client)
    return at_once < 10 and in_time == 50


async def a_space_talks_too_fast(stage: Stage) -> bool:
    return await talks_too_fast(stage, username="space")


async def subscribes_too_much(stage: Stage) -> bool:
    client = stage.client()
    client.say(encode(Subscribe(1, tuple((f"f/{n}", 0) for n in range(9)))))
    heard = await stage.heard(client)
    await end(client)
    return heard[1:] == [Suback(1, (0, 0, 0, *[0x80] * 6))]


async def acknowledges_nothing(stage: Stage) -> bool:
    client = stage.client()
    client.say(encode(Subscribe(1, (("a", 1),))))
    for _ in range(9):
        stage.broker.publish("a", b"x" * 100, 1)
    heard = await stage.heard(client)
    await end(client)
    return len([packet for packet in heard if isinstance(packet, Publish)]) == 3


async def stays_away(stage: Stage) -> bool:
    client = stage.client(clean_session=False)
    client.say(encode(Subscribe(1, (("a", 1),))) + encode(Disconnect()))
    await settle(3)
    dropped = stage.broker.stats.messages_dropped
    for _ in range(20):
        stage.broker.publish("a", b"x" * 100, 1)
    return stage.broker.stats.messages_dropped > dropped


async def leaves_sessions_behind(stage: Stage) -> bool:
    answers = []
    for name in ("one", "two", "three"):
        client = stage.client(name, clean_session=False)
        answers += await stage.heard(client)
        client.say(encode(Disconnect()))
        await settle(2)
    return answers[-1] == Connack(3)


async def never_comes_back(stage: Stage) -> bool:
    client = stage.client(clean_session=False)
    client.say(encode(Disconnect()))
    await settle(2)
    kept = stage.broker.stats.sessions
    await stage.pass_seconds(70)
    return (kept, stage.broker.stats.sessions) == (3, 2)


async def reads_slowly(stage: Stage) -> bool:
    client = stage.client()
    client.say(encode(Subscribe(1, (("a", 0),))))
    await settle(2)
    client.line.protocol.pause_writing()  # type: ignore[union-attr]
    dropped = stage.broker.stats.messages_dropped
    stage.broker.publish("a", b"x" * 500)
    lost = stage.broker.stats.messages_dropped - dropped
    await end(client)
    return lost == 1


async def reads_nothing(stage: Stage) -> bool:
    client = stage.client()
    client.say(encode(Subscribe(1, (("a", 0),))))
    await settle(2)
    client.line.protocol.pause_writing()  # type: ignore[union-attr]
    for _ in range(10):
        stage.broker.publish("a", b"x" * 500)
    await settle(3)
    return client.line.closing


async def keeps_too_much(stage: Stage) -> bool:
    client = stage.client()
    denied = stage.broker.stats.publishes_denied
    for n in range(9):
        client.say(encode(Publish(f"kept/{n}", b"x" * 300, retain=True)))
    heard = stage.broker.stats.publishes_denied - denied
    await end(client)
    return heard == 6 and len(stage.broker.retained()) == 3


async def one_client_more(stage: Stage) -> bool:
    clients = [stage.client(f"{n}", username="space") for n in range(3)]
    heard = [await stage.heard(client) for client in clients]
    for client in clients:
        await end(client)
    return heard == [[Connack()], [Connack()], [Connack(3)]]


CASES: list[tuple[str, dict[str, Any], Offence]] = [
    ("connections", {"connections": 3}, one_connection_more),
    ("connections_per_address", {"connections_per_address": 3}, one_connection_more),
    ("connect_timeout", {"connect_timeout": 2.0}, says_nothing),
    ("unauthenticated_bytes", {"unauthenticated_bytes": 1_000}, says_much_before_the_log_in),
    ("failed_log_in_delay", {"failed_log_in_delay": 4.0, "failed_log_in_delay_max": 4.0}, guesses),
    ("failed_log_in_delay_max", {"failed_log_in_delay": 4.0, "failed_log_in_delay_max": 4.5}, guesses),
    ("flapping_connects", {"flapping_connects": 4}, comes_and_goes),
    ("flapping_seconds", {"flapping_connects": 4, "flapping_seconds": 11.0}, comes_and_goes),
    ("packet", {"packet": 1_000}, closes(b"\x30\xe9\x07")),
    ("topic", {"topic": 100}, closes(encode(Publish("x" * 101)))),
    ("topic_levels", {"topic_levels": 4}, closes(encode(Publish("a/b/c/d/e")))),
    ("client_id", {"client_id": 20}, has_a_long_name),
    ("keep_alive", {"keep_alive": 10}, falls_silent),
    ("messages_per_second", {"messages_per_second": 5.0, "message_burst": 8}, talks_too_fast),
    ("message_burst", {"messages_per_second": 50.0, "message_burst": 9}, talks_too_fast),
    ("subscriptions", {"subscriptions": 3}, subscribes_too_much),
    ("in_flight", {"in_flight": 3, "queue_messages": 4}, acknowledges_nothing),
    (
        "unreleased",
        {"unreleased": 3},
        closes(*(encode(Publish("a", b"x", 2, packet_id=n)) for n in range(1, 5))),
    ),
    ("queue_messages", {"queue_messages": 10}, stays_away),
    ("queue_bytes", {"queue_bytes": 1_000}, stays_away),
    ("sessions", {"sessions": 2}, leaves_sessions_behind),
    ("session_expiry", {"session_expiry": 5.0}, never_comes_back),
    ("qos0_backlog", {"qos0_backlog": 100}, reads_slowly),
    ("write_buffer", {"write_buffer": 2_000}, reads_nothing),
    ("retained_per_client", {"retained_per_client": 3}, keeps_too_much),
    ("retained", {"retained": 3}, keeps_too_much),
    ("retained_bytes", {"retained_bytes": 1_000}, keeps_too_much),
]
SPACE_CASES: list[tuple[str, dict[str, Any], Offence]] = [
    ("clients", {"clients": 2}, one_client_more),
    ("messages_per_second", {"messages_per_second": 5.0, "message_burst": 8}, a_space_talks_too_fast),
    ("message_burst", {"messages_per_second": 50.0, "message_burst": 9}, a_space_talks_too_fast),
]


async def exceed(stage: Stage, offend: Offence) -> None:
    await stage.begin()
    for _ in range(10):
        assert await offend(stage)
        await stage.serve()
    gc.collect()
    tracemalloc.start()
    try:
        for _ in range(90):
            assert await offend(stage)
            await stage.serve()
        gc.collect()
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 100_000
    await stage.broker.stop()


@pytest.mark.parametrize(("limits", "offend"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
async def test_who_exceeds_a_limit_harms_nobody(limits: dict[str, Any], offend: Offence) -> None:
    await exceed(Stage(dataclasses.replace(USUAL, **limits), SpaceLimits()), offend)


@pytest.mark.parametrize(
    ("limits", "offend"), [case[1:] for case in SPACE_CASES], ids=[case[0] for case in SPACE_CASES]
)
async def test_a_space_that_exceeds_a_limit_harms_nobody(limits: dict[str, Any], offend: Offence) -> None:
    await exceed(Stage(USUAL, SpaceLimits(**limits)), offend)


@pytest.mark.parametrize(
    "said", [Publish("a", b"x", retain=True), Publish("a", b"x", 1, packet_id=1), Publish("heard", b"x")]
)
async def test_who_says_much_at_once_gives_the_others_their_turn(said: Publish) -> None:
    stage = Stage(USUAL, SpaceLimits())
    await stage.begin()
    heard: list[bytes] = []
    stage.broker.subscribe("heard", lambda topic, payload, *_: heard.append(payload))
    client = stage.client()
    client.say(encode(said) * 5_000)

    assert stage.broker.stats.messages_received == MOST_ACTS
    await stage.serve()
    assert stage.broker.stats.messages_received < 5_000
    await settle(12)
    assert stage.broker.stats.messages_received == 5_001
    assert len(heard) in (0, 5_000)
    await stage.broker.stop()


def test_every_limit_is_exceeded() -> None:
    assert [case[0] for case in CASES] == [field.name for field in dataclasses.fields(Limits)]
    assert [case[0] for case in SPACE_CASES] == [field.name for field in dataclasses.fields(SpaceLimits)]
