"""The platform statistics: what the latest samples of a sensor have in common."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import Field, ValidationInfo, model_validator

from hub.api import (
    UNAVAILABLE,
    Bool,
    Cause,
    Detach,
    EntityId,
    EntityInfo,
    House,
    Period,
    State,
    Text,
    refuse,
    warn,
    without,
)
from plugins.sensors.characteristics import (
    BINARY,
    KEEPS_UNIT,
    MOMENTS,
    NUMERIC,
    PERCENTAGES,
    UNIT_SUFFIXES,
    Result,
)
from plugins.sensors.live import ComputedPlatform, Live, Timer, number

log = logging.getLogger(__name__)
_SUMS_ONLY = ("date", "enum", "energy", "gas", "monetary", "timestamp", "volume", "water")


class Statistics(ComputedPlatform):
    """One characteristic of the samples of `max_age`, or of the last `sampling_size`, or of both."""

    entity_id: EntityId
    state_characteristic: Text
    sampling_size: Annotated[int, Field(ge=1)] | None = None
    max_age: Period | None = None
    keep_last_sample: Bool = False
    precision: int = 2
    percentile: Annotated[int, Field(ge=1, le=99)] = 50

    @model_validator(mode="before")
    @classmethod
    def _of_today(cls, data: Any, info: ValidationInfo) -> Any:
        """Read what was valid before each sensor had to say its characteristic."""
        if isinstance(data, Mapping) and "state_characteristic" not in data and "entity_id" in data:
            kind = "count" if str(data["entity_id"]).startswith("binary_sensor.") else "mean"
            warn(
                info,
                f"it does not say of what, so it is the {kind}",
                f"Add `state_characteristic: {kind}`",
                at=data,
            )
            data = {**data, "state_characteristic": kind}
        return without(info, data, ("quantile_intervals", "quantile_method"))

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        known = BINARY if self.binary else NUMERIC
        if self.state_characteristic not in known:
            raise refuse(
                f"{self.state_characteristic!r} can't be told of {self.entity_id}",
                f"Use one of {', '.join(sorted(known))}.",
            )
        if self.sampling_size is None and self.max_age is None:
            raise refuse("statistics need a bound", "Give max_age, sampling_size or both.")
        if self.keep_last_sample and self.max_age is None:
            raise refuse("keep_last_sample needs max_age")
        return self

    @property
    def binary(self) -> bool:
        return self.entity_id.startswith("binary_sensor.")

    def result(self, values: list[float], ages: list[float]) -> Result:
        known = BINARY if self.binary else NUMERIC
        value = known[self.state_characteristic](values, ages, self.percentile)
        if value is None or isinstance(value, datetime):
            return value
        value = round(value, self.precision)
        return int(value) if self.precision == 0 else value

    def unit(self, source: str | None) -> str | None:
        kind = self.state_characteristic
        if self.binary and kind in PERCENTAGES:
            return "%"
        if not source:
            return None
        if kind in KEEPS_UNIT:
            return source
        return source + UNIT_SUFFIXES[kind] if kind in UNIT_SUFFIXES else None

    def kind_of(self, source: str | None) -> str | None:
        """Return the device class, from the source's."""
        if self.state_characteristic in MOMENTS:
            return "timestamp"
        keeps = self.state_characteristic in KEEPS_UNIT and source not in _SUMS_ONLY
        return source if keeps and not self.binary else None

    def add(self, house: House) -> Detach:
        return _LiveStatistics(house, self).stop


class _LiveStatistics(Live):
    def __init__(self, house: House, options: Statistics) -> None:
        info = EntityInfo(
            "sensor",
            "statistics",
            unique_id=options.unique_id,
            name=options.name or "Statistical characteristic",
            icon="mdi:calculator",
        )
        super().__init__(house, info)
        self._options = options
        self._max_age = options.max_age.total_seconds() if options.max_age else None
        self._values: deque[float] = deque(maxlen=options.sampling_size)
        self._ages: deque[float] = deque(maxlen=options.sampling_size)
        self._there = False
        self._valid: dict[str, Any] = {}
        self._timer = Timer(house)
        self.until_stopped(self._timer.stop)
        state = house.states.get(options.entity_id)
        if state is not None:
            self._take(state, state.reported)
        self.on_change(options.entity_id, lambda event: self._came(event.new, event.cause))
        self.on_report(options.entity_id, lambda state, before: self._came(state, None, state.reported))
        self._look()

    def _came(self, state: State | None, cause: Cause | None, at: float | None = None) -> None:
        if state is not None:
            self._take(state, state.updated if at is None else at)
            self._look(cause)

    def _take(self, state: State, at: float) -> None:
        self._there = state.state != UNAVAILABLE
        if state.state in (UNAVAILABLE, "unknown", ""):
            self._valid = {"source_value_valid": None if not self._there else False}
            return
        value = self._number(state.state)
        self._valid = {"source_value_valid": value is not None}
        if value is None:
            log.error("%s: %s is no value: %s", self.entity_id, state.entity_id, state.state)
            return
        self._values.append(value)
        self._ages.append(at)
        told = state.attributes
        numeric = self._options.state_characteristic not in MOMENTS
        self.describe(
            unit_of_measurement=self._options.unit(told.get("unit_of_measurement")),
            device_class=self._options.kind_of(told.get("device_class")),
            attributes={"state_class": "measurement"} if numeric else {},
        )

    def _number(self, text: str) -> float | None:
        if self._options.binary:
            return {"on": 1.0, "off": 0.0}.get(text)
        return number(text)

    def _look(self, cause: Cause | None = None) -> None:
        """Forget what is too old, show the rest, and plan when the next sample is too old."""
        if self._max_age is not None:
            self._forget(self._max_age)
        self._show(cause)

    def _forget(self, max_age: float) -> None:
        now = self.house.clock.timestamp()
        keep = 1 if self._options.keep_last_sample else 0
        while len(self._ages) > keep and now - self._ages[0] > max_age:
            self._ages.popleft()
            self._values.popleft()
        if len(self._ages) > keep:
            # A moment later, for it is too old only after its age.
            self._timer.begin(max(0.0, self._ages[0] + max_age - now) + 1e-3, self._look)

    def _show(self, cause: Cause | None) -> None:
        options = self._options
        attributes = dict(self._valid)
        if options.sampling_size is not None:
            attributes["buffer_usage_ratio"] = round(len(self._values) / options.sampling_size, 2)
        if self._max_age is not None:
            span = self._ages[-1] - self._ages[0] if self._ages else 0.0
            attributes["age_coverage_ratio"] = round(span / self._max_age, 2) if self._max_age else 0
        value = options.result(list(self._values), list(self._ages))
        text = value.isoformat(timespec="seconds") if isinstance(value, datetime) else value
        self.write(text, attributes, available=self._there, cause=cause)
