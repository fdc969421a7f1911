"""Know the house's entities and devices, with ids that stay."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from hub.core.areas import AreaRegistry
from hub.core.bus import Bus
from hub.core.clock import Detach
from hub.core.events import DEVICE_REGISTRY_UPDATED, ENTITY_REGISTRY_UPDATED, Event


@dataclass(slots=True)
class EntityEntry:
    """What is known of an entity beside its state; it outlives the entity."""

    entity_id: str
    platform: str
    unique_id: str
    device_id: str | None = None
    area_id: str | None = None
    name: str | None = None
    original_name: str | None = None
    icon: str | None = None
    original_icon: str | None = None
    labels: frozenset[str] = frozenset()
    disabled_by: str | None = None
    hidden_by: str | None = None
    entity_category: str | None = None
    device_class: str | None = None
    unit_of_measurement: str | None = None
    unit_by_user: str | None = None

    @property
    def domain(self) -> str:
        return self.entity_id.partition(".")[0]


@dataclass(slots=True)
class DeviceEntry:
    """A device: a thing with one or more entities. Found by any of its identifiers or connections."""

    id: str
    identifiers: frozenset[tuple[str, str]] = frozenset()
    connections: frozenset[tuple[str, str]] = frozenset()
    name: str | None = None
    name_by_user: str | None = None
    manufacturer: str | None = None
    model: str | None = None
    model_id: str | None = None
    hw_version: str | None = None
    sw_version: str | None = None
    serial_number: str | None = None
    configuration_url: str | None = None
    suggested_area: str | None = None
    area_id: str | None = None
    via_device_id: str | None = None
    labels: frozenset[str] = frozenset()
    disabled_by: str | None = None

    @property
    def shown_name(self) -> str | None:
        return self.name_by_user or self.name


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """What a platform says of the device that its entity belongs to."""

    identifiers: frozenset[tuple[str, str]] = frozenset()
    connections: frozenset[tuple[str, str]] = frozenset()
    name: str | None = None
    manufacturer: str | None = None
    model: str | None = None
    model_id: str | None = None
    hw_version: str | None = None
    sw_version: str | None = None
    serial_number: str | None = None
    configuration_url: str | None = None
    suggested_area: str | None = None
    via_device: tuple[str, str] | None = None


class EntityRegistry:
    """Entries by entity id, and by (domain, platform, unique id), which never changes."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.entries: dict[str, EntityEntry] = {}
        self._by_unique: dict[tuple[str, str, str], str] = {}
        self._by_device: dict[str, dict[str, None]] = {}

    def listen(self, callback: Callable[[Event], None]) -> Detach:
        """Call `callback(event)` when an entry is made, changed or removed."""
        return self._bus.listen(ENTITY_REGISTRY_UPDATED, callback)

    def restore(self, entry: EntityEntry) -> None:
        """Take up an entry that was kept from before this start."""
        self.entries[entry.entity_id] = entry
        self._by_unique[entry.domain, entry.platform, entry.unique_id] = entry.entity_id
        self._index_device(entry)

    def get(self, entity_id: str) -> EntityEntry | None:
        return self.entries.get(entity_id)

    def find(self, domain: str, platform: str, unique_id: str) -> EntityEntry | None:
        entity_id = self._by_unique.get((domain, platform, unique_id))
        return self.entries[entity_id] if entity_id is not None else None

    def of_device(self, device_id: str) -> list[EntityEntry]:
        return [self.entries[entity_id] for entity_id in self._by_device.get(device_id, ())]

    def add(self, entry: EntityEntry) -> EntityEntry:
        self.restore(entry)
        self._bus.emit(ENTITY_REGISTRY_UPDATED, {"action": "create", "entity_id": entry.entity_id})
        return entry

    def update(self, entity_id: str, /, **changes: object) -> EntityEntry:
        """Change fields of an entry; a new `entity_id` moves it."""
        old = self.entries[entity_id]
        new = replace(old, **changes)  # type: ignore[arg-type]  # checked by the dataclass's fields
        if new == old:
            return old
        self._forget(old)
        self.entries[new.entity_id] = new
        self._by_unique[new.domain, new.platform, new.unique_id] = new.entity_id
        self._index_device(new)
        told = {"action": "update", "entity_id": new.entity_id, "changes": dict(changes)}
        if new.entity_id != entity_id:
            told["old_entity_id"] = entity_id
        self._bus.emit(ENTITY_REGISTRY_UPDATED, told)
        return new

    def remove(self, entity_id: str) -> None:
        entry = self.entries.get(entity_id)
        if entry is None:
            return
        self._forget(entry)
        self._bus.emit(ENTITY_REGISTRY_UPDATED, {"action": "remove", "entity_id": entity_id})

    def _forget(self, entry: EntityEntry) -> None:
        self.entries.pop(entry.entity_id, None)
        self._by_unique.pop((entry.domain, entry.platform, entry.unique_id), None)
        if entry.device_id is not None:
            self._by_device.get(entry.device_id, {}).pop(entry.entity_id, None)

    def _index_device(self, entry: EntityEntry) -> None:
        if entry.device_id is not None:
            self._by_device.setdefault(entry.device_id, {})[entry.entity_id] = None


