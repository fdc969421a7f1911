"""Tell whether something is in a zone: by its coordinates, else by what its state says."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt
from typing import Any, NamedTuple

from hub.api import UNAVAILABLE, UNKNOWN, State

GONE = (UNAVAILABLE, UNKNOWN)
_EARTH_METRES = 6_371_008.8


class Place(NamedTuple):
    """A point on the earth in degrees, known to so many metres."""

    latitude: float
    longitude: float
    accuracy: float = 0.0


def place_of(state: State) -> Place | None:
    """Return where an entity says that it is, None if it gives no coordinates."""
    latitude = _number(state.attributes.get("latitude"))
    longitude = _number(state.attributes.get("longitude"))
    if latitude is None or longitude is None:
        return None
    return Place(latitude, longitude, _number(state.attributes.get("gps_accuracy")) or 0.0)


def is_in(zone: State, state: State) -> bool:
    """Tell whether an entity is in a zone; one that is unavailable or unknown is nowhere."""
    if state.state in GONE or zone.state == UNAVAILABLE:
        return False
    place = place_of(state)
    if place is None:
        return says_zone(zone, state)
    middle, radius = place_of(zone), _number(zone.attributes.get("radius"))
    if middle is None or radius is None:
        return False
    return metres(place, middle) - place.accuracy < radius


def says_zone(zone: State, state: State) -> bool:
    """Tell whether an entity's state names the zone: `home` is zone.home, others go by their name."""
    if state.state == "home" and zone.entity_id == "zone.home":
        return True
    return state.state not in GONE and state.state.casefold() == zone.name.casefold()


def metres(one: Place, other: Place) -> float:
    """Return the way between two points on a globe."""
    north, east = radians(other.latitude - one.latitude), radians(other.longitude - one.longitude)
    parallels = cos(radians(one.latitude)) * cos(radians(other.latitude))
    chord = sin(north / 2) ** 2 + parallels * sin(east / 2) ** 2
    return 2 * _EARTH_METRES * asin(min(1.0, sqrt(chord)))


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
