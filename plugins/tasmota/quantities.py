"""What sensors measure: by the name of a reading its unit, classes and icon.

The tables follow Home Assistant 2026.2.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_MEASURED, _TOTAL = "measurement", "total"
_MICROGRAMS = "μg/m³"


@dataclass(frozen=True, slots=True)
class Quantity:
    """How a measured value is shown; `unit_from` names the entry of the message that tells the unit."""

    unit: str | None = None
    device_class: str | None = None
    state_class: str | None = None
    icon: str | None = None
    unit_from: str | None = None

    @property
    def is_plain(self) -> bool:
        """Whether nothing is known of what is measured."""
        return (self.unit, self.device_class, self.state_class) == (None, None, None)


_FLASK = Quantity("ppd", icon="mdi:flask")
_CONCENTRATION = Quantity(_MICROGRAMS)
_ENERGY = Quantity("kWh", "energy", _TOTAL)
_TEMPERATURE = Quantity(None, "temperature", _MEASURED, unit_from="TempUnit")
_PRESSURE = Quantity(None, "pressure", _MEASURED, unit_from="PressureUnit")

QUANTITIES: Mapping[str, Quantity] = {
    "ActivePower": Quantity("W", "power", _MEASURED),
    "Ambient": Quantity("lx", "illuminance", _MEASURED),
    "ApparentPower": Quantity("VA", "apparent_power", _MEASURED),
    "Battery": Quantity("%", "battery", _MEASURED),
    "Blue": Quantity("B", icon="mdi:palette"),
    "CCT": Quantity("K", None, _MEASURED, "mdi:temperature-kelvin"),
    "CF1": _CONCENTRATION,
    "CF10": _CONCENTRATION,
    "CF2.5": _CONCENTRATION,
    "CarbonDioxide": Quantity("ppm", "carbon_dioxide", _MEASURED),
    "Current": Quantity("A", "current", _MEASURED),
    "CurrentNeutral": Quantity("A", "current", _MEASURED),
    "DewPoint": Quantity(None, "temperature", _MEASURED, "mdi:weather-rainy", "TempUnit"),
    "Distance": Quantity("cm", "distance", _MEASURED),
    "Energy": _ENERGY,
    "ExportActive": _ENERGY,
    "ExportReactive": Quantity("kVArh", None, _TOTAL),
    "ExportTariff": _ENERGY,
    "Factor": Quantity(None, "power_factor", _MEASURED),
    "Frequency": Quantity("Hz", "frequency", _MEASURED),
    "Green": Quantity("G", icon="mdi:palette"),
    "Humidity": Quantity("%", "humidity", _MEASURED),
    "Illuminance": Quantity("lx", "illuminance", _MEASURED),
    "ImportActive": _ENERGY,
    "ImportReactive": Quantity("kVArh", None, _TOTAL),
    "Moisture": Quantity("%", "moisture"),
    "PB0.3": _FLASK,
    "PB0.5": _FLASK,
    "PB1": _FLASK,
    "PB10": _FLASK,
    "PB2.5": _FLASK,
    "PB5": _FLASK,
    "PM1": Quantity(_MICROGRAMS, "pm1", _MEASURED),
    "PM10": Quantity(_MICROGRAMS, "pm10", _MEASURED),
    "PM2.5": Quantity(_MICROGRAMS, "pm25", _MEASURED),
    "PhaseAngle": Quantity("°"),
    "Power": Quantity("W", "power", _MEASURED),
    "Pressure": _PRESSURE,
    "Proximity": Quantity(" ", icon="mdi:ruler"),
    "ReactivePower": Quantity("var", "reactive_power", _MEASURED),
    "Red": Quantity("R", icon="mdi:palette"),
    "SeaPressure": _PRESSURE,
    "Speed": Quantity(unit_from="SpeedUnit"),
    "TVOC": Quantity("ppb", icon="mdi:air-filter"),
    "Temperature": _TEMPERATURE,
    "Today": Quantity("kWh", "energy", "total_increasing"),
    "Total": _ENERGY,
    "TotalStartTime": Quantity(icon="mdi:progress-clock"),
    "TotalTariff": _ENERGY,
    "Voltage": Quantity("V", "voltage", _MEASURED),
    "Weight": Quantity("kg", "weight", _MEASURED),
    "Yesterday": Quantity("kWh", "energy"),
    "eCO2": Quantity("ppm", icon="mdi:molecule-co2"),
}
NOTHING_KNOWN = Quantity()

# Their "Energy" is a strength without a unit, not kWh.
_OTHER_ENERGY = ("AS3935", "LD2410")
_UNITS = {"C": "°C", "F": "°F"}


def quantity_of(sensor: str, reading: str, inner: str | None) -> Quantity:
    """Return what `sensor: {reading: value}` measures; with `inner` the value is one level deeper."""
    if sensor in _OTHER_ENERGY and reading == "Energy":
        return NOTHING_KNOWN
    within = QUANTITIES.get(inner) if inner is not None else None
    if within is not None and within.unit_from is None:
        return within
    # An ESP32 puts the number of the pin behind what is measured there.
    if sensor == "ANALOG" and reading[-1:] in string.digits:
        reading = reading[:-1]
    return QUANTITIES.get(reading, NOTHING_KNOWN)


def unit_of(quantity: Quantity, message: Mapping[str, Any]) -> str | None:
    """Return the unit; `message` may tell it (`TempUnit: C`)."""
    if quantity.unit_from is None:
        return quantity.unit
    told = message.get(quantity.unit_from)
    return _UNITS.get(told, told) if isinstance(told, str) else None
