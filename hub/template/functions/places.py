"""Measure on the globe: how far, and which is nearest."""

from __future__ import annotations

import logging
from typing import Any

from hub.core.state import State, is_entity_id
from hub.template.functions.earth import metres
from hub.template.functions.states import StateFunctions
from hub.template.sources import Sources
from hub.template.states import StateView, find
from hub.template.table import CALL, FILTER, Function

log = logging.getLogger("hub.template")

Point = tuple[float, float]
_MILE = 1609.344


class PlaceFunctions:
    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._expand = StateFunctions(sources).expand

    def distance(self, *args: Any) -> float | None:
        """Return the kilometres (or miles) between two places, or from home to one.

        A place is an entity, or a latitude and a longitude.
        """
        left = list(args)
        points: list[Point] = []
        while left:
            point = self._next_point(left)
            if point is None:
                return None
            points.append(point)
        if len(points) == 1:
            points.insert(0, self._home())
        return self._length(metres(points[0], points[1]))

    def closest(self, *args: Any) -> StateView | State | None:
        """Return the entity nearest to home, to an entity (`a, entities`) or to `lat, long, entities`."""
        point = self._home() if len(args) == 1 else self._point_of(args[:-1])
        if point is None:
            return None
        near = [(metres(point, place), state) for state in self._expand(args[-1]) if (place := _place(state))]
        return min(near, key=lambda each: each[0])[1] if near else None

    def closest_filter(self, entities: Any, *args: Any) -> StateView | State | None:
        return self.closest(*args, entities)

    def _home(self) -> Point:
        return self._sources.settings.latitude, self._sources.settings.longitude

    def _length(self, length: float) -> float:
        return length / (_MILE if self._sources.settings.unit_system == "us_customary" else 1000)

    def _point_of(self, args: tuple[Any, ...]) -> Point | None:
        if len(args) > 1:
            return _pair(args[0], args[1])
        state = find(self._sources, args[0]) if isinstance(args[0], str) else args[0]
        place = _place(state)
        if place is None:
            log.warning("closest: %s has no place", args[0])
        return place

    def _next_point(self, left: list[Any]) -> Point | None:
        value = left.pop(0)
        state = find(self._sources, value) if isinstance(value, str) and is_entity_id(value) else value
        if isinstance(state, (StateView, State)):
            place = _place(state)
            if place is None:
                log.warning("distance: %s has no place", state.entity_id)
            return place
        if not left:
            log.warning("distance: expected latitude and longitude, got %s", value)
            return None
        return _pair(value, left.pop(0))


def _pair(latitude: Any, longitude: Any) -> Point | None:
    try:
        return float(latitude), float(longitude)
    except (ValueError, TypeError):
        log.warning("%s, %s is no latitude and longitude", latitude, longitude)
        return None


def _place(state: Any) -> Point | None:
    if not isinstance(state, (StateView, State)):
        return None
    latitude, longitude = state.attributes.get("latitude"), state.attributes.get("longitude")
    if isinstance(latitude, (int, float)) and isinstance(longitude, (int, float)):
        return float(latitude), float(longitude)
    return None


def functions(sources: Sources) -> list[Function]:
    house = PlaceFunctions(sources)
    return [
        Function("distance", house.distance, CALL, limited=False),
        Function("closest", house.closest, CALL, limited=False),
        Function("closest", house.closest_filter, FILTER, limited=False),
    ]
