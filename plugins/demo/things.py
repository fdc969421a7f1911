"""What the simulated devices share: a world around them, and how they speak MQTT."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from plugins.demo.house import DAY, DemoHouse, Room

Said = tuple[str, str, bool]
"""Topic, payload, whether the server is to keep it."""
PREFIX = "homeassistant"


@dataclass(slots=True)
class World:
    """The house with everything in it that devices can notice. `faults` are kinds and places."""

    house: DemoHouse
    rooms: dict[str, Room] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)
    wet: set[str] = field(default_factory=set)
    busy: set[str] = field(default_factory=set)
    at_home: set[str] = field(default_factory=lambda: {"anna", "ben"})
    watts: dict[str, float] = field(default_factory=dict)
    faults: set[tuple[str, str]] = field(default_factory=set)
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    def __post_init__(self) -> None:
        self.rooms = {room.name: room for room in self.house.rooms}
        for name, temperature in (("kitchen", 20.0), ("office", 19.0), ("hall", 18.0)):
            self.rooms[name] = Room(name, temperature)

    @property
    def hour(self) -> float:
        """The hour of the demo's short day: it begins at noon."""
        return (12 + self.house.seconds / DAY * 24) % 24

    @property
    def light(self) -> float:
        """How light it is outdoors, in lux."""
        return max(0.0, 40_000 * math.sin((self.hour - 6) / 12 * math.pi))

    def faulty(self, kind: str, *places: str) -> bool:
        return any((kind, place) in self.faults for place in places)

    def pass_time(self, seconds: float) -> None:
        """Let people walk about, windows open and close, and rooms without a heater follow the others."""
        seconds *= self.house.speed
        for name in ("kitchen", "office", "hall"):
            self.rooms[name].pass_time(seconds, self.house.outdoor + 12)
        for opening in [name for name in self.open if ("door_open", name) not in self.faults]:
            if self._happens(seconds, 8):
                self.open.discard(opening)
        if self._happens(seconds, 30):
            self.open.add(self.chance.choice(("front_door", "balcony_door", "kitchen_window")))
        if self._happens(seconds, 40):
            self.at_home ^= {self.chance.choice(("anna", "ben"))}
        self.busy = {
            room for room in ("hall", "living_room", "bathroom") if self.at_home and self._happens(seconds, 6)
        } or (self.busy if self._happens(seconds, 0.5) is False else set())

    def _happens(self, seconds: float, mean: float) -> bool:
        """Tell whether something happens now that happens every `mean` seconds."""
        return self.chance.random() < 1 - math.exp(-seconds / mean)


@dataclass
class Thing:
    """One simulated device."""

    name: str
    title: str

    fails: ClassVar[tuple[str, ...]] = ()
    """The kinds of faults that it can have."""

    @property
    def place(self) -> str:
        """The room that it is in, or else its own name: a fault of either is its own."""
        return self.name

    def has(self, fault: str, world: World) -> bool:
        return world.faulty(fault, self.name, self.place)

    def announcements(self) -> Iterator[Said]:
        raise NotImplementedError

    def tell(self, world: World) -> Iterator[Said]:
        """Say how it is now; what did not change need not be said again."""
        raise NotImplementedError

    def pass_time(self, seconds: float, world: World) -> None:
        """Move, heat, count."""

    def commands(self) -> dict[str, Callable[[str, World], None]]:
        """Return what it obeys, by topic."""
        return {}


def config(component: str, node: str, thing: str, **options: Any) -> Said:
    """Return an announcement of Home Assistant's discovery."""
    return f"{PREFIX}/{component}/{node}/{thing}/config", json.dumps(options), True


def title_of(name: str) -> str:
    return name.replace("_", " ").capitalize()
