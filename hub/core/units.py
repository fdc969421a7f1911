"""Convert measured values into the units that the house's people use, and into any that fits the class.

Which units belong together, and what a house shows, follows Home Assistant 2026.2.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache

_FOOT, _INCH, _YARD, _MILE, _SEA_MILE = 0.3048, 0.0254, 0.9144, 1609.344, 1852.0
_GALLON, _CUBIC_FOOT = 231 * _INCH**3, 0.3048**3
_OUNCE, _POUND = 28.349523125, 453.59237
_MERCURY, _GRAVITY = 13.5951, 9.80665
_ACRE, _HECTARE = 66 * 660 * _FOOT**2, 1e4

_LENGTH = {
    "mm": 1e-3, "cm": 1e-2, "m": 1.0, "km": 1e3, "in": _INCH, "ft": _FOOT, "yd": _YARD, "mi": _MILE,
    "nmi": _SEA_MILE,
}  # fmt: skip
_SPEED = {
    "m/s": 1.0, "km/h": 1 / 3.6, "mph": _MILE / 3600, "kn": _SEA_MILE / 3600, "ft/s": _FOOT, "in/s": _INCH,
    "mm/s": 1e-3, "m/min": 1 / 60, "in/h": _INCH / 3600, "in/d": _INCH / 86400, "mm/h": 1e-3 / 3600,
    "mm/d": 1e-3 / 86400,
}  # fmt: skip
_PRESSURE = {
    "mPa": 1e-3, "Pa": 1.0, "hPa": 1e2, "kPa": 1e3, "bar": 1e5, "cbar": 1e3, "mbar": 1e2, "psi": 6894.757,
    "mmHg": _GRAVITY * _MERCURY, "inHg": 25.4 * _GRAVITY * _MERCURY, "inH₂O": 249.0889083333348,
}  # fmt: skip
_VOLUME = {
    "m³": 1.0, "L": 1e-3, "mL": 1e-6, "gal": _GALLON, "fl. oz.": _GALLON / 128, "ft³": _CUBIC_FOOT,
    "CCF": 100 * _CUBIC_FOOT, "MCF": 1000 * _CUBIC_FOOT,
}  # fmt: skip
_ENERGY = {
    "J": 1 / 3600, "kJ": 1 / 3.6, "MJ": 1e3 / 3.6, "GJ": 1e6 / 3.6, "mWh": 1e-3, "Wh": 1.0, "kWh": 1e3,
    "MWh": 1e6, "GWh": 1e9, "TWh": 1e12, "cal": 4.184 / 3600, "kcal": 4.184 / 3.6, "Mcal": 4.184e3 / 3.6,
    "Gcal": 4.184e6 / 3.6,
}  # fmt: skip
_TEMPERATURES: Mapping[str, tuple[float, float]] = {"°C": (1.0, 0.0), "K": (1.0, 273.15), "°F": (1.8, 32.0)}
_BYTES = {
    "bit": 0.125, "kbit": 125.0, "Mbit": 125e3, "Gbit": 125e6, "B": 1.0, "kB": 1e3, "MB": 1e6, "GB": 1e9,
    "TB": 1e12, "PB": 1e15, "EB": 1e18, "ZB": 1e21, "YB": 1e24, "KiB": 2.0**10, "MiB": 2.0**20,
    "GiB": 2.0**30, "TiB": 2.0**40, "PiB": 2.0**50, "EiB": 2.0**60, "ZiB": 2.0**70, "YiB": 2.0**80,
}  # fmt: skip
_FLOW = {
    "m³/h": 1.0, "m³/min": 60.0, "m³/s": 3600.0, "ft³/min": 60 * _CUBIC_FOOT, "L/h": 1e-3, "L/min": 0.06,
    "L/s": 3.6, "gal/h": _GALLON, "gal/min": 60 * _GALLON, "gal/d": _GALLON / 24, "mL/s": 3.6e-3,
}  # fmt: skip

FACTORS: Mapping[str, Mapping[str, float]] = {
    "area": {
        "m²": 1.0, "cm²": 1e-4, "km²": 1e6, "mm²": 1e-6, "in²": _INCH**2, "ft²": _FOOT**2, "yd²": _YARD**2,
        "mi²": _MILE**2, "ac": _ACRE, "ha": _HECTARE,
    },
    "atmospheric_pressure": _PRESSURE,
    "conductivity": {"μS/cm": 1.0, "mS/cm": 1e3, "S/cm": 1e6},
    "current": {"mA": 1e-3, "A": 1.0},
    "data_rate": {f"{unit}/s": size for unit, size in _BYTES.items() if size <= 2.0**30},
    "data_size": _BYTES,
    "distance": _LENGTH,
    "duration": {
        "μs": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0,
    },
    "energy": _ENERGY,
    "energy_storage": _ENERGY,
    "gas": _VOLUME,
    "power": {
        "mW": 1e-3, "W": 1.0, "kW": 1e3, "MW": 1e6, "GW": 1e9, "TW": 1e12, "BTU/h": 0.29307107,
    },
    "precipitation": _LENGTH,
    "precipitation_intensity": _SPEED,
    "pressure": _PRESSURE,
    "reactive_energy": {"varh": 1.0, "kvarh": 1e3},
    "reactive_power": {"mvar": 1e-3, "var": 1.0, "kvar": 1e3},
    "speed": _SPEED,
    "voltage": {"μV": 1e-6, "mV": 1e-3, "V": 1.0, "kV": 1e3, "MV": 1e6},
    "volume": _VOLUME,
    "volume_flow_rate": _FLOW,
    "volume_storage": _VOLUME,
    "water": _VOLUME,
    "weight": {
        "μg": 1e-6, "mg": 1e-3, "g": 1.0, "kg": 1e3, "oz": _OUNCE, "lb": _POUND, "st": 14 * _POUND,
    },
    "wind_speed": _SPEED,
}  # fmt: skip
"""The units of a class that convert into each other, in terms of one of them."""

_METRIC = {
    "area": {"in²": "cm²", "ft²": "m²", "mi²": "km²", "yd²": "m²", "ac": "ha"},
    "atmospheric_pressure": dict.fromkeys(_PRESSURE, "hPa"),
    "distance": {"ft": "m", "in": "mm", "mi": "km", "nmi": "km", "yd": "m"},
    "gas": {"CCF": "m³", "ft³": "m³", "MCF": "m³"},
    "precipitation": {"in": "mm"},
    "precipitation_intensity": {"in/d": "mm/d", "in/h": "mm/h"},
    "pressure": {"psi": "kPa", "inHg": "hPa", "inH₂O": "kPa"},
    "speed": {"ft/s": "km/h", "in/s": "mm/s", "mph": "km/h", "in/d": "mm/d", "in/h": "mm/h"},
    "volume": {"CCF": "m³", "ft³": "m³", "MCF": "m³", "fl. oz.": "mL", "gal": "L"},
    "water": {"CCF": "m³", "ft³": "m³", "MCF": "m³", "gal": "L"},
    "wind_speed": dict.fromkeys(("ft/s", "m/min", "m/s", "mph", "in/s", "mm/s"), "km/h"),
}
_US = {
    "area": {"m²": "ft²", "cm²": "in²", "mm²": "in²", "km²": "mi²", "ha": "ac"},
    "atmospheric_pressure": dict.fromkeys(_PRESSURE, "inHg"),
    "distance": {"cm": "in", "km": "mi", "m": "ft", "mm": "in"},
    "gas": {"m³": "ft³", "L": "ft³"},
    "precipitation": {"cm": "in", "mm": "in"},
    "precipitation_intensity": {"mm/d": "in/d", "mm/h": "in/h"},
    "pressure": {
        **dict.fromkeys(("mPa", "Pa", "hPa", "kPa", "bar", "cbar", "mbar", "inH₂O"), "psi"), "mmHg": "inHg",
    },
    "speed": {
        "m/min": "in/s", "m/s": "mph", "mm/s": "in/s", "km/h": "mph", "mm/d": "in/d", "mm/h": "in/h",
    },
    "volume": {"m³": "ft³", "L": "gal", "mL": "fl. oz."},
    "water": {"m³": "ft³", "L": "gal"},
    "wind_speed": dict.fromkeys(("ft/s", "km/h", "m/min", "m/s", "in/s", "mm/s"), "mph"),
}  # fmt: skip


def shown_unit(device_class: str | None, unit: str | None, system: str, *, named: bool = True) -> str | None:
    """Return the unit that a house of this system (`metric`, `us_customary`) shows.

    All but temperatures are shown in other units only if the entity is `named`, that is, has a unique id.
    """
    if unit is None or device_class is None:
        return unit
    us = system == "us_customary"
    if device_class == "temperature":
        return ("°F" if us else "°C") if unit in _TEMPERATURES else unit
    if not named:
        return unit
    return (_US if us else _METRIC).get(device_class, {}).get(unit, unit)


def fits(device_class: str | None, unit: str, other: str) -> bool:
    """Tell whether both are units of this class that convert into each other."""
    units = _TEMPERATURES if device_class == "temperature" else FACTORS.get(device_class or "", {})
    return unit in units and other in units


@cache
def converter(device_class: str, unit: str, other: str) -> Callable[[float], float]:
    """Return what turns a value in `unit` into one in `other`; both fit the class."""
    if device_class == "temperature":
        (scale, zero), (other_scale, other_zero) = _TEMPERATURES[unit], _TEMPERATURES[other]
        return lambda value: (value - zero) / scale * other_scale + other_zero
    factors = FACTORS[device_class]
    factor = factors[unit] / factors[other]
    return lambda value: value * factor


def converted(text: str, device_class: str, unit: str, other: str) -> str:
    """Return a state in another unit; a text that is no number stays."""
    try:
        value = float(text)
    except ValueError:
        return text
    return f"{converter(device_class, unit, other)(value):.15}" if math.isfinite(value) else text
