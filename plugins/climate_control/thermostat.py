"""The platform generic_thermostat: a thermostat made of a switch and a thermometer."""

from __future__ import annotations

from hub.api import Detach, House
from plugins.climate_control.live_thermostat import LiveThermostat
from plugins.climate_control.thermostat_options import ThermostatOptions


class Thermostat(ThermostatOptions):
    """Switches a heater (with `ac_mode` a cooler) so that a thermometer shows the target."""

    def add(self, house: House) -> Detach:
        return LiveThermostat(house, self).stop
