"""The devices of `hub demo`: clients on the far side of a real MQTT connection, as in any house."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from functools import partial

from hub.cli.demo_house import DemoHouse, Room
from hub.cli.demo_things import Thing, World
from hub.cli.demo_wifi import wifi_things
from hub.cli.demo_zigbee import BRIDGE, zigbee_things
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


class Speaker:
    """A connection on which several devices announce themselves, tell how they are, and obey."""

    def __init__(self, mqtt: Mqtt, world: World, things: Sequence[Thing]) -> None:
        self._mqtt = mqtt
        self._world = world
        self._things = things
        self._said: dict[str, str] = {}
        for thing in things:
            for topic, payload, retain in thing.announcements():
                mqtt.publish(topic, payload, qos=1, retain=retain)
            for topic, obey in thing.commands().items():
                mqtt.subscribe(topic, partial(self._obey, thing, obey), qos=1)

    def tell(self) -> None:
        """Say what changed; what is not kept by the server is said each time."""
        for thing in self._things:
            self._tell(thing)

    def _tell(self, thing: Thing) -> None:
        for topic, payload, retain in thing.tell(self._world):
            if not retain or self._said.get(topic) != payload:
                self._said[topic] = payload
                self._mqtt.publish(topic, payload, retain=retain)

    def pass_time(self, seconds: float) -> None:
        for thing in self._things:
            thing.pass_time(seconds, self._world)

    def _obey(self, thing: Thing, obey: Callable[[str, World], None], message: Message) -> None:
        with contextlib.suppress(ValueError):
            obey(message.payload.decode(), self._world)
        self._tell(thing)


async def run_devices(house: DemoHouse, world: World, port: int, password: str, clock: Clock) -> None:
    """Let time pass in the house, and its devices measure and obey, until cancelled."""
    async with AsyncExitStack() as doors:

        async def connect(name: str) -> Mqtt:
            server = MqttServer("127.0.0.1", port, "devices", password, f"demo-{name}")
            door = await ClientDoor.open(server, clock)
            doors.push_async_callback(door.close)
            return door.mqtt

        weather = await connect("weather")
        rooms = [RoomDevices(room, await connect(room.name)) for room in house.rooms]
        bridge, wifi = await connect("zigbee2mqtt"), await connect("wifi")
        bridge.publish(BRIDGE, '{"state":"online"}', retain=True)
        speakers = [Speaker(bridge, world, zigbee_things()), Speaker(wifi, world, wifi_things())]
        while True:
            weather.publish("sensors/outdoor/temperature", f"{house.outdoor:.1f}")
            for room in rooms:
                room.measure()
            for speaker in speakers:
                speaker.tell()
            await asyncio.sleep(STEP)
            house.pass_time(STEP)
            world.pass_time(STEP)
            for speaker in speakers:
                speaker.pass_time(STEP)
