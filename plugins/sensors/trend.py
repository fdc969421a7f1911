"""The platform trend: on while a sensor rises (or falls) fast enough."""

from __future__ import annotations

import logging
import math
from collections import deque
from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from hub.api import (
    Bool,
    Cause,
    Detach,
    EntityId,
    EntityInfo,
    EntityPlatform,
    House,
    StateChanged,
    Text,
    refuse,
    together,
)
from plugins.sensors.live import GONE, Live

log = logging.getLogger(__name__)
_Count = Annotated[int, Field(ge=0)]


class TrendOptions(BaseModel):
    """One trend: the slope of a line through the latest samples, in units a second."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    entity_id: EntityId
    attribute: Text | None = None
    device_class: Text | None = None
    friendly_name: Text | None = None
    invert: Bool = False
    max_samples: _Count = 2
    min_samples: _Count = 2
    min_gradient: float = 0.0
    sample_duration: _Count = 0
    unique_id: Text | None = None

    @model_validator(mode="after")
    def _counts(self) -> Self:
        told = self.model_fields_set >= {"min_samples", "max_samples"}
        if told and self.max_samples < self.min_samples:
            raise refuse("min_samples should be at most max_samples")
        return self

    def rises(self, gradient: float) -> bool:
        steep = abs(gradient) > abs(self.min_gradient)
        same_way = math.copysign(gradient, self.min_gradient) == gradient
        return (steep and same_way) is not self.invert


class Trend(EntityPlatform):
    """Trends by name."""

    sensors: Mapping[str, TrendOptions]
    scan_interval: Any = None

    def add(self, house: House) -> Detach:
        return together([_LiveTrend(house, name, options).stop for name, options in self.sensors.items()])


class _LiveTrend(Live):
    def __init__(self, house: House, name: str, options: TrendOptions) -> None:
        info = EntityInfo(
            "binary_sensor",
            "trend",
            unique_id=options.unique_id,
            name=options.friendly_name or name,
            default_entity_id=f"binary_sensor.{name}",
            device_class=options.device_class,
        )
        super().__init__(house, info)
        self._options = options
        self._samples: deque[tuple[float, float]] = deque(maxlen=options.max_samples)
        self._gradient = 0.0
        self._there = True
        before = self.recall()
        self._on: bool | None = before.state == "on" if before is not None else None
        self.on_change(options.entity_id, self._changed)
        self._show(None)

    def _changed(self, event: StateChanged) -> None:
        state = event.new
        if state is None:
            return
        name = self._options.attribute
        value = state.attributes.get(name) if name is not None else state.state
        self._there = value not in GONE
        if self._there:
            try:
                self._samples.append((state.updated, float(value)))  # type: ignore[arg-type]  # may fail
            except (TypeError, ValueError):
                log.error("%s: %s of %s is no number", self.entity_id, value, event.entity_id)
                return
        self._judge()
        self._show(event.cause)

    def _judge(self) -> None:
        options = self._options
        if options.sample_duration:
            oldest = self.house.clock.timestamp() - options.sample_duration
            while self._samples and self._samples[0][0] < oldest:
                self._samples.popleft()
        if len(self._samples) >= max(options.min_samples, 1):
            self._gradient = _slope(self._samples)
            self._on = options.rises(self._gradient)

    def _show(self, cause: Cause | None) -> None:
        options = self._options
        attributes = {
            "entity_id": options.entity_id,
            "gradient": self._gradient,
            "invert": options.invert,
            "min_gradient": options.min_gradient,
            "sample_count": len(self._samples),
            "sample_duration": options.sample_duration,
        }
        self.write(self._on, attributes, available=self._there, cause=cause)


def _slope(samples: deque[tuple[float, float]]) -> float:
    """Return the slope of the straight line that fits the samples best."""
    middle = sum(at for at, _ in samples) / len(samples)
    mean = sum(value for _, value in samples) / len(samples)
    spread = sum((at - middle) ** 2 for at, _ in samples)
    if not spread:
        return 0.0
    return sum((at - middle) * (value - mean) for at, value in samples) / spread
