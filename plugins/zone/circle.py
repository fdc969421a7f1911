"""Measure whether an entity, by the coordinates of its state, is within a zone."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, hypot, isfinite, radians
from typing import Any, Self

from hub.api import UNAVAILABLE, HubError, State


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an entity is, in degrees, and by how many metres that may be wrong."""

    latitude: float
    longitude: float
    accuracy: float = 0.0

    @classmethod
    def of(cls, state: State) -> Self:
        """Read a state's attributes; raises `HubError` if they have no coordinates."""
        latitude, longitude = _degrees(state, "latitude"), _degrees(state, "longitude")
        return cls(latitude, longitude, _number(state.attributes.get("gps_accuracy")) or 0.0)


@dataclass(frozen=True, slots=True)
class Circle:
    """The place of a zone: its centre, and its radius in metres (None takes nobody in)."""

    name: str
    centre: Spot
    radius: float | None

    @classmethod
    def of(cls, zone: State) -> Self:
        """Read a zone's attributes; raises `HubError` if it has no place."""
        radius = None if zone.state == UNAVAILABLE else _number(zone.attributes.get("radius"))
        return cls(zone.entity_id, Spot.of(zone), radius)

    def holds(self, spot: Spot) -> bool:
        """Tell whether the spot, or what it may be wrong by, reaches into the circle."""
        return self.radius is not None and metres(spot, self.centre) - spot.accuracy < self.radius

    def in_words(self, spot: Spot) -> str:
        if self.radius is None:
            return f"{self.name} has no radius now"
        wrong = f" (± {spot.accuracy:.0f} m)" if spot.accuracy else ""
        return (
            f"{metres(spot, self.centre):.0f} m{wrong} from {self.name}, whose radius is {self.radius:.0f} m"
        )


def has_spot(state: State) -> bool:
    return all(_number(state.attributes.get(name)) is not None for name in ("latitude", "longitude"))


def metres(a: Spot, b: Spot) -> float:
    """Return the distance, by the formula of 47 CFR 73.208 (d): right to a few metres in 100 km."""
    middle = radians((a.latitude + b.latitude) / 2)
    north = 111_132.09 - 566.05 * cos(2 * middle) + 1.20 * cos(4 * middle)
    east = 111_415.13 * cos(middle) - 94.55 * cos(3 * middle) + 0.12 * cos(5 * middle)
    turn = (a.longitude - b.longitude + 180) % 360 - 180
    return hypot(north * (a.latitude - b.latitude), east * turn)


def _degrees(state: State, name: str) -> float:
    number = _number(state.attributes.get(name))
    if number is None:
        raise HubError(f"zone: {state.entity_id} has no {name}")
    return number


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
        return None
    return float(value)
