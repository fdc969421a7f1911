"""One entity of a device, as it is told to the plugin that speaks MQTT."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Part:
    """An entity: `options` are those of Home Assistant's discovery."""

    component: str
    key: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Maker:
    """What the parts of one device share."""

    device: Mapping[str, Any]
    availability: Mapping[str, Any]
    uid: str

    def config(self, part: Part) -> dict[str, Any]:
        """Return the announcement of a part."""
        return {
            **part.options,
            "unique_id": f"shelly:{self.uid}-{part.key}",
            "device": dict(self.device),
            "availability": dict(self.availability),
            "origin": {"name": "Shelly"},
        }


@dataclass(frozen=True, slots=True)
class Quantity:
    """What is measured: a class, its unit, and how it is counted."""

    name: str
    device_class: str | None
    unit: str | None
    state_class: str = "measurement"
    category: str | None = None

    def options(self, name: str, **more: Any) -> dict[str, Any]:
        told = {
            "name": name,
            "device_class": self.device_class,
            "unit_of_measurement": self.unit,
            "state_class": self.state_class,
            "entity_category": self.category,
        }
        return {**{key: value for key, value in told.items() if value is not None}, **more}
