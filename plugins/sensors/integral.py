"""The platform integration: what a sensor adds up to over time, such as energy from power."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from pydantic import Field, ValidationInfo, model_validator

from hub.api import (
    UNAVAILABLE,
    Cause,
    Detach,
    EntityId,
    EntityInfo,
    House,
    Period,
    State,
    StateChanged,
    without,
)
from plugins.sensors.live import ComputedPlatform, Live, Timer, decimal

_PREFIXES = {None: 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
ENERGY_UNITS = frozenset(
    ["J", "kJ", "MJ", "GJ", "mWh", "Wh", "kWh", "MWh", "GWh", "TWh", "cal", "kcal", "Mcal", "Gcal"]
)
_ICON = "mdi:chart-histogram"


class Integral(ComputedPlatform):
    """The Riemann sum of a sensor: W becomes Wh, m³/h becomes m³."""

    source: EntityId
    digits: int | None = Field(3, alias="round")
    unit_prefix: Literal["k", "M", "G", "T"] | None = None
    unit_time: Literal["s", "min", "h", "d"] = "h"
    method: Literal["trapezoidal", "left", "right"] = "trapezoidal"
    max_sub_interval: Period | None = None
    unit_of_measurement: Any = None
    """Taken from old files; the unit follows from the source's."""

    @model_validator(mode="before")
    @classmethod
    def _of_today(cls, data: Any, info: ValidationInfo) -> Any:
        return without(info, data, ("unit",), "is not read: the unit follows from the source's")

    def add(self, house: House) -> Detach:
        return _LiveIntegral(house, self).stop

    def unit_of(self, source: str) -> str:
        """Return the integral's unit: a time below the line is cancelled."""
        per_time = f"/{self.unit_time}"
        base = source[: -len(per_time)] if source.endswith(per_time) else f"{source}{self.unit_time}"
        return f"{self.unit_prefix or ''}{base}"

    def area(self, seconds: Decimal, old: str, new: str) -> Decimal | None:
        """Return the area under two readings, None if the method needs one that is no number."""
        left, right = decimal(old), decimal(new)
        if self.method == "left":
            return left * seconds if left is not None else None
        if self.method == "right":
            return right * seconds if right is not None else None
        return seconds * (left + right) / 2 if left is not None and right is not None else None


class _LiveIntegral(Live):
    def __init__(self, house: House, options: Integral) -> None:
        info = EntityInfo(
            "sensor",
            "integration",
            unique_id=options.unique_id,
            name=options.name or f"{options.source} integral",
            icon=_ICON,
            attributes={"state_class": "total"},
        )
        super().__init__(house, info)
        self._options = options
        self._scale = _PREFIXES[options.unit_prefix] * _SECONDS[options.unit_time]
        self._sum: Decimal | None = None
        self._there = True
        self._timer = Timer(house)
        self.until_stopped(self._timer.stop)
        self._summed_until = house.clock.timestamp()
        self._by_time = False
        self._restore()
        state = house.states.get(options.source)
        self._plan(state)
        if state is not None and state.state != UNAVAILABLE:
            self._take_unit(state)
        self.on_change(options.source, self._changed)
        self.on_report(options.source, self._reported)
        self._show()

    def _restore(self) -> None:
        before = self.recall()
        if before is not None:
            self._sum = decimal(before.state)
            told = before.attributes
            self.describe(
                unit_of_measurement=told.get("unit_of_measurement"), device_class=told.get("device_class")
            )

    def _changed(self, event: StateChanged) -> None:
        old, new = event.old, event.new
        if new is None:
            return
        if old is None:
            self._add(new, new.state, None, new.updated, event.cause)
        else:
            self._add(new, old.state, old.reported, new.updated, event.cause)

    def _reported(self, state: State, before: float) -> None:
        self._add(state, state.state, before, state.reported)

    def _add(
        self, state: State, old: str, since: float | None, now: float, cause: Cause | None = None
    ) -> None:
        self._timer.stop()
        self._there = state.state != UNAVAILABLE
        if self._there:
            self._take_unit(state)
            if since is not None:
                began = self._summed_until if self._by_time else since
                self._sum_up(self._options.area(Decimal(now - began), old, state.state))
            self._by_time = False
            self._summed_until = self.house.clock.timestamp()
        self._show(cause)
        self._plan(state)

    def _sum_up(self, area: Decimal | None) -> None:
        if area is not None:
            self._sum = (self._sum or Decimal(0)) + area / self._scale

    def _plan(self, state: State | None) -> None:
        """Go on with the last reading when the source says nothing for `max_sub_interval`."""
        interval = self._options.max_sub_interval
        if not interval or state is None or decimal(state.state) is None:
            return
        self._timer.begin(interval.total_seconds(), lambda: self._silence(state))

    def _silence(self, state: State) -> None:
        now = self.house.clock.timestamp()
        reading = decimal(state.state) or Decimal(0)
        self._sum_up(reading * Decimal(now - self._summed_until))
        self._summed_until = now
        self._by_time = True
        self._show()
        self._plan(state)

    def _take_unit(self, state: State) -> None:
        source = state.attributes.get("unit_of_measurement")
        unit = self._options.unit_of(source) if source is not None else None
        energy = state.attributes.get("device_class") == "power" and unit in ENERGY_UNITS
        self.describe(
            unit_of_measurement=unit,
            device_class="energy" if energy else None,
            icon=None if energy else _ICON,
        )

    def _show(self, cause: Cause | None = None) -> None:
        digits = self._options.digits
        value = round(self._sum, digits) if self._sum is not None and digits else self._sum
        self.write(value, {"source": self._options.source}, available=self._there, cause=cause)
