"""What a generic thermostat can be told, and when it wants its switch on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, ValidationInfo, model_validator

from hub.api import Bool, EntityId, EntityPlatform, Period, Text, refuse, without


def _step(value: float) -> float:
    if value not in (0.1, 0.5, 1.0):
        raise refuse("should be 0.1, 0.5 or 1.0")
    return value


Step = Annotated[float, AfterValidator(_step)]
PRESETS = ("away", "comfort", "eco", "home", "sleep", "activity")


class ThermostatOptions(EntityPlatform):
    """Switches a heater (with `ac_mode` a cooler) so that a thermometer shows the target."""

    name: Text = "Generic Thermostat"
    unique_id: Text | None = None
    scan_interval: Any = None
    heater: EntityId
    target_sensor: EntityId
    min_temp: float | None = None
    max_temp: float | None = None
    target_temp: float | None = None
    ac_mode: Bool = False
    min_cycle_duration: Period | None = None
    cold_tolerance: float = 0.3
    hot_tolerance: float = 0.3
    keep_alive: Period | None = None
    initial_hvac_mode: Literal["cool", "heat", "off"] | None = None
    precision: Step | None = None
    target_temp_step: Step | None = None
    away_temp: float | None = None
    comfort_temp: float | None = None
    eco_temp: float | None = None
    home_temp: float | None = None
    sleep_temp: float | None = None
    activity_temp: float | None = None

    @model_validator(mode="before")
    @classmethod
    def _of_today(cls, data: Any, info: ValidationInfo) -> Any:
        return without(info, data, ("initial_operation_mode", "tolerance"))

    @model_validator(mode="after")
    def _limits(self) -> Self:
        low = self.min_temp if self.min_temp is not None else -math.inf
        high = self.max_temp if self.max_temp is not None else math.inf
        if low >= high:
            raise refuse("max_temp should be more than min_temp")
        return self

    @property
    def presets(self) -> Mapping[str, float]:
        told = {name: getattr(self, f"{name}_temp") for name in PRESETS}
        return {name: value for name, value in told.items() if value is not None}

    @property
    def working_mode(self) -> str:
        return "cool" if self.ac_mode else "heat"

    def wants(self, target: float, now: float, active: bool) -> bool:
        """Tell whether the switch should be on, with hysteresis: near the target it stays as it is."""
        low, high = target - self.cold_tolerance, target + self.hot_tolerance
        if active:
            return now > low if self.ac_mode else now < high
        return now > high if self.ac_mode else now < low
