"""What an entity is for a Home Assistant: the component, and the options of its discovery message.

Each entity tells its state as `{"state": …, "attributes": …}` on one topic and is commanded on topics below
`…/set`. Nothing here knows the house.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

STATE = "{{ value_json.state }}"
_SWITCHES = {"switch": "switch", "input_boolean": "switch", "automation": "switch"}
_PRESSED = {"button", "input_button", "scene", "script"}
_READ_ONLY = ("sensor", "counter", "timer", "input_datetime", "schedule")


@dataclass(frozen=True, slots=True)
class Offer:
    component: str
    options: Mapping[str, Any]


def offer(domain: str, attributes: Mapping[str, Any], base: str) -> Offer | None:
    """Return what an entity of this domain and with these attributes is; None if Home Assistant has none."""
    told, command = {"state_topic": f"{base}/state"}, {"command_topic": f"{base}/set"}
    if domain in _SWITCHES:
        options = {**told, **command, "value_template": _word("on", "ON", "OFF")}
        return Offer("switch", {**options, **_class(attributes)})
    if domain in _PRESSED:
        return Offer("button", {**command, "payload_press": "PRESS"})
    if domain == "binary_sensor":
        return Offer(domain, {**told, "value_template": _word("on", "ON", "OFF"), **_class(attributes)})
    if domain in _READ_ONLY:
        return Offer("sensor", {**told, "value_template": STATE, **_measured(attributes)})
    make = _OTHERS.get(domain)
    return make(attributes, base, {**told, **command}) if make is not None else None


def _word(state: str, yes: str, no: str) -> str:
    return f"{{{{ '{yes}' if value_json.state == '{state}' else '{no}' }}}}"


def _class(attributes: Mapping[str, Any]) -> dict[str, Any]:
    device_class = attributes.get("device_class")
    return {"device_class": device_class} if device_class else {}


def _measured(attributes: Mapping[str, Any]) -> dict[str, Any]:
    names = ("device_class", "unit_of_measurement", "state_class", "options")
    return {name: attributes[name] for name in names if attributes.get(name) is not None}


def _attribute(name: str) -> str:
    return f"{{{{ value_json.attributes.{name} if value_json.attributes.{name} is not none else 'None' }}}}"


def _light(attributes: Mapping[str, Any], base: str, options: dict[str, Any]) -> Offer:
    modes = [mode for mode in attributes.get("supported_color_modes") or ["onoff"] if mode != "unknown"]
    more: dict[str, Any] = {
        "schema": "json",
        "supported_color_modes": modes,
        "brightness": modes != ["onoff"],
        "state_topic": f"{base}/light",
    }
    if "color_temp" in modes:
        more |= {"color_temp_kelvin": True}
        for name, key in (("min_kelvin", "min_color_temp_kelvin"), ("max_kelvin", "max_color_temp_kelvin")):
            if attributes.get(key):
                more[name] = attributes[key]
    if attributes.get("effect_list"):
        more |= {"effect": True, "effect_list": attributes["effect_list"]}
    return Offer("light", {**options, **more})


def _number(attributes: Mapping[str, Any], base: str, options: dict[str, Any]) -> Offer:
    names = ("min", "max", "step", "unit_of_measurement", "device_class")
    more = {name: attributes[name] for name in names if attributes.get(name) is not None}
    return Offer("number", {**options, "value_template": STATE, **more})


def _select(attributes: Mapping[str, Any], base: str, options: dict[str, Any]) -> Offer:
    return Offer("select", {**options, "value_template": STATE, "options": attributes.get("options") or []})


def _text(attributes: Mapping[str, Any], base: str, options: dict[str, Any]) -> Offer:
    names = ("min", "max", "pattern", "mode")
    more = {name: attributes[name] for name in names if attributes.get(name) is not None}
    return Offer("text", {**options, "value_template": STATE, **more})


def _lock(attributes: Mapping[str, Any], base: str, options: dict[str, Any]) -> Offer:
    return Offer("lock", {
        **options, "value_template": "{{ value_json.state | upper }}", "payload_open": "OPEN",
    })  # fmt: skip


def _cover(attributes: Mapping[str, Any], base: str, options: dict[str, Any]) -> Offer:
    more: dict[str, Any] = {"value_template": STATE, **_class(attributes)}
    if "current_position" in attributes:
        more |= {
            "position_topic": f"{base}/state",
            "position_template": _attribute("current_position"),
            "set_position_topic": f"{base}/set/position",
        }
    return Offer("cover", {**options, **more})


def _fan(attributes: Mapping[str, Any], base: str, options: dict[str, Any]) -> Offer:
    more: dict[str, Any] = {"state_value_template": _word("on", "ON", "OFF")}
    if "percentage" in attributes:
        more |= {
            "percentage_state_topic": f"{base}/state",
            "percentage_value_template": _attribute("percentage"),
            "percentage_command_topic": f"{base}/set/percentage",
        }
    return Offer("fan", {**options, **more})


def _climate(attributes: Mapping[str, Any], base: str, options: dict[str, Any]) -> Offer:
    state = options["state_topic"]
    more: dict[str, Any] = {
        "modes": attributes.get("hvac_modes") or ["off", "heat"],
        "mode_state_topic": state,
        "mode_state_template": STATE,
        "mode_command_topic": f"{base}/set/mode",
        "temperature_state_topic": state,
        "temperature_state_template": _attribute("temperature"),
        "temperature_command_topic": f"{base}/set/temperature",
        "current_temperature_topic": state,
        "current_temperature_template": _attribute("current_temperature"),
        "action_topic": state,
        "action_template": "{{ value_json.attributes.hvac_action | default('None', true) }}",
    }
    for name, key in (("min_temp", "min_temp"), ("max_temp", "max_temp"), ("temp_step", "target_temp_step")):
        if attributes.get(key) is not None:
            more[name] = attributes[key]
    return Offer("climate", more)


_OTHERS: dict[str, Callable[[Mapping[str, Any], str, dict[str, Any]], Offer]] = {
    "light": _light,
    "number": _number,
    "input_number": _number,
    "select": _select,
    "input_select": _select,
    "text": _text,
    "input_text": _text,
    "lock": _lock,
    "cover": _cover,
    "fan": _fan,
    "climate": _climate,
}
