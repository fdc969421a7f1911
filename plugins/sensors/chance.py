"""The platform random: a number, or on and off, by chance."""

from __future__ import annotations

from datetime import timedelta
from random import SystemRandom
from typing import Annotated, Any

from pydantic import Field

from hub.api import Detach, EntityInfo, House, Period, Text
from plugins.sensors.live import ComputedPlatform, Live, Timer, Value

_dice = SystemRandom()
_Positive = Annotated[int, Field(ge=0)]
_PERIOD = timedelta(seconds=30)


class Random(ComputedPlatform):
    """A whole number from `minimum` to `maximum`, another one every `scan_interval`."""

    minimum: _Positive = 0
    maximum: _Positive = 20
    unit_of_measurement: Text | None = None
    scan_interval: Period = Field(default=_PERIOD)

    def add(self, house: House) -> Detach:
        info = EntityInfo(
            "sensor",
            "random",
            unique_id=self.unique_id,
            name=self.name or "Random sensor",
            unit_of_measurement=self.unit_of_measurement,
            attributes={"maximum": self.maximum, "minimum": self.minimum},
        )
        return _LiveChance(house, info, self.scan_interval, self._throw).stop

    def _throw(self) -> Value:
        return str(_dice.randint(min(self.minimum, self.maximum), self.maximum))


class RandomBinary(ComputedPlatform):
    """On or off, anew every `scan_interval`."""

    device_class: Text | None = None
    scan_interval: Period = Field(default=_PERIOD)

    def add(self, house: House) -> Detach:
        info = EntityInfo(
            "binary_sensor",
            "random",
            unique_id=self.unique_id,
            name=self.name or "Random binary sensor",
            device_class=self.device_class,
        )
        return _LiveChance(house, info, self.scan_interval, lambda: bool(_dice.getrandbits(1))).stop


class _LiveChance(Live):
    def __init__(self, house: House, info: EntityInfo, period: timedelta, throw: Any) -> None:
        super().__init__(house, info)
        self._period = max(period.total_seconds(), 1.0)
        self._throw = throw
        self._timer = Timer(house)
        self.until_stopped(self._timer.stop)
        self._again()

    def _again(self) -> None:
        self.write(self._throw())
        self._timer.begin(self._period, self._again)
