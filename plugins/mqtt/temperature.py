"""Temperatures in a device's unit and in the house's, to the precision that people read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator

from hub.api import House, refuse

_UNITS = {"C": "°C", "F": "°F", "°C": "°C", "°F": "°F"}


def _unit(value: Any) -> Any:
    return _UNITS.get(value.strip().upper(), value) if isinstance(value, str) else value


TemperatureUnit = Annotated[Literal["°C", "°F"], BeforeValidator(_unit)]
"""`C` or `F`, with or without the degree sign."""


def _precision(value: float) -> float:
    if value not in (0.1, 0.5, 1.0):
        raise refuse("precision is 0.1, 0.5 or 1.0")
    return value


Precision = Annotated[float, AfterValidator(_precision)]


@dataclass(frozen=True, slots=True)
class Scale:
    """The device's unit and the house's; `precision` is the step that is shown."""

    unit: str
    house_unit: str
    precision: float

    @classmethod
    def of(cls, house: House, unit: str | None, precision: float | None) -> Scale:
        own = "°F" if house.settings.unit_system == "us_customary" else "°C"
        return cls(unit or own, own, precision or (0.1 if own == "°C" else 1.0))

    def shown(self, degrees: float) -> float:
        """Return what people see of the device's `degrees`."""
        return self._rounded(_convert(degrees, self.unit, self.house_unit))

    def exactly(self, degrees: float) -> float:
        """Return the device's `degrees` in the house's unit, not rounded."""
        return _convert(degrees, self.unit, self.house_unit)

    def shown_or_none(self, degrees: float | None) -> float | None:
        return None if degrees is None else self.shown(degrees)

    def from_celsius(self, degrees: float) -> float:
        return self._rounded(_convert(degrees, "°C", self.house_unit))

    def told(self, degrees: float) -> float:
        """Return what the device is told of the `degrees` that people asked for."""
        return _convert(degrees, self.house_unit, self.unit)

    def _rounded(self, degrees: float) -> float:
        if self.precision == 0.5:
            return round(degrees * 2) / 2.0
        if self.precision == 0.1:
            return round(degrees, 1)
        return round(degrees)


def _convert(degrees: float, unit: str, wanted: str) -> float:
    if unit == wanted:
        return degrees
    return degrees * 9 / 5 + 32 if wanted == "°F" else (degrees - 32) * 5 / 9
