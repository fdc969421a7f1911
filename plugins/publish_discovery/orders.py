"""What a command of a Home Assistant means: a service of the hub and its data.

Nothing here knows the house: a domain, what is below `set`, and the payload come in; a service goes out.
"""

from __future__ import annotations

from typing import Any

import orjson

Order = tuple[str, str, dict[str, Any]]
"""Domain, service, data without the entity."""

_ON_OFF = {"ON": "turn_on", "OFF": "turn_off"}
_COVER = {"OPEN": "open_cover", "CLOSE": "close_cover", "STOP": "stop_cover"}
_LOCK = {"LOCK": "lock", "UNLOCK": "unlock", "OPEN": "open"}
_PRESS = {"button": "press", "input_button": "press", "scene": "turn_on", "script": "turn_on"}
_SET = {
    "number": ("set_value", "value"), "input_number": ("set_value", "value"),
    "text": ("set_value", "value"), "input_text": ("set_value", "value"),
    "select": ("select_option", "option"), "input_select": ("select_option", "option"),
}  # fmt: skip
_BELOW = {
    ("cover", "position"): ("set_cover_position", "position"),
    ("fan", "percentage"): ("set_percentage", "percentage"),
    ("climate", "mode"): ("set_hvac_mode", "hvac_mode"),
    ("climate", "temperature"): ("set_temperature", "temperature"),
}


def order(domain: str, below: str, payload: str) -> Order | None:
    """Return what is to be done; None if the payload says nothing that is known."""
    if below:
        found = _BELOW.get((domain, below))
        return (domain, found[0], {found[1]: payload}) if found is not None else None
    if domain == "light":
        return _light(payload)
    if domain in _SET:
        service, field = _SET[domain]
        return domain, service, {field: payload}
    if domain in _PRESS:
        return domain, _PRESS[domain], {}
    words = {"cover": _COVER, "lock": _LOCK}.get(domain, _ON_OFF)
    return (domain, words[payload], {}) if payload in words else None


def _light(payload: str) -> Order | None:
    try:
        told = orjson.loads(payload)
    except ValueError:
        return None
    if not isinstance(told, dict) or told.get("state") not in _ON_OFF:
        return None
    data = {
        name: told[name] for name in ("brightness", "effect", "transition", "flash", "white") if name in told
    }
    if "color_temp" in told:
        data["color_temp_kelvin"] = told["color_temp"]
    color = told.get("color")
    if isinstance(color, dict):
        data |= _color(color)
    if told["state"] == "OFF":
        data = {name: data[name] for name in ("transition", "flash") if name in data}
    return "light", _ON_OFF[told["state"]], data


def _color(color: dict[str, Any]) -> dict[str, Any]:
    for name, parts in (
        ("hs_color", "hs"),
        ("xy_color", "xy"),
        ("rgbww_color", "rgbcw"),
        ("rgbw_color", "rgbw"),
        ("rgb_color", "rgb"),
    ):
        if all(part in color for part in parts):
            return {name: [color[part] for part in parts]}
    return {}
