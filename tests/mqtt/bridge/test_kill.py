"""A hub that is killed again and again loses nothing that crosses its bridge and was acknowledged."""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path
from typing import Any

import aiomqtt

from tests.mqtt.conftest import free_port

HUB = Path(__file__).with_name("killed_hub.py")
ROUNDS = 5


class Hub:
    def __init__(self, folder: Path, far_port: int) -> None:
        self.port = free_port()
        self._arguments = (str(HUB), str(folder), str(self.port), str(far_port))
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, *self._arguments, stdout=asyncio.subprocess.PIPE
        )
        assert self._process.stdout is not None
        assert await self._process.stdout.readline() == b"ready\n"

    async def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        await self._process.communicate()

    def client(self, name: str, *, kept: bool = False) -> aiomqtt.Client:
        return aiomqtt.Client(
            "127.0.0.1",
            self.port,
            identifier=name,
            username="ann",
            password="secret",
            clean_session=not kept,
        )


async def say(
    client: aiomqtt.Client, topic: str, numbers: Any, acknowledged: set[int], killed: asyncio.Event
) -> None:
    """Publish numbers until the hub is killed, even ones with QoS 1 and odd ones with QoS 2."""
    try:
        for number in numbers:
            await client.publish(topic, str(number), qos=1 + number % 2)
            acknowledged.add(number)
            if killed.is_set():  # a cancellation may come to nothing in the moment of an answer
                return
    except aiomqtt.MqttError:
        pass


async def hear(client: aiomqtt.Client, heard: list[int]) -> None:
    """Note numbers up to -1."""
    async for message in client.messages:
        number = int(message.payload)
        if number == -1:
            return
        heard.append(number)


async def test_nothing_that_was_acknowledged_is_lost_when_the_hub_is_killed(
    mosquitto: Any, tmp_path: Path
) -> None:
    server = await mosquitto("allow_anonymous true\nmax_queued_messages 0\n")
    hub = Hub(tmp_path, server.port)
    chance = random.Random(0)
    numbers = {"in": iter(range(1_000_000)), "out": iter(range(1_000_000))}
    said: dict[str, set[int]] = {"in": set(), "out": set()}
    here: list[int] = []
    there: list[int] = []

    await hub.start()
    async with hub.client("here", kept=True) as client:
        await client.subscribe("in/#", qos=2)
    async with aiomqtt.Client("127.0.0.1", server.port) as far:
        await far.subscribe("out/#", qos=2)
        hearing = asyncio.create_task(hear(far, there))
        for _ in range(ROUNDS):
            killed = asyncio.Event()
            async with asyncio.TaskGroup() as group:
                try:
                    async with hub.client("speaker") as near:
                        one = group.create_task(say(near, "out/x", numbers["out"], said["out"], killed))
                        other = group.create_task(say(far, "in/x", numbers["in"], said["in"], killed))
                        await asyncio.sleep(chance.uniform(0.2, 0.6))
                        await hub.kill()
                        killed.set()
                        one.cancel()
                        other.cancel()
                except aiomqtt.MqttError:
                    pass
            await hub.start()
        async with hub.client("here", kept=True) as near:
            await near.publish("out/x", "-1", qos=2)
            await hearing
            await far.publish("in/x", "-1", qos=2)
            await hear(near, here)
    await hub.kill()

    assert len(said["in"]) > 50
    assert len(said["out"]) > 50
    assert said["out"] - set(there) == set()
    assert said["in"] - set(here) == set()
    # What we send with QoS 2 comes once, whenever we are killed.
    twice = {number for number in there if there.count(number) > 1}
    assert {number for number in twice if number % 2} == set()
