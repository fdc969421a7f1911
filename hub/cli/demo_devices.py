"""The devices of `hub demo`: clients on the far side of a real MQTT connection, as in any house."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from hub.cli.demo_house import DemoHouse, Room
from hub.core.clock import Clock
from hub.core.ports import Message, Mqtt
from hub.mqtt import ClientDoor, MqttServer

STEP = 0.5
"""Seconds between two readings of a thermometer."""


class RoomDevices:
    """The thermometer and the heater of a room: it measures, obeys, and says what it did."""

    def __init__(self, room: Room, mqtt: Mqtt) -> None:
        self._room = room
        self._mqtt = mqtt
        mqtt.subscribe(f"heaters/{room.name}/set", self._obey, qos=1)
        self._report()

    def measure(self) -> None:
        self._mqtt.publish(f"sensors/{self._room.name}/temperature", f"{self._room.temperature:.1f}")

    def _obey(self, message: Message) -> None:
        self._room.heater = message.payload == b"ON"
        self._report()

    def _report(self) -> None:
        self._mqtt.publish(f"heaters/{self._room.name}/state", "ON" if self._room.heater else "OFF", qos=1)


async def run_devices(house: DemoHouse, port: int, password: str, clock: Clock) -> None:
    """Let time pass in the house, and its devices measure and obey, until cancelled."""
    async with AsyncExitStack() as doors:

        async def connect(name: str) -> Mqtt:
            server = MqttServer("127.0.0.1", port, "devices", password, f"demo-{name}")
            door = await ClientDoor.open(server, clock)
            doors.push_async_callback(door.close)
            return door.mqtt

        weather = await connect("weather")
        rooms = [RoomDevices(room, await connect(room.name)) for room in house.rooms]
        while True:
            weather.publish("sensors/outdoor/temperature", f"{house.outdoor:.1f}")
            for room in rooms:
                room.measure()
            await asyncio.sleep(STEP)
            house.pass_time(STEP)
