"""Options of entities over MQTT that only files of earlier years have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationInfo

from hub.api import without

_EVERYWHERE = ("platform",)
_RETIRED = {
    "climate": (
        *("away_mode_command_topic", "away_mode_state_topic", "away_mode_state_template", "send_if_off"),
        *("hold_command_topic", "hold_command_template", "hold_state_topic", "hold_state_template"),
        *("hold_modes", "aux_command_topic", "aux_state_topic", "aux_state_template"),
    ),
    "cover": ("tilt_invert_state",),
    "fan": (
        *("speed_command_topic", "speed_state_topic", "speed_value_template", "speeds"),
        *("payload_off_speed", "payload_low_speed", "payload_medium_speed", "payload_high_speed"),
    ),
    "light": (
        *("white_value_command_topic", "white_value_state_topic", "white_value_template"),
        *("white_value_scale", "white_value", "rgb", "hs", "xy", "color_temp", "color_mode"),
    ),
    "sensor": ("json_attributes", "last_reset_topic"),
    "vacuum": (
        *("schema", "battery_level_topic", "battery_level_template", "charging_topic", "charging_template"),
        *("cleaning_topic", "cleaning_template", "docked_topic", "docked_template", "error_topic"),
        *("error_template", "fan_speed_topic", "fan_speed_template", "payload_turn_on", "payload_turn_off"),
        *("payload_start_pause",),
    ),
}


def of_today(domain: str, entities: Any, info: ValidationInfo) -> Any:
    """Return the entities of a domain without what is read no more, and warn of that."""
    retired = (*_EVERYWHERE, *_RETIRED.get(domain, ()))
    if isinstance(entities, list):
        return [without(info, entity, retired) for entity in entities]
    return without(info, entities, retired) if isinstance(entities, Mapping) else entities
