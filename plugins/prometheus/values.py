"""Say which numbers a state has, under Home Assistant's names."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from hub.api import UNAVAILABLE, UNKNOWN, State

_ON, _OFF = ("on", "open", "home", "locked"), ("off", "closed", "not_home", "unlocked")
_NUMBERS = ("sensor", "number", "input_number", "counter")
_CLIMATE = {
    "temperature": ("climate_target_temperature_celsius", "Target temperature"),
    "current_temperature": ("climate_current_temperature_celsius", "Current temperature"),
}


class Sample(NamedTuple):
    """One number: the name of its family, what that is, and the number."""

    name: str
    help: str
    value: float


Named = Callable[[str], str | None]
"""Returns the name that the YAML gives the values of a sensor, None for the usual one."""


def usual(entity_id: str) -> None:
    """Give no name."""


def samples(state: State, named: Named = usual, default: str | None = None) -> Iterator[Sample]:
    """Yield what is numeric in a state: a measured value, on and off, when a button was pressed.

    `named` are the names of sensors' values that stand in the YAML; `default` is for those without a class.
    """
    if state.state in (UNAVAILABLE, UNKNOWN, ""):
        return
    domain = state.domain
    if domain in _NUMBERS:
        given = named(state.entity_id) if domain == "sensor" else None
        if domain == "sensor" and given is None and not state.attributes.get("device_class"):
            given = default
        yield from _measured(state, domain, given)
    elif domain == "climate":
        yield from _climate(state)
    elif state.state in (*_ON, *_OFF):
        yield Sample(f"{domain}_state", f"State of a {domain}: 1 or 0", float(state.state in _ON))
    if domain == "light" and state.state in (*_ON, *_OFF):
        brightness = _number(state.attributes.get("brightness")) if state.state == "on" else 0.0
        level = 100.0 if brightness is None else brightness / 2.55
        yield Sample("light_brightness_percent", "Brightness of a light", level)


def _measured(state: State, domain: str, given: str | None) -> Iterator[Sample]:
    device_class = state.attributes.get("device_class")
    unit = state.attributes.get("unit_of_measurement")
    if device_class == "timestamp" and given is None:
        try:
            moment = datetime.fromisoformat(state.state).timestamp()
        except ValueError:
            return
        yield Sample(f"{domain}_timestamp_seconds", "A moment, in seconds since 1970", moment)
        return
    value = _number(state.state)
    if value is None:
        return
    if unit == "°F":
        value, unit = (value - 32) / 1.8, "°C"
    if given is not None:
        yield Sample(_plain(given), f"Values in {unit or 'no unit'}", value)
        return
    words = [domain]
    if domain == "sensor":
        words.append(str(device_class) if device_class else "unit" if unit else "state")
    else:
        words.append("state")
    words.extend([_unit(str(unit))] if unit else [])
    yield Sample(_plain("_".join(words)), f"Values of {domain} in {unit or 'no unit'}", value)


def _climate(state: State) -> Iterator[Sample]:
    for attribute, (name, text) in _CLIMATE.items():
        value = _number(state.attributes.get(attribute))
        if value is not None:
            yield Sample(name, text, value)
    action = state.attributes.get("hvac_action")
    if action is not None:
        yield Sample("climate_heating", "Whether it heats now", float(action in ("heating", "preheating")))


def _unit(unit: str) -> str:
    known = {"°C": "celsius", "%": "percent"}
    return known.get(unit) or unit.replace("/", "_per_").lower()


def _plain(name: str) -> str:
    """Write what may not stand in a name by its code: `µ` is `u0xb5`."""
    return re.sub(r"[^a-zA-Z0-9_:]", lambda found: f"u{ord(found[0]):#x}", name)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
