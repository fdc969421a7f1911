"""Device classes: which there are, how they are called, in which units they are measured.

The tables follow Home Assistant 2026.2.
"""

from __future__ import annotations

import difflib

from pydantic import AfterValidator

from hub.api import refuse

_ENERGY = ("J", "kJ", "MJ", "GJ", "mWh", "Wh", "kWh", "MWh", "GWh", "TWh", "cal", "kcal", "Mcal", "Gcal")
_PRESSURE = ("mPa", "Pa", "hPa", "kPa", "bar", "cbar", "mbar", "mmHg", "inHg", "inH₂O", "psi")
_RAIN_RATE = ("in/d", "in/h", "mm/d", "mm/h")
_SPEED = ("Beaufort", "ft/s", "in/s", "m/min", "m/s", "km/h", "kn", "mph", "mm/s")
_TEMPERATURE = ("°C", "°F", "K")
_VOLUME = ("ft³", "CCF", "MCF", "m³", "L", "mL", "gal", "fl. oz.")
_MICROGRAMS = ("μg/m³",)

SENSOR_UNITS: dict[str, tuple[str | None, ...]] = {
    "absolute_humidity": ("g/m³", "mg/m³"),
    "apparent_power": ("mVA", "VA", "kVA"),
    "aqi": (None,),
    "area": ("m²", "cm²", "km²", "mm²", "in²", "ft²", "yd²", "mi²", "ac", "ha"),
    "atmospheric_pressure": _PRESSURE,
    "battery": ("%",),
    "blood_glucose_concentration": ("mg/dL", "mmol/L"),
    "carbon_dioxide": ("ppm",),
    "carbon_monoxide": ("ppb", "ppm", "mg/m³", "μg/m³"),
    "conductivity": ("S/cm", "μS/cm", "mS/cm"),
    "current": ("mA", "A"),
    "data_rate": (
        "bit/s", "kbit/s", "Mbit/s", "Gbit/s", "B/s", "kB/s", "MB/s", "GB/s", "KiB/s", "MiB/s", "GiB/s",
    ),
    "data_size": (
        "bit", "kbit", "Mbit", "Gbit", "B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB", "KiB", "MiB",
        "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB",
    ),
    "distance": ("mm", "cm", "m", "km", "in", "ft", "yd", "mi", "nmi"),
    "duration": ("d", "h", "min", "s", "ms", "μs"),
    "energy": _ENERGY,
    "energy_distance": ("kWh/100km", "Wh/km", "mi/kWh", "km/kWh"),
    "energy_storage": _ENERGY,
    "frequency": ("Hz", "kHz", "MHz", "GHz"),
    "gas": ("CCF", "ft³", "m³", "L", "MCF"),
    "humidity": ("%",),
    "illuminance": ("lx",),
    "irradiance": ("W/m²", "BTU/(h⋅ft²)"),
    "moisture": ("%",),
    "nitrogen_dioxide": ("ppb", "μg/m³"),
    "nitrogen_monoxide": ("ppb", "μg/m³"),
    "nitrous_oxide": _MICROGRAMS,
    "ozone": ("ppb", "μg/m³"),
    "ph": (None,),
    "pm1": _MICROGRAMS,
    "pm10": _MICROGRAMS,
    "pm25": _MICROGRAMS,
    "pm4": _MICROGRAMS,
    "power": ("mW", "W", "kW", "MW", "GW", "TW"),
    "power_factor": ("%", None),
    "precipitation": ("in", "mm", "cm"),
    "precipitation_intensity": _RAIN_RATE,
    "pressure": _PRESSURE,
    "reactive_energy": ("varh", "kvarh"),
    "reactive_power": ("mvar", "var", "kvar"),
    "signal_strength": ("dB", "dBm"),
    "sound_pressure": ("dB", "dBA"),
    "speed": (*_SPEED, *_RAIN_RATE),
    "sulphur_dioxide": ("ppb", "μg/m³"),
    "temperature": _TEMPERATURE,
    "temperature_delta": _TEMPERATURE,
    "volatile_organic_compounds": ("μg/m³", "mg/m³"),
    "volatile_organic_compounds_parts": ("ppb", "ppm"),
    "voltage": ("μV", "mV", "V", "kV", "MV"),
    "volume": _VOLUME,
    "volume_flow_rate": (
        "m³/h", "m³/min", "m³/s", "ft³/min", "L/h", "L/min", "L/s", "gal/h", "gal/min", "gal/d", "mL/s",
    ),
    "volume_storage": _VOLUME,
    "water": ("CCF", "ft³", "m³", "gal", "L", "MCF"),
    "weight": ("g", "kg", "mg", "μg", "oz", "lb", "st"),
    "wind_direction": ("°",),
    "wind_speed": _SPEED,
}  # fmt: skip
"""The units that a sensor's class may have; a class that is not here takes any."""

