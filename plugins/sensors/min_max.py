"""The platform min_max: the least, greatest, mean … of several sensors."""

from __future__ import annotations

import logging
import statistics
from collections.abc import Callable
from typing import Any, Literal

from hub.api import Cause, Detach, EntityIds, EntityInfo, House, State
from plugins.sensors.live import GONE, ComputedPlatform, Live, number

log = logging.getLogger(__name__)

_CALCULATIONS: dict[str, Callable[[list[float]], float]] = {
    "mean": statistics.mean,
    "median": statistics.median,
    "range": lambda values: max(values) - min(values),
    "sum": sum,
}


class MinMax(ComputedPlatform):
    """One number made of several sensors' (better: a sensor group)."""

    type: Literal["max", "mean", "median", "min", "last", "range", "sum"] = "max"
    entity_ids: EntityIds
    round_digits: int = 2

    def add(self, house: House) -> Detach:
        return _LiveMinMax(house, self).stop


class _LiveMinMax(Live):
    def __init__(self, house: House, options: MinMax) -> None:
        info = EntityInfo(
            "sensor",
            "min_max",
            unique_id=options.unique_id,
            name=options.name or f"{options.type} sensor".capitalize(),
            icon="mdi:calculator",
            attributes={"state_class": "measurement"},
        )
        super().__init__(house, info)
        self._options = options
        self._values: dict[str, float | None] = {}
        self._last: tuple[str | None, float | None] = (None, None)
        self._unit: str | None = None
        self._mixed = False
        for entity_id in dict.fromkeys(options.entity_ids):
            self._take(entity_id, house.states.get(entity_id))
            self.on_change(entity_id, lambda event: self._changed(event.entity_id, event.new, event.cause))
        self._show(None)

    def _changed(self, entity_id: str, state: State | None, cause: Cause | None) -> None:
        self._take(entity_id, state)
        self._show(cause)

    def _take(self, entity_id: str, state: State | None) -> None:
        if state is None or state.state in GONE:
            self._values[entity_id] = None
            return
        unit = state.attributes.get("unit_of_measurement")
        self._unit = self._unit if self._unit is not None else unit
        if unit != self._unit:
            log.warning("%s: %s is measured in %s, not in %s", self.entity_id, entity_id, unit, self._unit)
            self._mixed = True
        value = number(state.state)
        if value is None:
            log.warning("%s: %s is no number: %s", self.entity_id, entity_id, state.state)
            return
        self._values[entity_id] = value
        self._last = (entity_id, value)

    def _show(self, cause: Cause | None) -> None:
        options = self._options
        kind = options.type
        member, value = self._calculate()
        attributes: dict[str, Any] = {"entity_id": list(options.entity_ids)}
        if kind in ("min", "max", "last"):
            attributes[f"{kind}_entity_id"] = member
        self.describe(unit_of_measurement="ERR" if self._mixed else self._unit)
        self.write(None if self._mixed else value, attributes, cause=cause)

    def _calculate(self) -> tuple[str | None, float | None]:
        kind = self._options.type
        if kind == "last":
            return self._last
        known = {entity_id: value for entity_id, value in self._values.items() if value is not None}
        if not known or (kind == "sum" and len(known) < len(self._values)):
            return None, None
        if kind in ("min", "max"):
            choose = min if kind == "min" else max
            member = choose(known, key=lambda entity_id: known[entity_id])
            return member, known[member]
        value = _CALCULATIONS[kind]([known[e] for e in self._options.entity_ids if e in known])
        return None, round(value, self._options.round_digits)
