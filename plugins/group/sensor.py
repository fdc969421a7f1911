"""Groups of sensors: one number made of many."""

from __future__ import annotations

import logging
import statistics
from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar, Literal, NamedTuple

from hub.api import UNAVAILABLE, Bool, House, State, Text
from plugins.group.platform import GONE, GroupPlatform, Shown
from plugins.group.units import convert, units_of

log = logging.getLogger(__name__)
Type = Literal["min", "max", "mean", "median", "last", "range", "stdev", "sum", "product"]
StateClass = Literal["measurement", "measurement_angle", "total", "total_increasing"]


class Reading(NamedTuple):
    """A member's number, in the group's unit."""

    state: State
    value: float


Calculation = Callable[[list[Reading]], tuple[float | None, dict[str, Any]]]


def _smallest(readings: list[Reading]) -> tuple[float | None, dict[str, Any]]:
    least = min(readings, key=lambda reading: reading.value)
    return least.value, {"min_entity_id": least.state.entity_id}


def _largest(readings: list[Reading]) -> tuple[float | None, dict[str, Any]]:
    most = max(readings, key=lambda reading: reading.value)
    return most.value, {"max_entity_id": most.state.entity_id}


def _last(readings: list[Reading]) -> tuple[float | None, dict[str, Any]]:
    last = max(readings, key=lambda reading: reading.state.updated)
    return last.value, {"last_entity_id": last.state.entity_id}


def _of_values(calculate: Callable[[list[float]], float]) -> Calculation:
    return lambda readings: (calculate([reading.value for reading in readings]), {})


def _product(values: list[float]) -> float:
    result = 1.0
    for value in values:
        result *= value
    return result


def _sum(values: list[float]) -> float:
    result = 0.0
    for value in values:
        result += value
    return result


_CALCULATIONS: dict[str, Calculation] = {
    "min": _smallest,
    "max": _largest,
    "last": _last,
    "mean": _of_values(statistics.mean),
    "median": _of_values(statistics.median),
    "range": _of_values(lambda values: max(values) - min(values)),
    "stdev": _of_values(lambda values: statistics.stdev(values)),
    "sum": _of_values(_sum),
    "product": _of_values(_product),
}


class SensorGroup(GroupPlatform):
    """One number made of the numbers of several sensors."""

    domain: ClassVar[str] = "sensor"
    default_name: ClassVar[str] = "Sensor Group"
    member_domains: ClassVar[tuple[str, ...]] = ("sensor", "number", "input_number")

    type: Type
    ignore_non_numeric: Bool = False
    unit_of_measurement: Text | None = None
    device_class: Text | None = None
    state_class: StateClass | None = None

    def told_name(self) -> str:
        return self.name or f"{self.default_name} {self.type}".capitalize()

    @cached_property
    def _wrong(self) -> set[str]:
        """The members whose trouble was told."""
        return set()

    def shown(self, house: House) -> Shown:
        states = [house.states.get(each) for each in self.entities]
        there = [state for state in states if state is not None]
        common = self._common(there)
        readings = [reading for state in there if (reading := self._read(state, common)) is not None]
        rule = any if self.ignore_non_numeric else all
        known = rule(state is None or state.state not in GONE for state in states)
        numeric = rule([True] * len(readings) + [False] * (len(states) - len(readings)))
        value, more = _CALCULATIONS[self.type](readings) if known and numeric and readings else (None, {})
        gone = all(state is None or state.state == UNAVAILABLE for state in states)
        text = None if value is None else f"{value:.15}" if isinstance(value, float) else str(value)
        return Shown(text, not gone, {**common, **more})

    def _common(self, there: list[State]) -> dict[str, Any]:
        """Return unit, device class and state class: those that were told, else those of all members."""
        valid = [state for state in there if _number(state) is not None]
        if not valid or (not self.ignore_non_numeric and len(valid) < len(self.entities)):
            valid = []
        told = {
            "state_class": self.state_class or _same(valid, "state_class"),
            "device_class": self.device_class or _same(valid, "device_class"),
        }
        told["unit_of_measurement"] = self.unit_of_measurement or _unit(valid, told["device_class"])
        if told["device_class"] is None:
            told["icon"] = "mdi:calculator"
        return {name: value for name, value in told.items() if value is not None}

    def _read(self, state: State, common: dict[str, Any]) -> Reading | None:
        value = _number(state)
        if value is None:
            if not self.ignore_non_numeric:
                self._complain(state, "is no number")
            return None
        unit, own = common.get("unit_of_measurement"), state.attributes.get("unit_of_measurement")
        device_class = common.get("device_class")
        if unit is not None and own != unit:
            units = units_of(device_class)
            if own not in units or unit not in units:
                self._complain(state, f"is measured in {own}, not in {unit}")
                return None
            value = convert(value, device_class or "", str(own), unit)
        self._wrong.discard(state.entity_id)
        return Reading(state, value)

    def _complain(self, state: State, text: str) -> None:
        if state.entity_id not in self._wrong:
            self._wrong.add(state.entity_id)
            log.warning("%s is left out of %s: %s %s", state.entity_id, self.told_name(), state.state, text)


def _number(state: State) -> float | None:
    try:
        return float(state.state)
    except ValueError:
        return None


def _same(states: list[State], name: str) -> str | None:
    found = {state.attributes.get(name) for state in states}
    value = found.pop() if len(found) == 1 else None
    return str(value) if value is not None else None


def _unit(states: list[State], device_class: str | None) -> str | None:
    units = [state.attributes.get("unit_of_measurement") for state in states]
    if not units or None in units:
        return None
    if len(set(units)) == 1 or all(unit in units_of(device_class) for unit in units):
        return str(units[0])
    return None
