"""The simulated devices: clients on the far side of a real MQTT connection, as in any house."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from functools import partial

from hub.api import Message, Mqtt
from plugins.demo.house import Room
from plugins.demo.things import Thing, World


class RoomDevices:
    """The thermometer and the heater of a room: it measures, obeys, and says what it did."""

    def __init__(self, room: Room, mqtt: Mqtt) -> None:
        self._room = room
        self._mqtt = mqtt
        mqtt.subscribe(f"heaters/{room.name}/set", self._obey, qos=1)
        self._report()

    def measure(self, world: World) -> None:
        if not world.faulty("sensor_dead", self._room.name):
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
