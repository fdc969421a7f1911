"""Which state of an entity is meant by the type of a device trigger or condition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SWITCHED = frozenset(
    [
        *("automation", "fan", "group", "humidifier", "input_boolean", "light", "media_player"),
        *("remote", "script", "siren", "switch", "update"),
    ]
)
"""Domains whose entities are on or off."""

_STATES: Mapping[str, Mapping[str, str]] = {
    "alarm_control_panel": {
        name: name
        for name in ("triggered", "disarmed", "arming", "pending", "armed_home", "armed_away", "armed_night",
                     "armed_vacation", "armed_custom_bypass")
    },
    "cover": {
        "opened": "open", "open": "open", "closed": "closed", "opening": "opening", "closing": "closing",
    },
    "device_tracker": {"home": "home", "not_home": "not_home"},
    "lawn_mower": {"mowing": "mowing", "docked": "docked"},
    "lock": {
        name: name for name in ("locked", "unlocked", "locking", "unlocking", "jammed", "open", "opening")
    },
    "media_player": {name: name for name in ("idle", "paused", "playing", "buffering")},
    "vacuum": {"cleaning": "cleaning", "docked": "docked"},
    "valve": {"opened": "open", "closed": "closed"},
}  # fmt: skip
_NUMBERS: Mapping[str, Mapping[str, str]] = {
    "climate": {
        "current_temperature_changed": "current_temperature",
        "current_humidity_changed": "current_humidity",
    },
    "cover": {"position": "current_position", "tilt_position": "current_tilt_position"},
    "humidifier": {
        "target_humidity_changed": "humidity",
        "current_humidity_changed": "current_humidity",
    },
}
_ON = {"turned_on": "on", "on": "on", "turned_off": "off", "off": "off"}


def state_of(domain: str, kind: str) -> str | None:
    """Return the state that a type names: `turned_on`, `is_open`, `no_motion`; None if it names none."""
    kind = kind.removeprefix("is_")
    if domain == "binary_sensor":
        return _binary(kind)
    if domain in SWITCHED and kind in _ON:
        return _ON[kind]
    return _STATES.get(domain, {}).get(kind)


def attribute_of(domain: str, kind: str) -> str | None:
    """Return the attribute whose number a type is about."""
    return _NUMBERS.get(domain, {}).get(kind.removeprefix("is_"))


def _binary(kind: str) -> str | None:
    """Each class of binary sensor has words of its own: a denial is off, but what is not locked is on."""
    if kind in ("locked", "not_locked"):
        return "on" if kind == "not_locked" else "off"
    if kind in _ON:
        return _ON[kind]
    return "off" if kind.startswith(("no_", "not_")) or kind == "closed" else "on"


def picked(data: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return those of the keys that are there."""
    return {name: data[name] for name in names if name in data}


def beyond(what: str, data: Mapping[str, Any], *, known: bool) -> str:
    """Say that nobody here knows a device part, or that its entity is named by another system's number."""
    domain, kind = data.get("domain"), data.get("type")
    if not known:
        return f"the device {what} {str(kind)!r} of {str(domain)!r}"
    entity_id = data.get("entity_id")
    if not isinstance(entity_id, str) or "." not in entity_id:
        return f"the entity {str(entity_id)!r} by Home Assistant's own number"
    return ""
