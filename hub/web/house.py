"""What is in the house: entities, devices, areas, floors and labels."""

from __future__ import annotations

from typing import Any

from hub.core.errors import NotFound
from hub.core.ports import House
from hub.core.registries import DeviceEntry, EntityEntry
from hub.web.answers import Json
from hub.web.login import Asker
from hub.web.need import PERSON, http
from hub.web.parts import Parts
from hub.web.who import Who, area_of

_TAGS = {"tags": ["house"]}


class HouseApi:
    """Read what the registries know."""

    def __init__(self, parts: Parts) -> None:
        self._house: House = parts.house

    @http("GET", "/api/entities", PERSON, summary="All entities", **_TAGS)
    async def entities(self, who: Asker) -> Any:
        """Return all entities with device, area and labels; those without a unique id, too."""
        house = self._house
        known = dict.fromkeys([*house.states.entity_ids(), *house.registry.entries])
        return Json([self._entity(entity_id) for entity_id in who.seen(known)])

    def _entity(self, entity_id: str) -> dict[str, Any]:
        house = self._house
        entry, state = house.registry.get(entity_id), house.states.get(entity_id)
        living = house.entities.get(entity_id)
        return {
            "entity_id": entity_id,
            "name": state.name if state is not None else (entry.name if entry is not None else None),
            "area_id": area_of(house, entity_id),
            "device_id": entry.device_id if entry is not None else None,
            "platform": entry.platform if entry is not None else None,
            "unique_id": entry.unique_id if entry is not None else None,
            "labels": sorted(entry.labels) if entry is not None else [],
            "category": entry.entity_category if entry is not None else None,
            "hidden": entry is not None and entry.hidden_by is not None,
            "disabled": entry is not None and entry.disabled_by is not None,
            "services": sorted(living.commands) if living is not None else [],
        }

    @http("GET", "/api/devices", PERSON, summary="All devices", **_TAGS)
    async def devices(self, who: Asker) -> Any:
        entries = self._house.devices.entries.values()
        return Json([device_about(one) for one in entries if who.sees_device(one.id)])

    @http("GET", "/api/devices/{device_id}", PERSON, summary="One device with its entities", **_TAGS)
    async def device(self, device_id: str, who: Asker) -> Any:
        entry = self._house.devices.get(device_id)
        if entry is None or not who.sees_device(device_id):
            raise NotFound(f"there is no device {device_id}")
        entities = [one.entity_id for one in self._house.registry.of_device(device_id)]
        return Json({**device_about(entry), "entities": [self._entity(one) for one in who.seen(entities)]})

    @http("GET", "/api/areas", PERSON, summary="Areas, floors and labels", **_TAGS)
    async def areas(self, who: Asker) -> Any:
        areas = self._house.areas
        return Json(
            {
                "areas": [area_about(one) for one in areas.areas.values() if who.sees_area(one.id)],
                "floors": [floor_about(one) for one in areas.floors.values()] if who.sees_all else [],
                "labels": [label_about(one) for one in areas.labels.values()] if who.sees_all else [],
            }
        )


def entry_about(entry: EntityEntry) -> dict[str, Any]:
    """Return an entity's entry as Home Assistant's API tells it."""
    return {
        "entity_id": entry.entity_id,
        "id": entry.unique_id or entry.entity_id,
        "unique_id": entry.unique_id,
        "platform": entry.platform,
        "device_id": entry.device_id,
        "area_id": entry.area_id,
        "name": entry.name,
        "original_name": entry.original_name,
        "icon": entry.icon,
        "labels": sorted(entry.labels),
        "aliases": [],
        "categories": {},
        "capabilities": None,
        "config_entry_id": None,
        "config_subentry_id": None,
        "disabled_by": entry.disabled_by,
        "hidden_by": entry.hidden_by,
        "entity_category": entry.entity_category,
        "device_class": entry.device_class,
        "original_device_class": entry.device_class,
        "original_icon": entry.original_icon,
        "has_entity_name": entry.device_id is not None,
        "options": {"sensor": {"unit_of_measurement": entry.unit_by_user}} if entry.unit_by_user else {},
        "translation_key": None,
        "unit_of_measurement": entry.unit_of_measurement,
        "created_at": 0.0,
        "modified_at": 0.0,
    }


def device_about(entry: DeviceEntry) -> dict[str, Any]:
    """Return a device as Home Assistant's API tells it."""
    return {
        "id": entry.id,
        "name": entry.name,
        "name_by_user": entry.name_by_user,
        "area_id": entry.area_id,
        "manufacturer": entry.manufacturer,
        "model": entry.model,
        "model_id": entry.model_id,
        "hw_version": entry.hw_version,
        "sw_version": entry.sw_version,
        "serial_number": entry.serial_number,
        "configuration_url": entry.configuration_url,
        "connections": sorted(list(one) for one in entry.connections),
        "identifiers": sorted(list(one) for one in entry.identifiers),
        "labels": sorted(entry.labels),
        "via_device_id": entry.via_device_id,
        "disabled_by": entry.disabled_by,
        "config_entries": [],
        "config_entries_subentries": {},
        "primary_config_entry": None,
        "entry_type": None,
        "created_at": 0.0,
        "modified_at": 0.0,
    }


def area_about(entry: Any) -> dict[str, Any]:
    """Return an area as Home Assistant's API tells it."""
    return {
        "area_id": entry.id,
        "name": entry.name,
        "floor_id": entry.floor_id,
        "icon": entry.icon,
        "picture": None,
        "aliases": sorted(entry.aliases),
        "labels": sorted(entry.labels),
        "humidity_entity_id": None,
        "temperature_entity_id": None,
        "created_at": 0.0,
        "modified_at": 0.0,
    }


def floor_about(entry: Any) -> dict[str, Any]:
    """Return a floor as Home Assistant's API tells it."""
    return {
        "floor_id": entry.id,
        "name": entry.name,
        "level": entry.level,
        "icon": entry.icon,
        "aliases": sorted(entry.aliases),
        "created_at": 0.0,
        "modified_at": 0.0,
    }


def label_about(entry: Any) -> dict[str, Any]:
    """Return a label as Home Assistant's API tells it."""
    return {
        "label_id": entry.id,
        "name": entry.name,
        "description": entry.description,
        "icon": entry.icon,
        "color": entry.color,
        "created_at": 0.0,
        "modified_at": 0.0,
    }


def visible_entries(house: House, who: Who) -> list[EntityEntry]:
    """Return the entries of the entities that somebody may see."""
    return [entry for entry in house.registry.entries.values() if who.sees(entry.entity_id)]
