"""What must outlive a restart goes to the store in batches, and is acknowledged only when it is there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hub.broker import AllowAll
from hub.broker.changes import (
    Change,
    Done,
    Forgotten,
    Queued,
    Received,
    Released,
    RetainedCleared,
    RetainedSet,
    SavedSession,
    Sent,
    SessionDropped,
    SessionSaved,
    Snapshot,
    Subscribed,
    Unsubscribed,
)
from hub.broker.packets import Connack, Disconnect, Puback, Publish, Pubrec, Pubrel


class Memory:
    """A store that keeps changes as a real one would, and commits only while `open` is set."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.open.set()
        self.batches: list[list[Change]] = []
        self.fails = False

    async def load(self) -> Snapshot:
        return replay([change for batch in self.batches for change in batch])

    async def commit(self, changes: Sequence[Change]) -> None:
        await self.open.wait()
        if self.fails:
            raise OSError("no space left on device")
        self.batches.append(list(changes))

    def all(self) -> list[Change]:
        return [change for batch in self.batches for change in batch]


def replay(changes: list[Change]) -> Snapshot:
    """Do what `changes` say, as a store does it in tables."""
    sessions: dict[Any, dict[str, Any]] = {}
    retained: dict[tuple[str, str], RetainedSet] = {}
    for change in changes:
        match change:
            case SessionSaved(key, at):
                empty = {"subscriptions": {}, "owed": {}, "released": set(), "received": set()}
                sessions.setdefault(key, empty)["at"] = at
            case SessionDropped(key):
                sessions.pop(key, None)
            case Subscribed(key, asked):
                sessions[key]["subscriptions"][asked] = change
            case Unsubscribed(key, asked):
                sessions[key]["subscriptions"].pop(asked, None)
            case Queued(key, number):
                sessions[key]["owed"][number] = change
            case Sent(key, number, packet_id):
                sessions[key]["owed"][number] = replace(sessions[key]["owed"][number], packet_id=packet_id)
            case Released(key, number):
                sessions[key]["released"].add(number)
            case Done(key, number):
                del sessions[key]["owed"][number]
            case Received(key, packet_id):
                sessions[key]["received"].add(packet_id)
            case Forgotten(key, packet_id):
                sessions[key]["received"].remove(packet_id)
            case RetainedSet(space, topic):
                retained[space, topic] = change
            case RetainedCleared(space, topic):
                del retained[space, topic]
    return Snapshot(
        tuple(
            SavedSession(
                key,
                kept["at"],
                tuple(kept["subscriptions"].values()),
                tuple(kept["owed"].values()),
                frozenset(kept["released"]),
                frozenset(kept["received"]),
            )
            for key, kept in sessions.items()
        ),
        tuple(retained.values()),
    )


async def test_an_acknowledgement_waits_for_the_commit(start: Any) -> None:
    store = Memory()
    house = await start(store=store)
    await (await house.subscriber("a", qos=1, clean_session=False)).close()
    publisher = await house.client("publisher")
    store.open.clear()

    await publisher.publish("a", b"x", qos=1, packet_id=1)
    await publisher.publish("not/stored", b"x", qos=1, packet_id=2)

    assert await publisher.hear_until_pong() == []
    store.open.set()
    assert [await publisher.hear(), await publisher.hear()] == [Puback(1), Puback(2)]
    assert [change for change in store.all() if isinstance(change, Queued)]


async def test_what_need_not_be_stored_is_acknowledged_at_once(start: Any) -> None:
    store = Memory()
    house = await start(store=store)
    await house.subscriber("a", qos=1)
    publisher = await house.client("publisher")
    store.open.clear()
    await publisher.publish("a", b"x", qos=1, packet_id=1)
    assert await publisher.hear_until_pong() == [Puback(1)]
    store.open.set()


async def test_what_comes_while_a_batch_is_committed_makes_the_next_one(start: Any) -> None:
    store = Memory()
    house = await start(store=store)
    store.open.clear()
    for n in range(100):
        house.broker.publish(f"a/{n}", b"x", retain=True)
    await house.settle()
    for n in range(100):
        house.broker.publish(f"b/{n}", b"x", retain=True)
    await house.settle()
    store.open.set()
    await house.broker.stop()
    assert [len(batch) for batch in store.batches] == [100, 100]


async def test_a_failing_store_does_not_stop_the_messages(start: Any, caplog: Any) -> None:
    store = Memory()
    house = await start(store=store)
    store.fails = True
    subscriber = await house.subscriber("a")
    publisher = await house.client("publisher")
    await publisher.publish("a", b"x", qos=1, packet_id=1, retain=True)
    assert await publisher.hear() == Puback(1)
    assert await subscriber.hear() == Publish("a", b"x")
    assert house.broker.stats.commits_failed == 1


async def test_everything_owed_survives_a_restart(start: Any) -> None:
    store = Memory()
    first = await start(store=store)
    client = await first.subscriber("a/#", qos=2, clean_session=False)
    for n in range(4):
        first.broker.publish(f"a/{n}", b"%d" % n, qos=2 if n < 2 else 1, retain=n == 0)
    assert len(await client.hear_until_pong()) == 4
    await client.say(Pubrec(1), Puback(3))
    await client.publish("b", b"half", qos=2, packet_id=9)
    while await client.hear() != Pubrec(9):
        pass
    await client.break_off()
    await first.until(lambda: not first.broker.stats.clients)
    first.broker.publish("a/4", b"4", qos=1)
    await first.broker.stop()

    second = await start(store=store)
    again = await second.dial()
    answer = await again.log_in("subscriber", clean_session=False)

    assert answer == Connack(session_present=True)
    assert await again.hear_until_pong() == [
        Pubrel(1),
        Publish("a/1", b"1", 2, dup=True, packet_id=2),
        Publish("a/3", b"3", 1, dup=True, packet_id=4),
        Publish("a/4", b"4", 1, packet_id=5),
    ]
    assert [kept.topic for kept in second.broker.retained()] == ["a/0"]
    heard: list[str] = []
    second.broker.subscribe("b", lambda topic, *_: heard.append(topic))
    await again.publish("b", b"half", qos=2, packet_id=9, dup=True)
    assert await again.hear_until_pong() == [Pubrec(9)]
    assert heard == []


async def test_a_restored_session_queues_before_its_client_is_back(start: Any) -> None:
    store = Memory()
    first = await start(store=store)
    client = await first.subscriber("a", qos=1, clean_session=False)
    await client.say(Disconnect())
    assert await client.is_closed()
    await first.broker.stop()

    second = await start(store=store)
    second.broker.publish("a", b"one", qos=1)
    await second.broker.stop()
    third = await start(AllowAll(), store=store)
    again = await third.client("subscriber", clean_session=False)

    assert await again.hear_until_pong() == [Publish("a", b"one", 1, packet_id=1)]


async def test_a_dropped_session_leaves_nothing_behind(start: Any) -> None:
    store = Memory()
    house = await start(store=store)
    client = await house.subscriber("a", qos=1, clean_session=False)
    house.broker.publish("a", b"x", qos=1, retain=True)
    house.broker.publish("a", b"", retain=True)
    await client.hear_until_pong()
    house.broker.forget(client_id="subscriber")
    await house.broker.stop()
    assert await store.load() == Snapshot()
