"""The devices of `hub demo`: clients on the far side of a real MQTT connection, as in any house."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import aiomqtt

from hub.cli.demo_house import DemoHouse, Room

STEP = 0.5
"""Seconds between two readings of a thermometer."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where the MQTT server is, and how the devices log in."""

    port: int
    password: str
    host: str = "127.0.0.1"
    username: str = "devices"

    def client(self, name: str) -> aiomqtt.Client:
        return aiomqtt.Client(
            self.host,
            self.port,
            username=self.username,
            password=self.password,
            identifier=f"demo-{name}",
        )


async def run_devices(house: DemoHouse, server: Server) -> None:
    """Let time pass in the house, and its devices measure and obey, until cancelled."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_weather(house, server))
        for room in house.rooms:
            tasks.create_task(_room(room, server))


async def _weather(house: DemoHouse, server: Server) -> None:
    async with server.client("weather") as client:
        while True:
            await client.publish("sensors/outdoor/temperature", f"{house.outdoor:.1f}")
            await asyncio.sleep(STEP)
            house.pass_time(STEP)


async def _room(room: Room, server: Server) -> None:
    async with server.client(room.name) as client:
        await client.subscribe(f"heaters/{room.name}/set", qos=1)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_obey(room, client))
            tasks.create_task(_measure(room, client))


async def _obey(room: Room, client: aiomqtt.Client) -> None:
    await _report(room, client)
    async for message in client.messages:
        room.heater = message.payload == b"ON"
        await _report(room, client)


async def _report(room: Room, client: aiomqtt.Client) -> None:
    await client.publish(f"heaters/{room.name}/state", "ON" if room.heater else "OFF", qos=1)


async def _measure(room: Room, client: aiomqtt.Client) -> None:
    while True:
        await client.publish(f"sensors/{room.name}/temperature", f"{room.temperature:.1f}")
        await asyncio.sleep(STEP)
