"""What keeps air and water as people like them: climate, fans, humidifiers, water heaters."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import model_validator

from hub.api import Bool, Domain, NoData, ServiceData, refuse
from plugins.domains.fields import Number, Percent, Text, Whole

HvacMode = Literal["off", "heat", "cool", "heat_cool", "auto", "dry", "fan_only"]


class SetTemperature(ServiceData):
    """Set one target, or both ends of a range; with `hvac_mode` the mode first."""

    temperature: Number | None = None
    target_temp_high: Number | None = None
    target_temp_low: Number | None = None
    hvac_mode: HvacMode | None = None

    @model_validator(mode="after")
    def _target(self) -> SetTemperature:
        ends = (self.target_temp_high, self.target_temp_low)
        if self.temperature is None and ends == (None, None):
            raise refuse("a target is missing", "Give temperature, or target_temp_high and target_temp_low.")
        if self.temperature is not None and ends != (None, None):
            raise refuse("temperature and a range can't be given together", "Keep one of them.")
        if self.temperature is None and None in ends:
            raise refuse("a range has two ends", "Give target_temp_high and target_temp_low.")
        return self


class SetHvacMode(ServiceData):
    hvac_mode: HvacMode


class SetPresetMode(ServiceData):
    preset_mode: Text


class SetFanMode(ServiceData):
    fan_mode: Text


class SetSwingMode(ServiceData):
    swing_mode: Text


class SetSwingHorizontalMode(ServiceData):
    swing_horizontal_mode: Text


class SetClimateHumidity(ServiceData):
    humidity: Whole


class Climate(Domain):
    """Thermostats and air conditioners."""

    name: ClassVar[str] = "climate"
    services: ClassVar[dict[str, type[ServiceData]]] = {
        "set_temperature": SetTemperature,
        "set_hvac_mode": SetHvacMode,
        "set_preset_mode": SetPresetMode,
        "set_fan_mode": SetFanMode,
        "set_swing_mode": SetSwingMode,
        "set_swing_horizontal_mode": SetSwingHorizontalMode,
        "set_humidity": SetClimateHumidity,
        "turn_on": NoData,
        "turn_off": NoData,
        "toggle": NoData,
    }
    features: ClassVar[dict[str, int]] = {
        "set_humidity": 4, "set_fan_mode": 8, "set_preset_mode": 16,
        "set_swing_mode": 32, "turn_off": 128, "turn_on": 256, "set_swing_horizontal_mode": 512,
    }  # fmt: skip


class FanOn(ServiceData):
    """Turn a fan on, at a speed or in a preset mode."""

    percentage: Percent | None = None
    preset_mode: Text | None = None


class SetPercentage(ServiceData):
    percentage: Percent


class SpeedStep(ServiceData):
    percentage_step: Percent | None = None


class Oscillate(ServiceData):
    oscillating: Bool


class SetDirection(ServiceData):
    direction: Literal["forward", "reverse"]


class Fan(Domain):
    """Fans."""

    name: ClassVar[str] = "fan"
    services: ClassVar[dict[str, type[ServiceData]]] = {
        "turn_on": FanOn,
        "turn_off": NoData,
        "toggle": FanOn,
        "set_percentage": SetPercentage,
        "increase_speed": SpeedStep,
        "decrease_speed": SpeedStep,
        "set_preset_mode": SetPresetMode,
        "oscillate": Oscillate,
        "set_direction": SetDirection,
    }
    features: ClassVar[dict[str, int]] = {
        "set_percentage": 1, "oscillate": 2, "set_direction": 4, "set_preset_mode": 8, "turn_off": 16,
        "turn_on": 32,
    }  # fmt: skip


class SetMode(ServiceData):
    mode: Text


class SetHumidity(ServiceData):
    humidity: Percent


class Humidifier(Domain):
    """Humidifiers and dehumidifiers."""

    name: ClassVar[str] = "humidifier"
    services: ClassVar[dict[str, type[ServiceData]]] = {
        "turn_on": NoData,
        "turn_off": NoData,
        "toggle": NoData,
        "set_humidity": SetHumidity,
        "set_mode": SetMode,
    }
    features: ClassVar[dict[str, int]] = {
        "set_mode": 1,
    }  # fmt: skip


class SetWaterTemperature(ServiceData):
    """Set the target; with `operation_mode` the mode too."""

    temperature: Number
    operation_mode: Text | None = None


class SetOperationMode(ServiceData):
    operation_mode: Text


class SetAwayMode(ServiceData):
    away_mode: Bool


class WaterHeater(Domain):
    """Boilers."""

    name: ClassVar[str] = "water_heater"
    services: ClassVar[dict[str, type[ServiceData]]] = {
        "turn_on": NoData,
        "turn_off": NoData,
        "set_temperature": SetWaterTemperature,
        "set_operation_mode": SetOperationMode,
        "set_away_mode": SetAwayMode,
    }
    features: ClassVar[dict[str, int]] = {
        "set_temperature": 1, "set_operation_mode": 2, "set_away_mode": 4, "turn_on": 8,
    }  # fmt: skip
