"""Convert what members of a sensor group measure in different units."""

from __future__ import annotations

from collections.abc import Collection

_FACTORS: dict[str, dict[str, float]] = {
    "power": {"mW": 1e-3, "W": 1.0, "kW": 1e3, "MW": 1e6, "GW": 1e9, "TW": 1e12, "BTU/h": 0.29307107},
    "energy": {
        "mWh": 1e-3, "Wh": 1.0, "kWh": 1e3, "MWh": 1e6, "GWh": 1e9, "TWh": 1e12,
        "J": 1 / 3600, "kJ": 1 / 3.6, "MJ": 1e3 / 3.6, "GJ": 1e6 / 3.6,
    },
    "voltage": {"µV": 1e-6, "mV": 1e-3, "V": 1.0, "kV": 1e3, "MV": 1e6},
    "current": {"mA": 1e-3, "A": 1.0},
    "distance": {
        "mm": 1e-3, "cm": 1e-2, "m": 1.0, "km": 1e3, "in": 0.0254, "ft": 0.3048, "yd": 0.9144, "mi": 1609.344,
    },
    "weight": {"µg": 1e-6, "mg": 1e-3, "g": 1.0, "kg": 1e3, "oz": 28.349523125, "lb": 453.59237},
    "volume": {"mL": 1e-3, "L": 1.0, "m³": 1e3, "ft³": 28.316846592, "gal": 3.785411784},
    "duration": {"µs": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0},
    "data_size": {"B": 1.0, "kB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 2.0**10, "MiB": 2.0**20, "GiB": 2.0**30},
    "pressure": {"Pa": 1.0, "hPa": 1e2, "kPa": 1e3, "bar": 1e5, "mbar": 1e2, "psi": 6894.757},
    "speed": {"m/s": 1.0, "km/h": 1 / 3.6, "mph": 0.44704, "kn": 0.514444, "ft/s": 0.3048},
}  # fmt: skip
_FACTORS["energy_storage"] = _FACTORS["energy"]
_FACTORS["volume_storage"] = _FACTORS["water"] = _FACTORS["gas"] = _FACTORS["volume"]
_FACTORS["atmospheric_pressure"] = _FACTORS["pressure"]
_TEMPERATURES = ("°C", "°F", "K")


def units_of(device_class: str | None) -> Collection[str]:
    """Return the units that can be converted into each other; none if that is not known."""
    if device_class == "temperature":
        return _TEMPERATURES
    return _FACTORS.get(device_class or "", {})


def convert(value: float, device_class: str, old: str, new: str) -> float:
    """Return a value in another unit; both are of `units_of(device_class)`."""
    if old == new:
        return value
    if device_class == "temperature":
        return _from_celsius(_to_celsius(value, old), new)
    factors = _FACTORS[device_class]
    return value * factors[old] / factors[new]


def _to_celsius(value: float, unit: str) -> float:
    if unit == "°F":
        return (value - 32) / 1.8
    return value - 273.15 if unit == "K" else value


def _from_celsius(value: float, unit: str) -> float:
    if unit == "°F":
        return value * 1.8 + 32
    return value + 273.15 if unit == "K" else value
