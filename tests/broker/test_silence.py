"""Silence ends a connection: no CONNECT, no keep-alive, no answer to the question who somebody is."""

from __future__ import annotations

import asyncio
from typing import Any

from hub.broker import Access, ClientDisconnected, Credentials, FullAccess, Limits
from hub.broker.packets import Connect, Pingreq


async def test_a_connection_without_a_connect_ends(house: Any) -> None:
    wire = await house.dial()
    await house.until(lambda: house.broker.stats.connections)
    house.pass_seconds(9)
    assert house.broker.stats.connections == 1
    house.pass_seconds(3)
    assert await wire.is_closed()


async def test_half_a_connect_does_not_gain_time_without_end(house: Any) -> None:
    wire = await house.dial()
    for byte in b"\x10\x0d\x00\x04MQT":
        await wire.say(bytes((byte,)))
        await house.settle()
        house.pass_seconds(2)
    assert await wire.is_closed()


async def test_keep_alive_ends_between_once_and_a_half_and_a_second_later(house: Any) -> None:
    wire = await house.client(keep_alive=10)
    house.pass_seconds(15)
    assert house.broker.stats.clients == 1
    house.pass_seconds(1)
    assert house.broker.stats.clients == 0
    assert await wire.is_closed()
    assert [e.reason for e in house.events if isinstance(e, ClientDisconnected)] == ["keep-alive exceeded"]


async def test_a_ping_keeps_a_connection_alive(house: Any) -> None:
    wire = await house.client(keep_alive=10)
    for _ in range(5):
        house.pass_seconds(12)
        assert await wire.hear_until_pong() == []


async def test_no_keep_alive_is_the_longest_one(start: Any) -> None:
    house = await start(limits=Limits(keep_alive=20))
    wire = await house.client(keep_alive=0)
    house.pass_seconds(29)
    assert house.broker.stats.clients == 1
    house.pass_seconds(3)
    assert await wire.is_closed()


async def test_a_log_in_that_is_never_decided_ends(start: Any) -> None:
    class Undecided:
        async def authenticate(self, credentials: Credentials) -> Access | None:
            await asyncio.Event().wait()
            return FullAccess()

    house = await start(Undecided())
    wire = await house.dial()
    await wire.say(Connect("client"), Pingreq())
    await house.until(lambda: house.broker.stats.bytes_received)
    house.pass_seconds(12)
    assert await wire.is_closed()


async def test_who_is_gone_is_remembered_no_longer(house: Any) -> None:
    await house.settle()
    for n in range(20):
        await (await house.client(f"client{n}", keep_alive=1_000)).break_off()
    await house.until(lambda: not house.broker.stats.connections)
    assert not any(house.broker._wheel._buckets.values())
