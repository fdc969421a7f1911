"""Which entities a device has, by what it announced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plugins.tasmota.announcement import Announcement
from plugins.tasmota.fan import fans_of
from plugins.tasmota.light import lights_of
from plugins.tasmota.live import Part
from plugins.tasmota.relay import plain_lights_of, switches_of
from plugins.tasmota.sensor import readings_of
from plugins.tasmota.shutter import shutters_of
from plugins.tasmota.status_sensor import status_sensors_of
from plugins.tasmota.switch_input import switch_inputs_of


def parts_of(announcement: Announcement, sensors: Mapping[str, Any] | None) -> list[Part]:
    """Return the entities of a device; `sensors` is a sample of its sensor message, None if not known."""
    return [
        *switch_inputs_of(announcement),
        *shutters_of(announcement),
        *fans_of(announcement),
        *lights_of(announcement),
        *plain_lights_of(announcement),
        *status_sensors_of(announcement),
        *switches_of(announcement),
        *(readings_of(announcement, sensors) if sensors is not None else ()),
    ]
