"""Offer thermostats and hygrostats made of a switch and a sensor."""

from __future__ import annotations

from hub.api import EntityPlatform, hookimpl
from plugins.climate_control.hygrostat import Hygrostat
from plugins.climate_control.thermostat import Thermostat


@hookimpl
def platforms() -> dict[str, type[EntityPlatform]]:
    return {"generic_thermostat.climate": Thermostat, "generic_hygrostat.humidifier": Hygrostat}
