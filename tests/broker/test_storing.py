"""What must outlive a restart goes to the store in batches, and is acknowledged only when it is there."""

from __future__ import annotations

from typing import Any

import pytest

from hub.broker import AllowAll, ClientConnected, ClientDisconnected, conversation
from hub.broker.changes import Queued, Snapshot
from hub.broker.packets import (
    Connack,
    Connect,
    Disconnect,
    Puback,
    Pubcomp,
    Publish,
    Pubrec,
    Pubrel,
    Suback,
    Subscribe,
    Will,
)


async def test_an_acknowledgement_waits_for_the_commit(start: Any, memory: Any) -> None:
    house = await start(store=memory)
    await (await house.subscriber("a", qos=1, clean_session=False)).close()
    publisher = await house.client("publisher")
    memory.open.clear()

    await publisher.publish("a", b"x", qos=1, packet_id=1)
    await publisher.publish("not/stored", b"x", qos=1, packet_id=2)

    assert await publisher.hear_until_pong() == []
    memory.open.set()
    assert [await publisher.hear(), await publisher.hear()] == [Puback(1), Puback(2)]
    assert [change for change in memory.all() if isinstance(change, Queued)]


async def test_what_need_not_be_stored_is_acknowledged_at_once(start: Any, memory: Any) -> None:
    house = await start(store=memory)
    await house.subscriber("a", qos=1)
    publisher = await house.client("publisher")
    memory.open.clear()
    await publisher.publish("a", b"x", qos=1, packet_id=1)
    assert await publisher.hear_until_pong() == [Puback(1)]
    memory.open.set()


async def test_what_comes_while_a_batch_is_committed_makes_the_next_one(start: Any, memory: Any) -> None:
    house = await start(store=memory)
    memory.open.clear()
    for n in range(100):
        house.broker.publish(f"a/{n}", b"x", retain=True)
    await house.settle()
    for n in range(100):
        house.broker.publish(f"b/{n}", b"x", retain=True)
    await house.settle()
    memory.open.set()
    await house.broker.stop()
    assert [len(batch) for batch in memory.batches] == [100, 100]


async def test_a_new_session_is_stored_before_its_client_is_let_in(start: Any, memory: Any) -> None:
    house = await start(store=memory)
    memory.open.clear()
    wire = await house.dial()
    await wire.say(Connect("client", clean_session=False), Subscribe(1, (("a", 0),)), Publish("a", b"x"))
    await house.settle()
    assert memory.tries == 1
    assert house.broker.stats.clients == 0

    memory.open.set()

    # A message may come before the acknowledgement of its subscription (3.8.4).
    assert await wire.hear_some(3) == [Connack(), Publish("a", b"x"), Suback(1, (0,))]


async def test_who_has_a_session_and_who_wants_none_is_let_in_at_once(start: Any, memory: Any) -> None:
    house = await start(store=memory)
    await (await house.client("known", clean_session=False)).close()
    await house.settle()
    memory.open.clear()
    await house.client("known", clean_session=False)
    await house.client("clean")
    memory.open.set()


async def test_a_session_is_gone_from_the_store_before_its_client_begins_anew(
    start: Any, memory: Any
) -> None:
    house = await start(store=memory)
    await (await house.client("client", clean_session=False)).close()
    await house.settle()
    memory.open.clear()
    wire = await house.dial()
    await wire.say(Connect("client"))
    await house.settle()
    memory.open.set()
    assert await wire.hear() == Connack()
    await house.settle()
    assert (await memory.load()).sessions == ()


async def test_who_goes_before_it_was_let_in_was_never_there(start: Any, memory: Any) -> None:
    house = await start(store=memory)
    memory.open.clear()
    wire = await house.dial()
    will = Will("will", b"x", retain=True)
    await wire.say(Connect("client", clean_session=False, will=will), b"\x30\x03\x00\x01a")
    await house.until(lambda: memory.tries)
    await wire.break_off()
    await house.until(lambda: not house.broker.stats.connections)
    memory.open.set()
    await house.settle()
    told = [event for event in house.events if isinstance(event, ClientConnected | ClientDisconnected)]
    assert "client" not in [event.client_id for event in told]
    assert house.broker.retained() == []


async def test_a_subscription_is_stored_before_it_is_acknowledged(start: Any, memory: Any) -> None:
    house = await start(store=memory)
    client = await house.client("client", clean_session=False)
    memory.open.clear()
    await client.say(Subscribe(3, (("a", 1),)))
    assert await client.hear_until_pong() == []
    memory.open.set()
    assert await client.hear() == Suback(3, (1,))


async def test_a_qos_2_message_goes_out_when_its_packet_id_is_stored(start: Any, memory: Any) -> None:
    house = await start(store=memory)
    client = await house.subscriber("a/#", qos=2, clean_session=False)
    memory.open.clear()

    house.broker.publish("a/1", b"at least once", qos=1)
    house.broker.publish("a/2", b"exactly once", qos=2)
    house.broker.publish("a/3", b"does not overtake", qos=1)

    assert await client.hear_until_pong() == [Publish("a/1", b"at least once", 1, packet_id=1)]
    memory.open.set()
    assert await client.hear_some(2) == [
        Publish("a/2", b"exactly once", 2, packet_id=2),
        Publish("a/3", b"does not overtake", 1, packet_id=3),
    ]


