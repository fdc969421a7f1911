"""Ask for labels, and for what bears them."""

from __future__ import annotations

from typing import Any

from hub.core.areas import AreaEntry, LabelEntry
from hub.core.registries import DeviceEntry, EntityEntry
from hub.template.sources import Sources
from hub.template.table import BOTH, Function


class LabelFunctions:
    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def labels(self, lookup_value: Any = None) -> list[str]:
        """Return all labels, or those of an entity, a device or an area."""
        if lookup_value is None:
            return list(self._sources.areas.labels)
        key = str(lookup_value)
        entry: EntityEntry | DeviceEntry | AreaEntry | None = (
            self._sources.registry.get(key)
            or self._sources.devices.get(key)
            or self._sources.areas.areas.get(key)
        )
        return sorted(entry.labels) if entry is not None else []

    def label_id(self, lookup_value: Any) -> str | None:
        label = self._sources.areas.label_named(str(lookup_value))
        return None if label is None else label.id

    def label_name(self, lookup_value: str) -> str | None:
        label = self._sources.areas.labels.get(lookup_value)
        return None if label is None else label.name

    def label_description(self, lookup_value: str) -> str | None:
        label = self._sources.areas.labels.get(lookup_value)
        return None if label is None else label.description

    def label_areas(self, label_id_or_name: str) -> list[str]:
        label = self._label(label_id_or_name)
        areas = self._sources.areas.areas.values()
        return [area.id for area in areas if label is not None and label.id in area.labels]

    def label_devices(self, label_id_or_name: str) -> list[str]:
        label = self._label(label_id_or_name)
        devices = self._sources.devices.entries.values()
        return [device.id for device in devices if label is not None and label.id in device.labels]

    def label_entities(self, label_id_or_name: str) -> list[str]:
        label = self._label(label_id_or_name)
        entries = self._sources.registry.entries.values()
        return [entry.entity_id for entry in entries if label is not None and label.id in entry.labels]

    def _label(self, label_id_or_name: str) -> LabelEntry | None:
        labels = self._sources.areas
        return labels.labels.get(label_id_or_name) or labels.label_named(str(label_id_or_name))


def functions(sources: Sources) -> list[Function]:
    house = LabelFunctions(sources)
    return [
        Function("labels", house.labels),
        Function("label_id", house.label_id, BOTH, limited=False),
        Function("label_name", house.label_name, BOTH, limited=False),
        Function("label_description", house.label_description),
        Function("label_areas", house.label_areas),
        Function("label_devices", house.label_devices),
        Function("label_entities", house.label_entities),
    ]
