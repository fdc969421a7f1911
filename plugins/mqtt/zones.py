"""Tell in which of the house's zones a position is."""

from __future__ import annotations

import math

from hub.api import House

_EARTH = 6_371_000.0


def zone_at(house: House, latitude: float, longitude: float, accuracy: float = 0.0) -> str:
    """Return `home`, the name of the nearest zone that holds the position, or `not_home`."""
    best: tuple[float, float, str] | None = None
    for zone in house.states.in_domain("zone"):
        told = zone.attributes
        try:
            centre = float(told["latitude"]), float(told["longitude"])
            radius = float(told.get("radius", 100))
        except (KeyError, TypeError, ValueError):
            continue
        away = metres_between((latitude, longitude), centre)
        if told.get("passive") or away - accuracy >= radius:
            continue
        name = "home" if zone.entity_id == "zone.home" else zone.name
        if best is None or (away, radius) < best[:2]:
            best = (away, radius, name)
    return best[2] if best is not None else "not_home"


def metres_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the way over the sphere between two positions in degrees."""
    (lat1, lon1), (lat2, lon2) = (tuple(map(math.radians, position)) for position in (one, other))
    half = math.sin((lat2 - lat1) / 2) ** 2
    half += math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH * math.asin(min(1.0, math.sqrt(half)))
