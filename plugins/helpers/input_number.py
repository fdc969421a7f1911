"""input_number: a number within limits that people and rules set."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from hub.api import Domain, EntityInfo, House, NoData, ServiceCall, ServiceData, ServiceRefused, Text, refuse
from plugins.helpers.fields import Number
from plugins.helpers.living import Helper
from plugins.helpers.options import Helpers, Options


class InputNumberOptions(Options):
    """A number from `min` to `max`. Without `initial` it is as it was before the start, at first `min`.

    `step` is what increment and decrement change. `mode` is how a page shows it.
    """

    domain: ClassVar[str] = "input_number"

    min: Number
    max: Number
    initial: Number | None = None
    step: Annotated[Number, Field(ge=1e-9)] = 1.0
    unit_of_measurement: Text | None = None
    mode: Literal["slider", "box"] = "slider"

    @model_validator(mode="after")
    def _within(self) -> Self:
        if self.min >= self.max:
            raise refuse(f"max ({self.max:g}) should be more than min ({self.min:g})")
        if self.initial is not None and not self.holds(self.initial):
            raise refuse(f"initial ({self.initial:g}) should be from {self.min:g} to {self.max:g}")
        return self

    def holds(self, value: float) -> bool:
        """Tell whether a value is within the limits."""
        return self.min <= value <= self.max

    def attributes(self) -> dict[str, Any]:
        limits = {"min": self.min, "max": self.max, "step": self.step}
        return {"initial": self.initial, **limits, "mode": self.mode}

    def info(self, key: str) -> EntityInfo:
        return replace(super().info(key), unit_of_measurement=self.unit_of_measurement)

    def live(self, house: House, key: str) -> Helper:
        return _Number(house, key, self)


class InputNumbers(Helpers[InputNumberOptions]):
    """Numbers within limits, by name."""


class SetValue(ServiceData):
    """Set a number; outside the limits it is refused."""

    value: Number


class InputNumber(Domain):
    """Numbers within limits."""

    name: ClassVar[str] = "input_number"
    services: ClassVar[dict[str, type[ServiceData]]] = {
        "set_value": SetValue,
        "increment": NoData,
        "decrement": NoData,
    }


class _Number(Helper):
    def __init__(self, house: House, key: str, options: InputNumberOptions) -> None:
        commands = {"set_value": self._set, "increment": self._increment, "decrement": self._decrement}
        super().__init__(house, options.info(key), commands)
        self._options = options
        self._become(self._first())

    def _first(self) -> float:
        options = self._options
        if options.initial is not None:
            return options.initial
        before = self.remembered()
        try:
            value = float(before.state) if before is not None else options.min
        except ValueError:
            return options.min
        return value if options.holds(value) else options.min

    def _become(self, value: float, call: ServiceCall | None = None) -> None:
        self._value = value
        # Fifteen digits hide what binary fractions add: 2.4 + 1.2 shows 3.6.
        self.show(f"{value:.15}", call=call)

    def _set(self, call: ServiceCall) -> None:
        fields: SetValue = call.fields
        options = self._options
        if not options.holds(fields.value):
            limits = f"{options.min:g} to {options.max:g}"
            raise ServiceRefused(f"{self.entity_id}: {fields.value:g} is not within {limits}")
        self._become(fields.value, call)

    def _increment(self, call: ServiceCall) -> None:
        self._become(min(self._value + self._options.step, self._options.max), call)

    def _decrement(self, call: ServiceCall) -> None:
        self._become(max(self._value - self._options.step, self._options.min), call)
