"""Ask for areas and floors, and for what is there."""

from __future__ import annotations

from typing import Any

from hub.core.areas import FloorEntry
from hub.template.sources import Sources
from hub.template.table import BOTH, CALL, Function


class AreaFunctions:
    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._areas = sources.areas

    def areas(self) -> list[str]:
        return list(self._areas.areas)

    def area_id(self, lookup_value: Any) -> str | None:
        """Return the area of a name, an alias, an entity or a device."""
        named = self._areas.area_named(str(lookup_value))
        return named.id if named is not None else self._area_of(lookup_value)

    def area_name(self, lookup_value: Any) -> str | None:
        area_id = lookup_value if lookup_value in self._areas.areas else self._area_of(lookup_value)
        area = self._areas.areas.get(area_id) if area_id is not None else None
        return None if area is None else area.name

    def area_entities(self, area_id_or_name: str) -> list[str]:
        return self._entities(self._area(area_id_or_name))

    def area_devices(self, area_id_or_name: str) -> list[str]:
        area_id = self._area(area_id_or_name)
        devices = self._sources.devices.entries.values()
        return [device.id for device in devices if area_id is not None and device.area_id == area_id]

    def floors(self) -> list[str]:
        return list(self._areas.floors)

    def floor_id(self, lookup_value: Any) -> str | None:
        """Return the floor of a name, an alias, an area, an entity or a device."""
        named = self._areas.floor_named(str(lookup_value))
        if named is not None:
            return named.id
        area_id = self.area_id(lookup_value)
        area = self._areas.areas.get(area_id) if area_id is not None else None
        return None if area is None else area.floor_id

    def floor_name(self, lookup_value: Any) -> str | None:
        floor = self._floor(lookup_value)
        return None if floor is None else floor.name

    def floor_icon(self, lookup_value: Any) -> str | None:
        floor = self._floor(lookup_value)
        return None if floor is None else floor.icon

    def floor_areas(self, floor_id_or_name: str) -> list[str]:
        known = floor_id_or_name in self._areas.floors
        floor_id = floor_id_or_name if known else self.floor_id(floor_id_or_name)
        areas = self._areas.areas.values()
        return [area.id for area in areas if floor_id is not None and area.floor_id == floor_id]

    def floor_entities(self, floor_id_or_name: str) -> list[str]:
        return [
            entity_id
            for area_id in self.floor_areas(floor_id_or_name)
            for entity_id in self._entities(area_id)
        ]

    def aliases(self, lookup_value: Any) -> list[str]:
        """Return the other names of an area or a floor."""
        key = str(lookup_value)
        entry = self._areas.areas.get(key) or self._areas.floors.get(key)
        return sorted(entry.aliases) if entry is not None else []

    def _area(self, area_id_or_name: str) -> str | None:
        known = area_id_or_name in self._areas.areas
        return area_id_or_name if known else self.area_id(area_id_or_name)

    def _area_of(self, entity_or_device_id: Any) -> str | None:
        entry = self._sources.registry.get(entity_or_device_id)
        if entry is not None and entry.area_id is not None:
            return entry.area_id
        device_id = entity_or_device_id if entry is None else entry.device_id
        device = self._sources.devices.get(device_id) if device_id is not None else None
        return None if device is None else device.area_id

    def _entities(self, area_id: str | None) -> list[str]:
        """Return the entities of an area: its own, then those that are where their device is."""
        if area_id is None:
            return []
        devices = {
            device.id for device in self._sources.devices.entries.values() if device.area_id == area_id
        }
        entries = list(self._sources.registry.entries.values())
        own = [entry.entity_id for entry in entries if entry.area_id == area_id]
        return own + [
            entry.entity_id for entry in entries if entry.area_id is None and entry.device_id in devices
        ]

    def _floor(self, lookup_value: Any) -> FloorEntry | None:
        known = lookup_value in self._areas.floors
        floor_id = lookup_value if known else self.floor_id(lookup_value)
        return self._areas.floors.get(floor_id) if floor_id is not None else None


def functions(sources: Sources) -> list[Function]:
    house = AreaFunctions(sources)
    return [
        Function("areas", house.areas, CALL),
        Function("area_id", house.area_id, BOTH, limited=False),
        Function("area_name", house.area_name, BOTH, limited=False),
        Function("area_entities", house.area_entities),
        Function("area_devices", house.area_devices),
        Function("floors", house.floors, CALL),
        Function("floor_id", house.floor_id, BOTH, limited=False),
        Function("floor_name", house.floor_name, BOTH, limited=False),
        Function("floor_icon", house.floor_icon, BOTH, limited=False),
        Function("floor_areas", house.floor_areas),
        Function("floor_entities", house.floor_entities),
        Function("aliases", house.aliases),
    ]
