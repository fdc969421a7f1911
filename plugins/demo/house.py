"""The simulated house: rooms that warm and cool, and the weather around them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

WARMING = 1.2
"""What a heater adds, in °C a second: a demo has no patience for real walls."""
LEAK = 0.04
"""Which part of the difference to outdoors a room loses in a second."""
MILDEST, COLDEST = 13.0, 3.0
DAY = 75.0
"""The length of a day, in seconds."""


@dataclass(slots=True)
class Room:
    """A room with a thermometer and a heater."""

    name: str
    temperature: float
    heater: bool = False

    def pass_time(self, seconds: float, outdoor: float) -> None:
        """Warm or cool towards where the room would end if nothing changed."""
        rest = outdoor + (WARMING / LEAK if self.heater else 0.0)
        self.temperature = rest + (self.temperature - rest) * math.exp(-LEAK * seconds)


@dataclass(slots=True)
class DemoHouse:
    """The rooms, and how much time has passed in them; `speed` times what passed outside."""

    rooms: list[Room] = field(
        default_factory=lambda: [Room("living_room", 20.5), Room("bedroom", 18.5), Room("bathroom", 22.5)]
    )
    speed: float = 1.0
    seconds: float = 0.0

    @property
    def outdoor(self) -> float:
        """The temperature outdoors: as mild as it gets at the start, coldest half a day later."""
        middle, swing = (MILDEST + COLDEST) / 2, (MILDEST - COLDEST) / 2
        return middle + swing * math.cos(2 * math.pi * self.seconds / DAY)

    def pass_time(self, seconds: float) -> None:
        self.seconds += seconds * self.speed
        for room in self.rooms:
            room.pass_time(seconds * self.speed, self.outdoor)
