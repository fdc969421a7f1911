"""The platform threshold: on while a sensor is beyond, or within, limits."""

from __future__ import annotations

import logging
from typing import Self

from pydantic import Field, model_validator

from hub.api import Cause, Detach, EntityId, EntityInfo, House, State, StateChanged, Text, refuse
from plugins.sensors.live import GONE, ComputedPlatform, Live, number

log = logging.getLogger(__name__)


class Threshold(ComputedPlatform):
    """On below `lower`, above `upper`, or between both; `hysteresis` keeps it from flickering."""

    entity_id: EntityId
    lower: float | None = None
    upper: float | None = None
    hysteresis: float = Field(0.0)
    device_class: Text | None = None

    @model_validator(mode="after")
    def _limited(self) -> Self:
        if self.lower is None and self.upper is None:
            raise refuse("a threshold needs a limit", "Give lower, upper or both.")
        return self

    @property
    def kind(self) -> str:
        if self.lower is not None and self.upper is not None:
            return "range"
        return "lower" if self.lower is not None else "upper"

    def judge(self, value: float, on: bool | None, position: str) -> tuple[bool, str]:
        """Return whether `value` is on, and where it is; near a limit it stays what it was."""
        lower = self._side(value, self.lower)
        upper = self._side(value, self.upper)
        if self.kind == "lower":
            before = (False, "above") if on is None else (on, position)
            return {-1: (True, "below"), 0: before, 1: (False, "above")}[lower]
        if self.kind == "upper":
            before = (False, "below") if on is None else (on, position)
            return {1: (True, "above"), 0: before, -1: (False, "below")}[upper]
        if upper == 1:
            return False, "above"
        if lower == -1:
            return False, "below"
        if lower == 1 and upper == -1:
            return True, "in_range"
        return (True, "in_range") if on is None else (on, position)

    def _side(self, value: float, limit: float | None) -> int:
        if limit is None:
            return 0
        if value < limit - self.hysteresis:
            return -1
        return 1 if value > limit + self.hysteresis else 0

    def add(self, house: House) -> Detach:
        return _LiveThreshold(house, self).stop


class _LiveThreshold(Live):
    def __init__(self, house: House, options: Threshold) -> None:
        info = EntityInfo(
            "binary_sensor",
            "threshold",
            unique_id=options.unique_id,
            name=options.name or "Threshold",
            device_class=options.device_class,
        )
        super().__init__(house, info)
        self._options = options
        self._on: bool | None = None
        self._position = "unknown"
        self._value: float | None = None
        self._take(house.states.get(options.entity_id))
        self.on_change(options.entity_id, self._changed)
        self._show(None)

    def _changed(self, event: StateChanged) -> None:
        self._take(event.new)
        self._show(event.cause)

    def _take(self, state: State | None) -> None:
        if state is None:
            return
        self._value = number(state.state) if state.state not in GONE else None
        if self._value is None:
            if state.state not in GONE:
                log.warning("%s: %s is no number", self.entity_id, state.state)
            self._on, self._position = None, "unknown"
            return
        self._on, self._position = self._options.judge(self._value, self._on, self._position)

    def _show(self, cause: Cause | None) -> None:
        options = self._options
        attributes = {
            "entity_id": options.entity_id,
            "hysteresis": options.hysteresis,
            "lower": options.lower,
            "position": self._position,
            "sensor_value": self._value,
            "type": options.kind,
            "upper": options.upper,
        }
        self.write(self._on, attributes, cause=cause)
