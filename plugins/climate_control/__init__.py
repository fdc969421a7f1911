"""Offer thermostats and hygrostats made of a switch and a sensor."""

from __future__ import annotations

from hub.api import EntityPlatform, Integration, hookimpl
from plugins.climate_control.hygrostat import Hygrostat, Hygrostats
from plugins.climate_control.thermostat import Thermostat


@hookimpl
def integrations() -> dict[str, type[Integration]]:
    return {"generic_hygrostat": Hygrostats}


@hookimpl
def platforms() -> dict[str, type[EntityPlatform]]:
    return {"generic_thermostat.climate": Thermostat, "generic_hygrostat.humidifier": Hygrostat}