_NOT_NUMERIC = frozenset({"date", "enum", "timestamp"})
_ANY_UNIT = frozenset({"monetary"})

CLASSES: dict[str, frozenset[str]] = {
    "sensor": frozenset(SENSOR_UNITS) | _NOT_NUMERIC | _ANY_UNIT,
    "number": frozenset(SENSOR_UNITS) | _ANY_UNIT,
    "binary_sensor": frozenset({
        "battery", "battery_charging", "carbon_monoxide", "cold", "connectivity", "door", "garage_door",
        "gas", "heat", "light", "lock", "moisture", "motion", "moving", "occupancy", "opening", "plug",
        "power", "presence", "problem", "running", "safety", "smoke", "sound", "tamper", "update",
        "vibration", "window",
    }),
    "switch": frozenset({"outlet", "switch"}),
    "button": frozenset({"identify", "restart", "update"}),
    "cover": frozenset({
        "awning", "blind", "curtain", "damper", "door", "garage", "gate", "shade", "shutter", "window",
    }),
    "event": frozenset({"button", "doorbell", "motion"}),
    "humidifier": frozenset({"dehumidifier", "humidifier"}),
    "update": frozenset({"firmware"}),
    "valve": frozenset({"gas", "water"}),
}  # fmt: skip

_SAME_UNIT = {
    "mVAr": "mvar", "VAr": "var", "kVAr": "kvar", "VArh": "varh", "kVArh": "kvarh",
}  # fmt: skip

_NAMES = {
    ("sensor", "aqi"): "Air quality index",
    ("sensor", "energy_distance"): "Energy per distance",
    ("sensor", "energy_storage"): "Stored energy",
    ("sensor", "monetary"): "Monetary balance",
    ("sensor", "ph"): "pH",
    ("sensor", "pm1"): "PM1",
    ("sensor", "pm10"): "PM10",
    ("sensor", "pm25"): "PM2.5",
    ("sensor", "pm4"): "PM4",
    ("sensor", "volume_storage"): "Stored volume",
    ("binary_sensor", "battery_charging"): "Charging",
}


def class_name(domain: str, device_class: str | None) -> str | None:
    """Return how an entity of this class is called if it has no name of its own."""
    if device_class is None or device_class == "enum":
        return None
    table = "sensor" if domain == "number" else domain
    return _NAMES.get((table, device_class)) or device_class.replace("_", " ").capitalize()


def same_unit(unit: str | None) -> str | None:
    """Return the spelling that this hub uses for a unit (the Greek μ, var in lower case)."""
    if unit is None or not unit.strip():
        return None
    return _SAME_UNIT.get(unit, unit.replace("\N{MICRO SIGN}", "\N{GREEK SMALL LETTER MU}"))


def is_numeric(device_class: str | None) -> bool:
    return device_class is not None and device_class not in _NOT_NUMERIC


def known_class(domain: str) -> AfterValidator:
    """Return a validator that takes only the device classes of a domain."""
    known = CLASSES[domain]

    def check(device_class: str | None) -> str | None:
        if device_class is None:
            return None
        found = device_class.lower()
        if found not in known:
            near = difflib.get_close_matches(found, known, 1)
            raise refuse(
                f"{device_class!r} is no device_class of a {domain}",
                f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(sorted(known))}.",
            )
        return found

    return AfterValidator(check)
