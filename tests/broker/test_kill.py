"""However often the server is killed, nothing that was acknowledged is lost and nothing comes twice."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hub.broker.packets import Connack, Puback, Pubcomp, Publish, Pubrec, Pubrel

ROUNDS = int(os.environ.get("HUB_KILL_ROUNDS", "50"))
LONGEST_ROUND = 0.35
WINDOW = 20
SERVER = Path(__file__).with_name("killed_server.py")


class Publisher:
    """Publishes numbers with QoS 1 and 2 and as retained messages; remembers what was acknowledged.

    What it knows survives the server, as a careful client's state does.
    """

    def __init__(self) -> None:
        self.was_in = False
        self.number = 0
        self.under_way: dict[int, Publish | Pubrel] = {}
        self.acknowledged: set[int] = set()
        self.retained: dict[str, int] = {}
        self.attempted: dict[str, int] = {}
        self._meant: dict[int, Publish] = {}

    async def run(self, wire: Any, until: int | None = None) -> None:
        """Go on publishing, or until all up to a number are acknowledged."""
        answer = await wire.log_in("publisher", clean_session=False)
        assert answer == Connack(session_present=self.was_in) or not self.was_in
        self.was_in = True
        for packet in self.under_way.values():
            await wire.say(again(packet))
        while until is None or self.under_way or self.number < until:
            while len(self.under_way) < WINDOW and (until is None or self.number < until):
                await wire.say(self._next())
            self._take(await expect(wire), wire)

    def _next(self) -> Publish:
        self.number += 1
        packet_id = next(n for n in range(1, WINDOW + 1) if n not in self.under_way)
        topic, qos = f"once/{self.number % 3}", 2
        if self.number % 3 == 1:
            topic, qos = "at_least_once", 1
        elif self.number % 10 == 0:
            topic, qos = f"kept/{self.number % 7}", 1
            self.attempted[topic] = self.number
        packet = Publish(topic, b"%d" % self.number, qos, topic.startswith("kept"), packet_id=packet_id)
        self.under_way[packet_id] = self._meant[packet_id] = packet
        return packet

    def _take(self, packet: Any, wire: Any) -> None:
        if isinstance(packet, Pubrec):
            self.under_way[packet.packet_id] = Pubrel(packet.packet_id)
            wire.writer.write(bytes((0x62, 2, 0, packet.packet_id)))
            return
        assert isinstance(packet, Puback | Pubcomp), packet
        # After a crash the answer may come to what was sent again, and once more to the first one.
        if self.under_way.pop(packet.packet_id, None) is None:
            return
        done = self._meant[packet.packet_id]
        self.acknowledged.add(int(done.payload))
        if done.retain:
            self.retained[done.topic] = int(done.payload)


class Receiver:
    """Hears everything, by the book (4.3), and remembers it beyond its connections."""

    def __init__(self) -> None:
        self.once: list[int] = []
        self.at_least_once: list[int] = []
        self._unreleased: set[int] = set()

    async def begin(self, wire: Any) -> None:
        await wire.log_in("receiver", clean_session=False)
        assert await wire.subscribe("once/#", "at_least_once", qos=2) == (2, 2)
        await wire.break_off()

    async def run(self, wire: Any, until: int | None = None) -> None:
        """Go on receiving, or until a number has come: it comes last, as all is in order."""
        assert await wire.log_in("receiver", clean_session=False) == Connack(session_present=True)
        while until is None or until not in self.once[-WINDOW:]:
            packet = await expect(wire)
            await wire.say(self._take(packet))

    def _take(self, packet: Any) -> Any:
        match packet:
            case Pubrel(packet_id):
                self._unreleased.discard(packet_id)
                return Pubcomp(packet_id)
            case Publish(qos=1):
                self.at_least_once.append(int(packet.payload))
                return Puback(packet.packet_id)
        if packet.packet_id not in self._unreleased:
            self._unreleased.add(packet.packet_id)
            self.once.append(int(packet.payload))
        return Pubrec(packet.packet_id)


def again(packet: Publish | Pubrel) -> Publish | Pubrel:
    if isinstance(packet, Pubrel):
        return packet
    return Publish(packet.topic, packet.payload, packet.qos, packet.retain, True, packet.packet_id)


async def expect(wire: Any) -> Any:
    packet = await wire.hear()
    if packet is None:
        raise ConnectionError
    return packet


class Server:
    """The server's process, started anew on the same database."""

    _process: asyncio.subprocess.Process

    def __init__(self, folder: Path) -> None:
        self.database = folder / "mqtt.db"
        self.slowest = 0.0

    async def spawn(self) -> None:
        self._began = time.monotonic()
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, str(SERVER), str(self.database), stdout=asyncio.subprocess.PIPE
        )

    async def port(self) -> int:
        """Return its port when it is ready."""
        assert self._process.stdout is not None
        port = int(await self._process.stdout.readline())
        self.slowest = max(self.slowest, time.monotonic() - self._began)
        return port

    async def kill(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self._process.communicate()

    def check(self, folder: Path) -> None:
        """Look at a copy: the file itself is for the server to mend."""
        copy = folder / "copy.db"
        for suffix in ("", "-wal"):
            if self.database.with_name(self.database.name + suffix).exists():
                shutil.copy(f"{self.database}{suffix}", f"{copy}{suffix}")
        with closing(sqlite3.connect(copy)) as db:
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert db.execute("PRAGMA foreign_key_check").fetchall() == []


async def life(port: int, dial: Any, actors: list[Any], seconds: float) -> None:
    """Let the actors do as they like, until the moment comes."""
    wires = [await dial(port) for _ in actors]
    work = [asyncio.create_task(actor.run(wire)) for actor, wire in zip(actors, wires, strict=True)]
    await asyncio.wait(work, timeout=seconds)
    for task in work:
        task.cancel()
    for result in await asyncio.gather(*work, return_exceptions=True):
        if not isinstance(result, ConnectionError | asyncio.CancelledError):
            raise AssertionError("an actor ended too early") from result
    for wire in wires:
        await wire.break_off()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    server = Server(tmp_path)
    await server.spawn()
    yield server
    await server.kill()


@pytest.mark.timeout(60 + 10 * ROUNDS)
async def test_nothing_acknowledged_is_lost_and_nothing_comes_twice(
    server: Server, tmp_path: Path, dial: Any
) -> None:
    chance = random.Random(ROUNDS)
    publisher, receiver = Publisher(), Receiver()
    await receiver.begin(await dial(await server.port()))
    for _ in range(ROUNDS):
        await server.kill()
        server.check(tmp_path)
        await server.spawn()
        if chance.random() < 0.1:
            await asyncio.sleep(chance.uniform(0, 0.3))  # killed while it starts
        else:
            actors = [publisher] if chance.random() < 0.3 else [publisher, receiver]
            await life(await server.port(), dial, actors, chance.uniform(0, LONGEST_ROUND))
    await server.kill()
    server.check(tmp_path)

    # The last one is not killed: everything is to come to its end.
    await server.spawn()
    port = await server.port()
    await publisher.run(await dial(port), last := (publisher.number // 30 + 2) * 30 - 1)
    await receiver.run(await dial(port), last)
    late = await dial(port)
    await late.log_in("late")
    await late.subscribe("kept/#")
    kept = {packet.topic: int(packet.payload) for packet in await late.hear_until_pong()}

    print(f"{ROUNDS} rounds, {publisher.number} messages, slowest start {server.slowest:.2f} s")
    numbers = range(1, last + 1)
    assert publisher.acknowledged == set(numbers)
    assert receiver.once == [n for n in numbers if n % 3 != 1 and n % 10]
    assert list(dict.fromkeys(receiver.at_least_once)) == [n for n in numbers if n % 3 == 1]
    assert kept == publisher.retained
    # A promise, not a guess at the machine: it takes a tenth of this.
    assert server.slowest < 5
