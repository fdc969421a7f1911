"""Say in words what a change of state means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.core.state import UNAVAILABLE

_ON_OFF = {"on": "turned on", "off": "turned off"}
_BY_DOMAIN: Mapping[str, Mapping[str, str]] = {
    "cover": {"open": "opened", "closed": "closed", "opening": "is opening", "closing": "is closing"},
    "valve": {"open": "opened", "closed": "closed", "opening": "is opening", "closing": "is closing"},
    "lock": {
        "locked": "was locked",
        "unlocked": "was unlocked",
        "locking": "is locking",
        "unlocking": "is unlocking",
        "open": "was opened",
        "jammed": "is jammed",
    },
    "person": {"home": "is at home", "not_home": "is away"},
    "device_tracker": {"home": "is at home", "not_home": "is away"},
    "sun": {"above_horizon": "rose", "below_horizon": "set"},
    "alarm_control_panel": {"triggered": "was triggered", "disarmed": "was disarmed"},
}
_OPENED = {"on": "was opened", "off": "was closed"}
_DETECTED: Mapping[str, tuple[str, str]] = {
    "battery": ("is low", "is normal"),
    "connectivity": ("is connected", "is disconnected"),
    "lock": ("is unlocked", "is locked"),
    "moving": ("started moving", "stopped moving"),
    "occupancy": ("detected occupancy", "is clear of occupancy"),
    "plug": ("is plugged in", "is unplugged"),
    "presence": ("is at home", "is away"),
    "problem": ("has a problem", "is well again"),
    "running": ("is running", "stopped running"),
    "safety": ("is unsafe", "is safe"),
    "update": ("has an update", "is up to date"),
    "cold": ("became cold", "is no longer cold"),
    "heat": ("became hot", "is no longer hot"),
    "gas": ("detected gas", "is clear of gas"),
    "light": ("detected light", "is dark"),
    "moisture": ("became wet", "became dry"),
    "motion": ("detected motion", "is clear of motion"),
    "power": ("detected power", "has no power"),
    "smoke": ("detected smoke", "is clear of smoke"),
    "sound": ("detected sound", "is clear of sound"),
    "tamper": ("detected tampering", "is clear of tampering"),
    "vibration": ("detected vibration", "is clear of vibration"),
}
_OPENINGS = ("door", "garage_door", "opening", "window")


def became(entity_id: str, state: str | None, attributes: Mapping[str, Any]) -> str:
    """Return what happened to an entity: `turned off`, `detected motion`, `changed to 21`."""
    if state is None:
        return "went"
    if state == UNAVAILABLE:
        return "became unavailable"
    domain = entity_id.partition(".")[0]
    if domain == "binary_sensor" and state in _ON_OFF:
        kind = str(attributes.get("device_class", ""))
        if kind in _OPENINGS:
            return _OPENED[state]
        if kind in _DETECTED:
            return _DETECTED[kind][state == "off"]
    if domain in ("event", "button", "scene"):
        return "happened" if domain == "event" else "was pressed" if domain == "button" else "was activated"
    words = _BY_DOMAIN.get(domain, {}).get(state)
    if words is not None:
        return words
    if domain in ("person", "device_tracker"):
        return f"is at {state}"
    if state in _ON_OFF:
        return _ON_OFF[state]
    unit = attributes.get("unit_of_measurement")
    return f"changed to {state}" + (f" {unit}" if unit else "")
