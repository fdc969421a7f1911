"""A store that takes nothing costs promises, never the switching: see it here, and see it mend itself."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from hub.broker import AllowAll, Broker, StoringFailed, StoringResumed
from hub.broker.changes import Queued
from hub.broker.packets import Connack, Connect, Puback, Publish, Pubrec, Suback, Subscribe
from hub.broker.sqlite import SqliteStore

FULL = OSError("no space left on device")


async def kept_subscriber(house: Any, filter: str, qos: int, *, online: bool = False) -> Any:
    client = await house.subscriber(filter, qos=qos, clean_session=False)
    if not online:
        await client.close()
    await house.settle()
    return client


async def test_nothing_is_acknowledged_before_it_is_stored(start: Any, memory: Any) -> None:
    house = await start(store=memory)
    await kept_subscriber(house, "a", 1)
    publisher = await house.client("publisher")
    memory.error = FULL

    await publisher.publish("a", b"x", qos=1, packet_id=1)
    await publisher.publish("kept", b"x", qos=2, packet_id=2, retain=True)
    house.pass_seconds(60)
    assert await publisher.hear_until_pong() == []
    memory.error = None
    await house.until(lambda: house.pass_seconds(1) or not house.broker._exchange.journal.failing)

    assert await publisher.hear_some(2) == [Puback(1), Pubrec(2)]
    assert [change.payload for change in memory.all() if isinstance(change, Queued)] == [b"x"]


async def test_says_so_once_and_once_when_it_is_over(start: Any, memory: Any, caplog: Any) -> None:
    house = await start(store=memory)
    memory.error = FULL
    for n in range(5):
        house.broker.publish(f"a/{n}", b"x", retain=True)
        await house.settle()
        house.pass_seconds(20)
        await house.settle()
    memory.error = None
    await house.until(lambda: house.pass_seconds(1) or not house.broker._exchange.journal.failing)

    said = [record for record in caplog.records if record.name == "hub.broker.journal"]
    assert [record.levelno for record in said] == [logging.ERROR, logging.WARNING]
    assert "no space left on device" in said[0].getMessage()
    told = [event for event in house.events if isinstance(event, StoringFailed | StoringResumed)]
    assert told == [StoringFailed("no space left on device"), StoringResumed()]
    assert house.broker.stats.commits_failed >= 5


async def test_tries_again_after_longer_and_longer(start: Any, memory: Any) -> None:
    house = await start(store=memory)
    memory.error = FULL
    house.broker.publish("a", b"x", retain=True)
    for _ in range(300):
        house.pass_seconds(1)
        await house.settle()
    # 0.1 s, then doubling up to 10 s.
    assert 30 <= memory.tries <= 40
    memory.error = None


async def test_live_messages_go_on(start: Any, memory: Any) -> None:
    house = await start(store=memory)
    live = await house.subscriber("a", qos=1, client_id="live")
    kept = await kept_subscriber(house, "a", 2, online=True)
    publisher = await house.client("publisher")
    memory.error = FULL
    house.broker.publish("b", b"x", retain=True)
    await house.until(lambda: house.broker._exchange.journal.failing)

    await publisher.publish("a", b"0")
    await publisher.hear_until_pong()
    house.broker.publish("a", b"1", qos=1)
    house.broker.publish("a", b"2", qos=2)

    assert [packet.payload for packet in await live.hear_some(3)] == [b"0", b"1", b"2"]
    assert [packet.payload for packet in await kept.hear_some(3)] == [b"0", b"1", b"2"]
    memory.error = None


async def test_what_waits_when_the_store_fails_goes_out(start: Any, memory: Any) -> None:
    house = await start(store=memory)
    kept = await kept_subscriber(house, "a", 2, online=True)
    memory.open.clear()
    house.broker.publish("a", b"1", qos=2)
    await house.until(lambda: memory.tries > 1)
    house.broker.publish("a", b"2", qos=2)
    assert await kept.hear_until_pong() == []
    memory.error = FULL
    memory.open.set()
    assert [packet.payload for packet in await kept.hear_some(2)] == [b"1", b"2"]
    memory.error = None


async def test_beyond_the_bound_publishers_are_closed_and_the_others_served(
    start: Any, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = await start(store=memory)
    await kept_subscriber(house, "owed", 1)
    live = await house.subscriber("live", qos=1, client_id="live")
    journal = house.broker._exchange.journal
    monkeypatch.setattr(journal, "_most", 10_000)
    memory.error = FULL
    publisher = await house.client("publisher")
    other = await house.client("other")

    await publisher.say(*(Publish("owed", b"x" * 500, 1, packet_id=n + 1) for n in range(100)))
    assert await publisher.is_closed()
    assert journal.full
    assert len(journal._changes) < 20

    await other.publish("live", b"x", qos=1, packet_id=1)
    assert await other.hear() == Puback(1)
    assert (await live.hear()).payload == b"x"
    await other.publish("live", b"y", retain=True)
    assert (await live.hear()).payload == b"y"
    assert house.broker.retained() == []
    stranger = await house.dial()
    assert await stranger.log_in("stranger", clean_session=False) == Connack(3)
    assert (await (await house.dial()).log_in("clean")).code == 0
    keeper = await house.client("subscriber", clean_session=False)
    await keeper.say(Subscribe(9, (("more", 1),)))
    assert Suback(9, (0x80,)) in await keeper.hear_until_pong()

    memory.error = None
    await house.until(lambda: house.pass_seconds(1) or not journal.failing)
    await house.until(lambda: not journal.full)
    again = await house.client("publisher")
    await again.publish("owed", b"x", qos=1, packet_id=1)
    assert await again.hear() == Puback(1)


async def test_the_server_stops_also_when_nothing_can_be_stored(start: Any, memory: Any, caplog: Any) -> None:
    house = await start(store=memory)
    memory.error = FULL
    house.broker.publish("a", b"x", retain=True)
    await house.until(lambda: house.broker._exchange.journal.failing)
    await house.broker.stop()
    assert "1 changes of the MQTT server are not stored" in caplog.text


async def test_a_full_disk_and_its_end_with_a_real_database(start: Any, tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "mqtt.db")
    house = await start(store=store)
    await store._db.execute("PRAGMA max_page_count = 40")  # type: ignore[union-attr]
    publisher = await house.client("publisher")
    for n in range(60):
        await publisher.publish(f"a/{n}", b"x" * 5_000, retain=True, qos=1, packet_id=n + 1)
    await house.until(lambda: house.broker._exchange.journal.failing)
    acknowledged = len(await publisher.hear_until_pong())
    assert acknowledged < 60

    await store._db.execute("PRAGMA max_page_count = 4000")  # type: ignore[union-attr]
    await house.until(lambda: house.pass_seconds(1) or not house.broker._exchange.journal.failing)
    await publisher.hear_some(60 - acknowledged)
    await house.broker.stop()

    again = Broker(AllowAll(), store=SqliteStore(tmp_path / "mqtt.db"))
    await again.start()
    assert len(again.retained()) == 60
    await again.stop()


async def test_a_log_in_that_waits_for_a_full_disk_is_given_up(start: Any, memory: Any) -> None:
    house = await start(store=memory)
    memory.error = FULL
    wire = await house.dial()
    await wire.say(Connect("client", clean_session=False))
    await house.until(lambda: memory.tries)
    house.pass_seconds(20)
    assert await wire.is_closed()
    memory.error = None
