"""What a property of a Homie device becomes: an entity, as the plugin that speaks MQTT understands it.

Follows the Homie convention 4.0 and 5.0. Nothing here knows the house.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_CLASSES = {
    "°C": "temperature", "°F": "temperature", "K": "temperature", "W": "power", "kW": "power",
    "kWh": "energy", "Wh": "energy", "V": "voltage", "A": "current", "Hz": "frequency", "lx": "illuminance",
    "Pa": "pressure", "hPa": "pressure", "kPa": "pressure", "psi": "pressure", "s": "duration",
    "min": "duration", "h": "duration",
}  # fmt: skip
_GROWS = ("energy",)
_SENSOR_CLASSES = {"datetime": "timestamp"}


@dataclass(frozen=True, slots=True)
class Property:
    """A property: `topic` is where its value is, `<topic>/set` where it is set."""

    topic: str
    name: str
    datatype: str = "string"
    settable: bool = False
    retained: bool = True
    unit: str | None = None
    format: str = ""

    def entity(self) -> tuple[str, dict[str, Any]]:
        """Return the component and its options."""
        make = {
            "boolean": self._boolean,
            "integer": self._number,
            "float": self._number,
            "enum": self._enum,
        }.get(self.datatype, self._text)
        component, options = make()
        told = {"name": self.name, "state_topic": self.topic, **options}
        if component != "event" and self.settable:
            told["command_topic"] = f"{self.topic}/set"
        return component, {key: value for key, value in told.items() if value is not None}

    def _boolean(self) -> tuple[str, dict[str, Any]]:
        payloads = {"payload_on": "true", "payload_off": "false"}
        return ("switch" if self.settable else "binary_sensor"), payloads

    def _number(self) -> tuple[str, dict[str, Any]]:
        unit = self.unit or None
        options: dict[str, Any] = {"unit_of_measurement": unit, "device_class": _CLASSES.get(unit or "")}
        if not self.settable:
            grows = options["device_class"] in _GROWS
            return "sensor", {**options, "state_class": "total_increasing" if grows else "measurement"}
        low, high, step = self._range()
        whole = self.datatype == "integer"
        options |= {"min": low, "max": high, "step": step if step is not None else 1 if whole else 0.1}
        if whole:
            options["command_template"] = "{{ value | int }}"
        return "number", {**options, "mode": "box" if high - low > _SLIDER else "auto"}

    def _range(self) -> tuple[float, float, float | None]:
        """Return the limits and the step of a format such as `0:100:5`; either limit may be missing."""
        parts = [*self.format.split(":"), "", "", ""][:3]
        low, high, step = (_number(part) for part in parts)
        return (
            low if low is not None else -_ANY,
            high if high is not None else _ANY,
            step if step is not None and step >= 0.001 else None,
        )

    def _enum(self) -> tuple[str, dict[str, Any]]:
        values = [value for value in self.format.split(",") if value]
        if not values:
            return self._text()
        if self.settable:
            return "select", {"options": values}
        if not self.retained:
            template = "{{ {'event_type': value} | to_json }}"
            return "event", {"event_types": values, "value_template": template}
        return "sensor", {"device_class": "enum", "options": values}

    def _text(self) -> tuple[str, dict[str, Any]]:
        if self.settable:
            return "text", {}
        return "sensor", {
            "device_class": _SENSOR_CLASSES.get(self.datatype),
            "value_template": "{{ value[:255] }}" if self.datatype in ("string", "json") else None,
        }


_ANY = 1e9
_SLIDER = 1000.0


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def of_description(base: str, description: Mapping[str, Any]) -> dict[str, Property]:
    """Return the properties of a `$description` (Homie 5) by `node/property`; what is wrong is left out."""
    found = {}
    for node_id, node in _mapping(description.get("nodes")).items():
        node = _mapping(node)
        for id, told in _mapping(node.get("properties")).items():
            told = _mapping(told)
            found[f"{node_id}/{id}"] = Property(
                topic=f"{base}/{node_id}/{id}",
                name=_name(node.get("name") or node_id, told.get("name") or id),
                datatype=str(told.get("datatype", "string")),
                settable=told.get("settable") is True,
                retained=told.get("retained") is not False,
                unit=told.get("unit"),
                format=str(told.get("format") or ""),
            )
    return found


def of_attributes(base: str, told: Mapping[str, str]) -> dict[str, Property]:
    """Return the properties that the attributes of a device tell (Homie 4), as far as they are complete."""
    found = {}
    for node_id in _listed(told.get("$nodes")):
        node = told.get(f"{node_id}/$name") or node_id
        for id in _listed(told.get(f"{node_id}/$properties")):
            at = f"{node_id}/{id}"
            if f"{at}/$datatype" not in told:
                continue
            found[at] = Property(
                topic=f"{base}/{at}",
                name=_name(node, told.get(f"{at}/$name") or id),
                datatype=told[f"{at}/$datatype"],
                settable=told.get(f"{at}/$settable") == "true",
                retained=told.get(f"{at}/$retained") != "false",
                unit=told.get(f"{at}/$unit"),
                format=told.get(f"{at}/$format") or "",
            )
    return found


def _name(node: str, name: str) -> str:
    return name if name.casefold().startswith(node.casefold()) else f"{node} {name}"


def _listed(text: str | None) -> list[str]:
    # Homie 3 wrote arrays as `node[]`.
    return [part.strip().removesuffix("[]") for part in (text or "").split(",") if part.strip()]


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
