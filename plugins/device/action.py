"""The device action: a call of a service for the device's entity, in the editor's words."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Any

from pydantic import ConfigDict, Field, model_validator
from pydantic.json_schema import SkipJsonSchema

from hub.api import Action, ActionField, Run, Text
from plugins.device.states import SWITCHED, beyond, picked

_COMMON = ("alias", "enabled", "continue_on_error")
_SWITCHES = ("turn_on", "turn_off", "toggle")

# The service of a domain's types, where it is not called as the type.
_SERVICES: Mapping[str, Mapping[str, str]] = {
    "alarm_control_panel": {
        "arm_away": "alarm_arm_away",
        "arm_home": "alarm_arm_home",
        "arm_night": "alarm_arm_night",
        "arm_vacation": "alarm_arm_vacation",
        "disarm": "alarm_disarm",
        "trigger": "alarm_trigger",
    },
    "button": {"press": "press"},
    "climate": {"set_hvac_mode": "set_hvac_mode", "set_preset_mode": "set_preset_mode"},
    "cover": {
        "open": "open_cover",
        "close": "close_cover",
        "stop": "stop_cover",
        "open_tilt": "open_cover_tilt",
        "close_tilt": "close_cover_tilt",
        "set_position": "set_cover_position",
        "set_tilt_position": "set_cover_tilt_position",
    },
    "humidifier": {"set_humidity": "set_humidity", "set_mode": "set_mode"},
    "lawn_mower": {"mow": "start_mowing", "dock": "dock", "pause": "pause"},
    "light": {"brightness_increase": "turn_on", "brightness_decrease": "turn_on", "flash": "turn_on"},
    "lock": {"lock": "lock", "unlock": "unlock", "open": "open"},
    "number": {"set_value": "set_value"},
    "scene": {"turn_on": "turn_on"},
    "select": {
        "select_first": "select_first",
        "select_last": "select_last",
        "select_next": "select_next",
        "select_option": "select_option",
        "select_previous": "select_previous",
    },
    "text": {"set_value": "set_value"},
    "vacuum": {"clean": "start", "dock": "return_to_base"},
    "water_heater": {"turn_on": "turn_on", "turn_off": "turn_off"},
}
_FIELDS = ("code", "option", "cycle", "value", "hvac_mode", "preset_mode", "humidity", "mode")
_LIGHTS: Mapping[str, Mapping[str, Any]] = {
    "brightness_increase": {"brightness_step_pct": 10},
    "brightness_decrease": {"brightness_step_pct": -10},
    "flash": {"flash": "short"},
}


class DeviceAction(Action):
    """Let a device's entity do what `type` says, such as `turn_on` or `set_position`."""

    model_config = ConfigDict(extra="allow")

    domain: Text
    type: Text
    behind: SkipJsonSchema[ActionField] = Field(exclude=True)

    @classmethod
    def beyond(cls, data: Mapping[str, Any]) -> str:
        return beyond("action", data, known=_translated(data) is not None)

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: Any) -> Any:
        return {**picked(data, *_COMMON, "domain", "type"), "behind": _translated(data)}

    def run(self, run: Run) -> Awaitable[None] | None:
        return self.behind.run(run)


def _translated(data: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the service call that does it, None if the type means nothing here."""
    domain, kind = str(data.get("domain")), str(data.get("type"))
    service = _SERVICES.get(domain, {}).get(kind)
    if service is None:
        service = kind if kind in _SWITCHES and domain in SWITCHED else None
    if service is None:
        return None
    target = {"entity_id": data.get("entity_id")}
    return {"action": f"{domain}.{service}", "target": target, "data": _fields(domain, kind, data)}


def _fields(domain: str, kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    if domain == "light":
        return {**_LIGHTS.get(kind, {}), **picked(data, "brightness_pct", "flash")}
    if domain == "cover" and "position" in data:
        return {("tilt_position" if kind == "set_tilt_position" else "position"): data["position"]}
    return picked(data, *_FIELDS)