class DeviceRegistry:
    """Devices by id, and by each identifier and connection."""

    def __init__(self, bus: Bus, areas: AreaRegistry) -> None:
        self._bus = bus
        self.areas = areas
        self.entries: dict[str, DeviceEntry] = {}
        self._by_identifier: dict[tuple[str, str], str] = {}
        self._by_connection: dict[tuple[str, str], str] = {}

    def listen(self, callback: Callable[[Event], None]) -> Detach:
        """Call `callback(event)` when a device is made, changed or removed."""
        return self._bus.listen(DEVICE_REGISTRY_UPDATED, callback)

    def restore(self, entry: DeviceEntry) -> None:
        """Take up a device that was kept from before this start."""
        self._store(entry)

    def get(self, device_id: str) -> DeviceEntry | None:
        return self.entries.get(device_id)

    def find(
        self, identifiers: Iterable[tuple[str, str]] = (), connections: Iterable[tuple[str, str]] = ()
    ) -> DeviceEntry | None:
        for identifier in identifiers:
            if identifier in self._by_identifier:
                return self.entries[self._by_identifier[identifier]]
        for connection in connections:
            if connection in self._by_connection:
                return self.entries[self._by_connection[connection]]
        return None

    def add(self, info: DeviceInfo) -> DeviceEntry:
        """Return the device that `info` describes: made if new, brought up to date if known."""
        known = self.find(info.identifiers, info.connections)
        entry = known or DeviceEntry(id=_device_id(info))
        changes: dict[str, object] = {
            name: value
            for name in _TOLD
            if (value := getattr(info, name)) is not None and value != getattr(entry, name)
        }
        changes["identifiers"] = entry.identifiers | info.identifiers
        changes["connections"] = entry.connections | info.connections
        if info.via_device is not None:
            changes["via_device_id"] = self._via(info.via_device)
        # Only at first: people may have taken it out of that area since.
        if info.suggested_area and entry.area_id is None and entry.suggested_area is None:
            changes["area_id"] = self.areas.ensure(info.suggested_area).id
        new = replace(entry, **changes)  # type: ignore[arg-type]  # names are those of DeviceEntry
        if known is not None and new == known:
            return known
        self._store(new)
        action = "create" if known is None else "update"
        self._bus.emit(DEVICE_REGISTRY_UPDATED, {"action": action, "device_id": new.id})
        return new

    def update(self, device_id: str, /, **changes: object) -> DeviceEntry:
        new = replace(self.entries[device_id], **changes)  # type: ignore[arg-type]  # as above
        self._store(new)
        self._bus.emit(DEVICE_REGISTRY_UPDATED, {"action": "update", "device_id": device_id})
        return new

    def remove(self, device_id: str) -> None:
        entry = self.entries.pop(device_id, None)
        if entry is None:
            return
        for identifier in entry.identifiers:
            self._by_identifier.pop(identifier, None)
        for connection in entry.connections:
            self._by_connection.pop(connection, None)
        self._bus.emit(DEVICE_REGISTRY_UPDATED, {"action": "remove", "device_id": device_id})

    def _via(self, identifier: tuple[str, str]) -> str:
        # The device that relays may be told of later than those behind it.
        via = self.find([identifier]) or self.add(DeviceInfo(identifiers=frozenset([identifier])))
        return via.id

    def _store(self, entry: DeviceEntry) -> None:
        self.entries[entry.id] = entry
        for identifier in entry.identifiers:
            self._by_identifier[identifier] = entry.id
        for connection in entry.connections:
            self._by_connection[connection] = entry.id


_TOLD = (
    "name", "manufacturer", "model", "model_id", "hw_version", "sw_version",
    "serial_number", "configuration_url", "suggested_area",
)  # fmt: skip


def _device_id(info: DeviceInfo) -> str:
    key = sorted(info.identifiers) or sorted(info.connections)
    return hashlib.sha256(repr(key[0] if key else info).encode()).hexdigest()[:32]
