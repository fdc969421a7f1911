"""The platform derivative: how fast a sensor changes."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, NamedTuple

from pydantic import Field

from hub.api import UNAVAILABLE, Cause, Detach, EntityId, EntityInfo, House, Period, State, StateChanged, Text
from plugins.sensors.live import GONE, ComputedPlatform, Live, Timer, decimal, number

_PREFIXES = {
    None: 1.0, "n": 1e-9, "µ": 1e-6, "μ": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12,
}  # fmt: skip
SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400}


class Derivative(ComputedPlatform):
    """The change of a sensor by time; with `time_window` smoothed over that time."""

    source: EntityId
    digits: int = Field(3, alias="round")
    unit_prefix: Literal["n", "µ", "μ", "m", "k", "M", "G", "T"] | None = None
    unit_time: Literal["s", "min", "h", "d"] = "h"
    unit: Text | None = None
    time_window: Period = Field(default=0, validate_default=True)
    max_sub_interval: Period | None = None

    def add(self, house: House) -> Detach:
        return _LiveDerivative(house, self).stop

    def unit_of(self, source: str | None) -> str:
        return self.unit or f"{self.unit_prefix or ''}{source or ''}/{self.unit_time}"


class _Slope(NamedTuple):
    began: float
    ended: float
    value: Decimal


class _LiveDerivative(Live):
    def __init__(self, house: House, options: Derivative) -> None:
        info = EntityInfo(
            "sensor",
            "derivative",
            unique_id=options.unique_id,
            name=options.name or f"{options.source} derivative",
            unit_of_measurement=options.unit,
        )
        super().__init__(house, info)
        self._options = options
        self._window = options.time_window.total_seconds()
        self._scale = Decimal(SECONDS[options.unit_time]) / Decimal(_PREFIXES[options.unit_prefix])
        self._value: Decimal | None = self._rounded(Decimal(0))
        self._slopes: list[_Slope] = []
        self._last_valid: tuple[str, float] | None = None
        self._timer = Timer(house)
        self.until_stopped(self._timer.stop)
        self._restore()
        state = house.states.get(options.source)
        self._new_unit(state)
        self._there = state is not None and state.state not in GONE
        self._plan(state)
        self.on_change(options.source, self._changed)
        self.on_report(options.source, self._reported)
        self._show()

    def _restore(self) -> None:
        before = self.recall()
        if before is None:
            return
        if self.info.unit_of_measurement is None:
            self.describe(unit_of_measurement=before.attributes.get("unit_of_measurement"))
        value = decimal(before.state)
        self._value = self._rounded(value) if value is not None else None

    # --- what the source says ---

    def _changed(self, event: StateChanged) -> None:
        self._timer.stop()
        new = event.new
        if not self._usable(new, event.cause) or new is None:
            return
        if self._new_unit(new):
            self._show(event.cause)
            return
        self._plan(new)
        if event.old is None:
            self._show(event.cause)
        else:
            self._derive(new, event.old.state, event.old.reported, new.updated, event.cause)

    def _reported(self, state: State, before: float) -> None:
        self._timer.stop()
        if not self._usable(state, None) or self._value == 0:
            return
        self._plan(state)
        self._derive(state, state.state, before, state.reported, None)

    def _usable(self, state: State | None, cause: Cause | None) -> bool:
        self._there = state is not None and state.state != UNAVAILABLE
        if self._there and state is not None and decimal(state.state) is not None:
            return True
        if self._there:
            self._value = None
        self._show(cause)
        return False

    def _new_unit(self, state: State | None) -> bool:
        """Take the unit from the source; with another one everything begins anew."""
        if self._options.unit is not None or state is None:
            return False
        unit = self._options.unit_of(state.attributes.get("unit_of_measurement"))
        if unit == self.info.unit_of_measurement:
            return False
        self.describe(unit_of_measurement=unit)
        self._slopes = []
        self._value = self._rounded(Decimal(0))
        return True

    # --- the slope ---

    def _derive(self, state: State, old: str, began: float, ended: float, cause: Cause | None) -> None:
        if decimal(old) is None:
            if self._last_valid is None:
                self._show(cause)
                return
            old, began = self._last_valid
        self._forget(ended)
        elapsed = ended - began
        if elapsed <= 0:
            return
        slope = (Decimal(state.state) - Decimal(old)) / Decimal(elapsed) * self._scale
        if slope < 0 and state.attributes.get("state_class") == "total_increasing":
            return  # the source began anew
        self._slopes.append(_Slope(began, ended, slope))
        self._last_valid = (state.state, ended)
        self._value = self._rounded(slope if elapsed > self._window else self._mean(ended))
        self._show(cause)

    def _forget(self, now: float) -> None:
        self._slopes = [slope for slope in self._slopes if now - slope.ended < self._window]

    def _mean(self, now: float) -> Decimal:
        """Return the mean of the slopes, each weighted by its share of the window."""
        mean = Decimal("0.00")
        for slope in self._slopes:
            share = (slope.ended - max(slope.began, now - self._window)) / self._window
            mean += slope.value * Decimal(share)
        return mean

    def _plan(self, state: State | None) -> None:
        """Let the mean fade when the source says nothing for `max_sub_interval`."""
        interval = self._options.max_sub_interval
        if not interval or state is None or number(state.state) is None:
            return
        self._timer.begin(interval.total_seconds(), lambda: self._silence(state))

    def _silence(self, state: State) -> None:
        now = self.house.clock.timestamp()
        self._forget(now)
        mean = self._mean(now)
        self._value = self._rounded(mean)
        self._show()
        if mean != 0:
            self._plan(state)

    def _rounded(self, value: Decimal) -> Decimal:
        return round(value, self._options.digits)

    def _show(self, cause: Cause | None = None) -> None:
        self.write(self._value, {"source": self._options.source}, available=self._there, cause=cause)
