"""Change what people call their entities, devices and rooms: the registries' side of it, with what may be.

Who is meant may be said by id or by name. What can't be done raises `HubError` and changes nothing.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from hub.core.areas import AreaEntry, FloorEntry, LabelEntry, Shelf
from hub.core.entities import Entities
from hub.core.errors import HubError, NotFound
from hub.core.registries import DeviceEntry, EntityEntry
from hub.core.slugs import slugify
from hub.core.state import is_entity_id
from hub.core.units import fits

Place = TypeVar("Place", AreaEntry, FloorEntry, LabelEntry)
UNSET: Any = object()
"""Stands for what is not to be changed; None takes it away."""


class Naming:
    """What may be changed of the registries, by whoever owns the house."""

    def __init__(self, entities: Entities) -> None:
        self._entities = entities
        self._registry = entities.registry
        self._devices = entities.devices
        self._areas = entities.devices.areas

    # --- entities ---

    def entity(self, who: str) -> EntityEntry:
        entry = self._registry.get(who.strip().lower())
        if entry is not None:
            return entry
        if self._entities.get(who) is not None:
            raise HubError(
                f"{who} has no unique_id, so nothing of it can be changed here",
                remedy="Give it a unique_id, or change it where it is declared.",
            )
        raise NotFound(f"no entity is called {who}", remedy=_near(who, self._registry.entries))

    def change_entity(
        self,
        who: str,
        *,
        new_id: str = UNSET,
        name: str | None = UNSET,
        icon: str | None = UNSET,
        area: str | None = UNSET,
        labels: Sequence[str] = UNSET,
        unit: str | None = UNSET,
        disabled: bool = UNSET,
        hidden: bool = UNSET,
    ) -> EntityEntry:
        """Change an entity; what is None goes back to what its platform says."""
        entry = self.entity(who)
        changes: dict[str, Any] = {}
        if new_id is not UNSET:
            changes["entity_id"] = self._free_id(entry, new_id)
        if name is not UNSET:
            changes["name"] = name or None
        if icon is not UNSET:
            changes["icon"] = _icon(icon)
        if area is not UNSET:
            changes["area_id"] = self._area_id(area)
        if labels is not UNSET:
            changes["labels"] = self._label_ids(labels)
        if unit is not UNSET:
            changes["unit_by_user"] = self._unit(entry, unit)
        if disabled is not UNSET:
            changes["disabled_by"] = "user" if disabled else None
        if hidden is not UNSET:
            changes["hidden_by"] = "user" if hidden else None
        return self._registry.update(entry.entity_id, **changes)

    def forget_entity(self, who: str) -> None:
        """Remove an entity that is not there any more."""
        entry = self.entity(who)
        if self._entities.get(entry.entity_id) is not None and entry.disabled_by is None:
            raise HubError(
                f"{entry.entity_id} is there, so it would come back",
                remedy="Take away what declares it, or switch it off with `hub entity disable`.",
            )
        self._registry.remove(entry.entity_id)

    def _free_id(self, entry: EntityEntry, wanted: str) -> str:
        new = wanted.strip().lower()
        if "." not in new:
            new = f"{entry.domain}.{new}"
        if not is_entity_id(new):
            better = f"{entry.domain}.{slugify(new.partition('.')[2])}"
            raise HubError(f"{new!r} is no entity id", remedy=f"Write {better}.")
        if new.partition(".")[0] != entry.domain:
            raise HubError(f"{entry.entity_id} stays a {entry.domain}", remedy=f"Write {entry.domain}.….")
        if new != entry.entity_id and (new in self._registry.entries or self._entities.get(new) is not None):
            raise HubError(f"{new} is taken", remedy="Choose another, or rename that one first.")
        return new

    def _unit(self, entry: EntityEntry, unit: str | None) -> str | None:
        own = entry.unit_of_measurement
        if unit is None or unit == own:
            return None
        if entry.domain != "sensor" or own is None or not fits(entry.device_class, own, unit):
            raise HubError(f"{entry.entity_id} is measured in {own or 'no unit'}, and can't be in {unit}")
        return unit

    # --- devices ---

    def device(self, who: str) -> DeviceEntry:
        wanted = who.strip().casefold()
        for entry in self._devices.entries.values():
            identifiers = {value.casefold() for _, value in (*entry.identifiers, *entry.connections)}
            names = {entry.id, (entry.shown_name or "").casefold(), *identifiers}
            if wanted in names:
                return entry
        known = [entry.shown_name or entry.id for entry in self._devices.entries.values()]
        raise NotFound(f"no device is called {who}", remedy=_near(who, known))

    def change_device(
        self,
        who: str,
        *,
        name: str | None = UNSET,
        area: str | None = UNSET,
        labels: Sequence[str] = UNSET,
        disabled: bool = UNSET,
    ) -> DeviceEntry:
        entry = self.device(who)
        changes: dict[str, Any] = {}
        if name is not UNSET:
            changes["name_by_user"] = name or None
        if area is not UNSET:
            changes["area_id"] = self._area_id(area)
        if labels is not UNSET:
            changes["labels"] = self._label_ids(labels)
        if disabled is not UNSET:
            changes["disabled_by"] = "user" if disabled else None
        new = self._devices.update(entry.id, **changes)
        if disabled is not UNSET:
            self._switch_entities(entry.id, off=disabled)
        return new

    def _switch_entities(self, device_id: str, *, off: bool) -> None:
        """Entities go off with their device, and come back with it."""
        for entity in self._registry.of_device(device_id):
            if off and entity.disabled_by is None:
                self._registry.update(entity.entity_id, disabled_by="device")
            elif not off and entity.disabled_by == "device":
                self._registry.update(entity.entity_id, disabled_by=None)

    def forget_device(self, who: str) -> None:
        """Remove a device with its entities; one that announces itself has its announcements emptied."""
        entry = self.device(who)
        entities = self._registry.of_device(entry.id)
        self._devices.remove(entry.id)
        for entity in entities:
            self._registry.remove(entity.entity_id)

    # --- areas, floors, labels ---

    @property
    def areas(self) -> Shelf[AreaEntry]:
        return self._areas.area_shelf

    @property
    def floors(self) -> Shelf[FloorEntry]:
        return self._areas.floor_shelf

    @property
    def labels(self) -> Shelf[LabelEntry]:
        return self._areas.label_shelf

    def change_area(
        self,
        who: str,
        *,
        name: str = UNSET,
        floor: str | None = UNSET,
        icon: str | None = UNSET,
        aliases: Sequence[str] = UNSET,
        labels: Sequence[str] = UNSET,
    ) -> AreaEntry:
        area = found(self.areas, who, "area")
        changes: dict[str, Any] = {}
        if name is not UNSET:
            changes["name"] = _free_name(self.areas, name, area)
        if floor is not UNSET:
            changes["floor_id"] = None if floor is None else found(self.floors, floor, "floor").id
        if icon is not UNSET:
            changes["icon"] = _icon(icon)
        if aliases is not UNSET:
            changes["aliases"] = frozenset(aliases)
        if labels is not UNSET:
            changes["labels"] = self._label_ids(labels)
        return self.areas.update(area.id, **changes)

    def change_floor(
        self,
        who: str,
        *,
        name: str = UNSET,
        level: int | None = UNSET,
        icon: str | None = UNSET,
        aliases: Sequence[str] = UNSET,
    ) -> FloorEntry:
        floor = found(self.floors, who, "floor")
        changes: dict[str, Any] = {}
        if name is not UNSET:
            changes["name"] = _free_name(self.floors, name, floor)
        if level is not UNSET:
            changes["level"] = level
        if icon is not UNSET:
            changes["icon"] = _icon(icon)
        if aliases is not UNSET:
            changes["aliases"] = frozenset(aliases)
        return self.floors.update(floor.id, **changes)

    def change_label(
        self,
        who: str,
        *,
        name: str = UNSET,
        description: str | None = UNSET,
        color: str | None = UNSET,
        icon: str | None = UNSET,
    ) -> LabelEntry:
        label = found(self.labels, who, "label")
        changes: dict[str, Any] = {}
        if name is not UNSET:
            changes["name"] = _free_name(self.labels, name, label)
        if description is not UNSET:
            changes["description"] = description
        if color is not UNSET:
            changes["color"] = color
        if icon is not UNSET:
            changes["icon"] = _icon(icon)
        return self.labels.update(label.id, **changes)

    def remove_area(self, who: str) -> None:
        """Remove an area; what was in it is in none."""
        area = found(self.areas, who, "area")
        for entity in [each for each in self._registry.entries.values() if each.area_id == area.id]:
            self._registry.update(entity.entity_id, area_id=None)
        for device in [each for each in self._devices.entries.values() if each.area_id == area.id]:
            self._devices.update(device.id, area_id=None)
        self.areas.remove(area.id)

    def remove_floor(self, who: str) -> None:
        floor = found(self.floors, who, "floor")
        for area in [each for each in self.areas.entries.values() if each.floor_id == floor.id]:
            self.areas.update(area.id, floor_id=None)
        self.floors.remove(floor.id)

    def remove_label(self, who: str) -> None:
        label = found(self.labels, who, "label")
        without = frozenset({label.id})
        for entity in [each for each in self._registry.entries.values() if label.id in each.labels]:
            self._registry.update(entity.entity_id, labels=entity.labels - without)
        for device in [each for each in self._devices.entries.values() if label.id in each.labels]:
            self._devices.update(device.id, labels=device.labels - without)
        for area in [each for each in self.areas.entries.values() if label.id in each.labels]:
            self.areas.update(area.id, labels=area.labels - without)
        self.labels.remove(label.id)

    def _area_id(self, area: str | None) -> str | None:
        return None if area is None else found(self.areas, area, "area").id

    def _label_ids(self, labels: Sequence[str]) -> frozenset[str]:
        return frozenset(found(self.labels, label, "label").id for label in labels)


def found(shelf: Shelf[Place], who: str, kind: str) -> Place:
    """Return the entry of this id, name or alias."""
    entry = shelf.entries.get(who) or shelf.named(who)
    if entry is not None:
        return entry
    names = [each.name for each in shelf.entries.values()]
    hint = _near(who, names) or f"Make it with: hub {kind} create {who!r}"
    raise NotFound(f"no {kind} is called {who!r}", remedy=hint)


def make(shelf: Shelf[Place], kind: str, name: str, **fields: Any) -> Place:
    """Make an entry under a name that is free."""
    _free_name(shelf, name, None)
    if "icon" in fields:
        fields["icon"] = _icon(fields["icon"])
    return shelf.add(name.strip(), **fields)


def _free_name(shelf: Shelf[Place], name: str, own: Place | None) -> str:
    if not name or not name.strip():
        raise HubError("a name has letters")
    taken = shelf.named(name)
    if taken is not None and taken is not own:
        raise HubError(f"{taken.name!r} is there already")
    return name


def _icon(icon: str | None) -> str | None:
    if icon is not None and ":" not in icon:
        raise HubError(f"{icon!r} is no icon", remedy="Write prefix:name, such as mdi:lamp.")
    return icon


def _near(who: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(who, list(known), 1)
    return f"Did you mean {near[0]}?" if near else ""