async def test_a_queued_qos_2_message_goes_out_when_its_packet_id_is_stored(start: Any, memory: Any) -> None:
    house = await start(store=memory)
    await (await house.subscriber("a", qos=2, clean_session=False)).close()
    await house.settle()
    house.broker.publish("a", b"x", qos=2)
    await house.settle()
    memory.open.clear()
    client = await house.client("subscriber", clean_session=False)
    assert await client.hear_until_pong() == []
    memory.open.set()
    assert await client.hear() == Publish("a", b"x", 2, packet_id=1)


async def test_a_release_goes_out_when_it_is_stored(start: Any, memory: Any) -> None:
    house = await start(store=memory)
    client = await house.subscriber("a", qos=2, clean_session=False)
    house.broker.publish("a", b"x", qos=2)
    assert await client.hear() == Publish("a", b"x", 2, packet_id=1)
    memory.open.clear()

    await client.say(Pubrec(1), Pubrec(1))
    assert await client.hear_until_pong() == []
    await client.break_off()
    await house.until(lambda: not house.broker.stats.clients)
    again = await house.client("subscriber", clean_session=False)
    assert await again.hear_until_pong() == []

    memory.open.set()
    assert await again.hear() == Pubrel(1)
    await again.say(Pubcomp(1))
    assert await again.hear_until_pong() == []


async def test_what_waits_for_the_store_goes_to_the_newest_connection_once(start: Any, memory: Any) -> None:
    house = await start(store=memory)
    await house.subscriber("a", qos=2, clean_session=False)
    memory.open.clear()
    house.broker.publish("a", b"x", qos=2)
    again = await house.client("subscriber", clean_session=False)
    assert await again.hear_until_pong() == []
    memory.open.set()
    assert await again.hear() == Publish("a", b"x", 2, packet_id=1)
    assert await again.hear_until_pong() == []


async def test_a_client_cannot_acknowledge_what_it_has_not_got(start: Any, memory: Any) -> None:
    house = await start(store=memory)
    client = await house.subscriber("a", qos=2, clean_session=False)
    memory.open.clear()
    house.broker.publish("a", b"x", qos=2)
    await client.say(Puback(1), Pubrec(1), Pubcomp(1))
    assert await client.hear_until_pong() == [Pubrel(1)]
    memory.open.set()
    assert await client.hear() == Publish("a", b"x", 2, packet_id=1)


async def test_who_does_not_wait_for_its_acknowledgements_is_read_no_further(
    start: Any, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "MOST_HELD", 10)
    house = await start(store=memory)
    await (await house.subscriber("a", qos=1, clean_session=False)).close()
    await house.settle()
    publisher = await house.client("publisher")
    memory.open.clear()

    await publisher.say(*(Publish("a", b"%d" % n, 1, packet_id=n + 1) for n in range(50)))
    await house.settle()
    assert house.broker.stats.messages_received == 10 + 2
    memory.open.set()
    await house.settle()
    for _ in range(6):
        house.pass_seconds(1)
        await house.settle()

    assert await publisher.hear_some(50) == [Puback(n + 1) for n in range(50)]


async def test_everything_owed_survives_a_restart(start: Any, keep: Any) -> None:
    first = await start(store=keep())
    client = await first.subscriber("a/#", qos=2, clean_session=False)
    for n in range(4):
        first.broker.publish(f"a/{n}", b"%d" % n, qos=2 if n < 2 else 1, retain=n == 0)
    assert [packet.payload for packet in await client.hear_some(4)] == [b"0", b"1", b"2", b"3"]
    await client.say(Pubrec(1), Puback(3))
    await client.publish("b", b"half", qos=2, packet_id=9)
    assert await client.hear_some(2) == [Pubrel(1), Pubrec(9)]
    await client.break_off()
    await first.until(lambda: not first.broker.stats.clients)
    first.broker.publish("a/4", b"4", qos=1)
    await first.broker.stop()

    second = await start(store=keep())
    again = await second.dial()
    answer = await again.log_in("subscriber", clean_session=False)

    assert answer == Connack(session_present=True)
    assert await again.hear_some(4) == [
        Pubrel(1),
        Publish("a/1", b"1", 2, dup=True, packet_id=2),
        Publish("a/3", b"3", 1, dup=True, packet_id=4),
        Publish("a/4", b"4", 1, packet_id=5),
    ]
    assert [kept.topic for kept in second.broker.retained()] == ["a/0"]
    heard: list[str] = []
    second.broker.subscribe("b", lambda topic, *_: heard.append(topic))
    await again.publish("b", b"half", qos=2, packet_id=9, dup=True)
    assert await again.hear() == Pubrec(9)
    assert heard == []


async def test_a_restored_session_queues_before_its_client_is_back(start: Any, keep: Any) -> None:
    first = await start(store=keep())
    client = await first.subscriber("a", qos=1, clean_session=False)
    await client.say(Disconnect())
    assert await client.is_closed()
    await first.broker.stop()

    second = await start(store=keep())
    second.broker.publish("a", b"one", qos=1)
    await second.broker.stop()
    third = await start(AllowAll(), store=keep())
    again = await third.client("subscriber", clean_session=False)

    assert await again.hear_until_pong() == [Publish("a", b"one", 1, packet_id=1)]


async def test_a_dropped_session_leaves_nothing_behind(start: Any, keep: Any) -> None:
    house = await start(store=keep())
    client = await house.subscriber("a", qos=1, clean_session=False)
    house.broker.publish("a", b"x", qos=1, retain=True)
    house.broker.publish("a", b"", retain=True)
    await client.hear_until_pong()
    house.broker.forget(client_id="subscriber")
    await house.broker.stop()
    store = keep()
    assert await store.load() == Snapshot()
    await store.close()
