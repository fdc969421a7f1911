"""Write a state as a line of InfluxDB's protocol: measurement, tags, fields, time."""

from __future__ import annotations

import math
from collections.abc import Mapping

from hub.api import UNAVAILABLE, UNKNOWN, State

_TRUE, _FALSE = ("on", "open", "home", "true", "locked"), ("off", "closed", "not_home", "false", "unlocked")


def line(state: State, tags: Mapping[str, str], attributes: tuple[str, ...]) -> str | None:
    """Return a state's line; None if there is nothing to keep."""
    if state.state in (UNKNOWN, UNAVAILABLE, ""):
        return None
    fields = _fields(state, attributes)
    unit = state.attributes.get("unit_of_measurement")
    measurement = str(unit) if unit else state.entity_id
    told = {"domain": state.domain, "entity_id": state.object_id, **tags}
    shown = "".join(f",{_tag(name)}={_tag(value)}" for name, value in sorted(told.items()) if value)
    return f"{_measurement(measurement)}{shown} {','.join(fields)} {int(state.updated * 1e9)}"


def _fields(state: State, attributes: tuple[str, ...]) -> list[str]:
    found = []
    number = _number(state.state)
    if number is None and state.state in (*_TRUE, *_FALSE):
        number = 1.0 if state.state in _TRUE else 0.0
        found.append(f'state="{_text(state.state)}"')
    found.insert(0, f"value={number!r}" if number is not None else f'state="{_text(state.state)}"')
    for name in attributes:
        value = state.attributes.get(name)
        if isinstance(value, bool):
            found.append(f"{_tag(name)}={'true' if value else 'false'}")
        elif isinstance(value, (int, float)) and math.isfinite(value):
            found.append(f"{_tag(name)}={float(value)!r}")
        elif isinstance(value, str):
            found.append(f'{_tag(name)}="{_text(value)}"')
    return found


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _measurement(text: str) -> str:
    return _line(text).replace(",", "\\,").replace(" ", "\\ ")


def _tag(text: str) -> str:
    return _line(text).replace(",", "\\,").replace("=", "\\=").replace(" ", "\\ ")


def _text(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _line(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\ ")
