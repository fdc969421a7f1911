"""Answer the owner's commands about entities, devices, areas, floors and labels with plain data."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from hub.core.areas import AreaEntry, FloorEntry, LabelEntry
from hub.core.entities import Entities
from hub.core.naming import Naming, found, make
from hub.core.registries import DeviceEntry, EntityEntry

Answer = dict[str, Any]
Flush = Callable[[], Awaitable[None]]


def naming_commands(entities: Entities, flush: Flush) -> Mapping[str, Callable[..., Any]]:
    """Return the commands by name; what is answered is on the disk (`flush`)."""
    desk = NamingDesk(entities, flush)
    return {
        "entity.list": desk.entities,
        "entity.change": desk.change_entity,
        "entity.forget": desk.forget_entity,
        "house.devices": desk.devices,
        "house.change_device": desk.change_device,
        "house.forget_device": desk.forget_device,
        "area.list": desk.areas,
        "area.create": desk.create_area,
        "area.change": desk.change_area,
        "area.delete": desk.delete_area,
        "floor.list": desk.floors,
        "floor.create": desk.create_floor,
        "floor.change": desk.change_floor,
        "floor.delete": desk.delete_floor,
        "label.list": desk.labels,
        "label.create": desk.create_label,
        "label.change": desk.change_label,
        "label.delete": desk.delete_label,
    }


class NamingDesk:
    """Each method is a command."""

    def __init__(self, entities: Entities, flush: Flush) -> None:
        self._entities = entities
        self._devices = entities.devices
        self._naming = Naming(entities)
        self._flush = flush

    # --- entities ---

    def entities(self) -> list[Answer]:
        """Return all entities, with a unique id or without."""
        ids = {entity.entity_id for entity in self._entities} | set(self._entities.registry.entries)
        return [self._about_entity(entity_id) for entity_id in sorted(ids)]

    def _about_entity(self, entity_id: str) -> Answer:
        entry = self._entities.registry.get(entity_id)
        living = self._entities.get(entity_id)
        state = self._entities.states.get(entity_id)
        device = self._devices.get(entry.device_id) if entry is not None and entry.device_id else None
        return {
            "entity_id": entity_id,
            "name": self._name(entry, entity_id),
            "state": state.state if state is not None else None,
            "platform": living.info.platform if living is not None else entry.platform if entry else None,
            "device": device.shown_name if device is not None else None,
            "area": self._area_name(self._area_of(entry, device)),
            "labels": self._label_names(entry.labels if entry is not None else frozenset()),
            "icon": (entry.icon or entry.original_icon) if entry is not None else None,
            "category": entry.entity_category if entry is not None else None,
            "disabled_by": entry.disabled_by if entry is not None else None,
            "hidden_by": entry.hidden_by if entry is not None else None,
            "unique_id": entry.unique_id if entry is not None else None,
            "there": living is not None,
        }

    def _name(self, entry: EntityEntry | None, entity_id: str) -> str:
        living = self._entities.get(entity_id)
        if living is not None:
            return living.full_name
        return (entry.name or entry.original_name or entity_id) if entry is not None else entity_id

    async def change_entity(self, who: str, **changes: Any) -> Answer:
        entry = self._naming.change_entity(who, **changes)
        await self._flush()
        return self._about_entity(entry.entity_id)

    async def forget_entity(self, who: str) -> None:
        self._naming.forget_entity(who)
        await self._flush()

    # --- devices ---

    def devices(self) -> list[Answer]:
        return [self._about_device(entry) for entry in sorted(self._devices.entries.values(), key=_by_name)]

    def _about_device(self, entry: DeviceEntry) -> Answer:
        via = self._devices.get(entry.via_device_id) if entry.via_device_id else None
        return {
            "id": entry.id,
            "name": entry.shown_name,
            "manufacturer": entry.manufacturer,
            "model": entry.model,
            "sw_version": entry.sw_version,
            "area": self._area_name(entry.area_id),
            "labels": self._label_names(entry.labels),
            "via": via.shown_name if via is not None else None,
            "disabled_by": entry.disabled_by,
            "identifiers": sorted(value for _, value in (*entry.identifiers, *entry.connections)),
            "entities": [each.entity_id for each in self._entities.registry.of_device(entry.id)],
        }

    async def change_device(self, who: str, **changes: Any) -> Answer:
        entry = self._naming.change_device(who, **changes)
        await self._flush()
        return self._about_device(entry)

    async def forget_device(self, who: str) -> None:
        self._naming.forget_device(who)
        await self._flush()

    # --- areas, floors, labels ---

    def areas(self) -> list[Answer]:
        return [self._about_area(area) for area in self._naming.areas.entries.values()]

    def _about_area(self, area: AreaEntry) -> Answer:
        floor = self._naming.floors.entries.get(area.floor_id or "")
        return {
            "id": area.id,
            "name": area.name,
            "floor": floor.name if floor is not None else None,
            "icon": area.icon,
            "aliases": sorted(area.aliases),
            "labels": self._label_names(area.labels),
            "devices": sum(device.area_id == area.id for device in self._devices.entries.values()),
        }

    async def create_area(self, name: str, floor: str | None = None, icon: str | None = None) -> Answer:
        floor_id = found(self._naming.floors, floor, "floor").id if floor is not None else None
        area = make(self._naming.areas, "area", name, floor_id=floor_id, icon=icon)
        await self._flush()
        return self._about_area(area)

    async def change_area(self, who: str, **changes: Any) -> Answer:
        area = self._naming.change_area(who, **changes)
        await self._flush()
        return self._about_area(area)

    async def delete_area(self, who: str) -> None:
        self._naming.remove_area(who)
        await self._flush()

    def floors(self) -> list[Answer]:
        return [_about_floor(floor) for floor in self._naming.floors.entries.values()]

    async def create_floor(self, name: str, level: int | None = None, icon: str | None = None) -> Answer:
        floor = make(self._naming.floors, "floor", name, level=level, icon=icon)
        await self._flush()
        return _about_floor(floor)

    async def change_floor(self, who: str, **changes: Any) -> Answer:
        floor = self._naming.change_floor(who, **changes)
        await self._flush()
        return _about_floor(floor)

    async def delete_floor(self, who: str) -> None:
        self._naming.remove_floor(who)
        await self._flush()

    def labels(self) -> list[Answer]:
        return [_about_label(label) for label in self._naming.labels.entries.values()]

    async def create_label(
        self, name: str, description: str | None = None, color: str | None = None, icon: str | None = None
    ) -> Answer:
        label = make(self._naming.labels, "label", name, description=description, color=color, icon=icon)
        await self._flush()
        return _about_label(label)

    async def change_label(self, who: str, **changes: Any) -> Answer:
        label = self._naming.change_label(who, **changes)
        await self._flush()
        return _about_label(label)

    async def delete_label(self, who: str) -> None:
        self._naming.remove_label(who)
        await self._flush()

    # --- words ---

    def _area_of(self, entry: EntityEntry | None, device: DeviceEntry | None) -> str | None:
        own = entry.area_id if entry is not None else None
        return own or (device.area_id if device is not None else None)

    def _area_name(self, area_id: str | None) -> str | None:
        area = self._naming.areas.entries.get(area_id or "")
        return area.name if area is not None else None

    def _label_names(self, ids: frozenset[str]) -> list[str]:
        labels = self._naming.labels.entries
        return sorted(labels[id].name for id in ids if id in labels)


def _about_floor(floor: FloorEntry) -> Answer:
    return {
        "id": floor.id,
        "name": floor.name,
        "level": floor.level,
        "icon": floor.icon,
        "aliases": sorted(floor.aliases),
    }


def _about_label(label: LabelEntry) -> Answer:
    return {
        "id": label.id,
        "name": label.name,
        "description": label.description,
        "color": label.color,
        "icon": label.icon,
    }


def _by_name(entry: DeviceEntry) -> str:
    return (entry.shown_name or entry.id).casefold()
