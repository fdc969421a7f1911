"""Ask for devices, and for who made an entity."""

from __future__ import annotations

from typing import Any

from hub.core.errors import TemplateError
from hub.core.registries import DeviceEntry
from hub.template.sources import Sources
from hub.template.table import BOTH, CALL, TEST, Function


class DeviceFunctions:
    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def device_id(self, entity_id_or_device_name: str) -> str | None:
        entry = self._sources.registry.get(entity_id_or_device_name)
        if entry is not None:
            return entry.device_id
        name = str(entity_id_or_device_name)
        devices = self._sources.devices.entries.values()
        return next((device.id for device in devices if device.shown_name == name), None)

    def device_name(self, lookup_value: str) -> str | None:
        device = self._device(lookup_value)
        return None if device is None else device.shown_name

    def device_attr(self, device_or_entity_id: str, attr_name: str) -> Any:
        if not isinstance(device_or_entity_id, str):
            raise TemplateError("Must provide a device or entity ID")
        device = self._device(device_or_entity_id)
        if device is None or attr_name.startswith("_"):
            return None
        return getattr(device, attr_name, None)

    def is_device_attr(self, device_or_entity_id: str, attr_name: str, attr_value: Any) -> bool:
        return bool(self.device_attr(device_or_entity_id, attr_name) == attr_value)

    def device_entities(self, device_id: str) -> list[str]:
        return [entry.entity_id for entry in self._sources.registry.of_device(device_id)]

    def integration_entities(self, entry_name: str) -> list[str]:
        """Return the entities that an integration (a platform) made."""
        entries = self._sources.registry.entries.values()
        return [entry.entity_id for entry in entries if entry_name and entry.platform == entry_name]

    def _device(self, device_or_entity_id: str) -> DeviceEntry | None:
        device = self._sources.devices.get(device_or_entity_id)
        if device is not None:
            return device
        entry = self._sources.registry.get(device_or_entity_id)
        if entry is None or entry.device_id is None:
            return None
        return self._sources.devices.get(entry.device_id)


def no_config_entry(entity_id: str) -> None:
    """An entity has no config entry: what Home Assistant keeps there is YAML here."""


def no_config_entry_attr(config_entry_id: str, attr_name: str) -> None:
    """See `no_config_entry`."""


def issues() -> dict[tuple[str, str], dict[str, Any]]:
    return {}


def issue(domain: str, issue_id: str) -> None:
    """There is no list of issues to look in."""


def functions(sources: Sources) -> list[Function]:
    house = DeviceFunctions(sources)
    return [
        Function("device_id", house.device_id, BOTH, limited=False),
        Function("device_name", house.device_name, BOTH, limited=False),
        Function("device_attr", house.device_attr, BOTH, limited=False),
        Function("is_device_attr", house.is_device_attr, CALL | TEST, limited=False),
        Function("device_entities", house.device_entities),
        Function("integration_entities", house.integration_entities),
        Function("config_entry_id", no_config_entry),
        Function("config_entry_attr", no_config_entry_attr),
        Function("issues", issues, CALL),
        Function("issue", issue),
    ]
