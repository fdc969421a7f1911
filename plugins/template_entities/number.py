"""Template numbers."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Any, ClassVar

from hub.api import ActionsField, Command, House, ServiceCall, ServiceRefused, TemplateField, Text
from plugins.template_entities.live import Live, Results, as_float, number_text
from plugins.template_entities.options import OptimisticOptions


class NumberOptions(OptimisticOptions):
    """A number that templates give and actions set; `set_value` has what is wanted as `value`."""

    domain: ClassVar[str] = "number"
    rendered: ClassVar[tuple[str, ...]] = ("state", "step", "min", "max")

    set_value: ActionsField
    min: TemplateField | None = None
    max: TemplateField | None = None
    step: TemplateField | None = None
    device_class: Text | None = None
    unit_of_measurement: Text | None = None


class LiveNumber(Live[NumberOptions]):
    default_name: ClassVar[str] = "Template Number"
    gone_on_error: ClassVar[bool] = False

    def __init__(self, house: House, options: NumberOptions, unique_id: str | None) -> None:
        self._value: float | None = None
        self._limits: dict[str, float | None] = {"min": 0.0, "max": 100.0, "step": 1.0}
        super().__init__(house, options, unique_id)

    def commands(self) -> Mapping[str, Command]:
        script = self.script("set_value", self.options.set_value)

        def set_value(call: ServiceCall) -> Awaitable[None] | None:
            value: float = call.fields.value
            self._within(value)
            if self.options.assumed:
                self._value = value
                self.show(call.cause)
            return self.run(script, call.cause, {"value": value})

        return {"set_value": set_value}

    def _within(self, value: float) -> None:
        low, high = self._limits["min"], self._limits["max"]
        if (low is not None and value < low) or (high is not None and value > high):
            raise ServiceRefused(f"{self.entity_id}: {value:g} is not from {low} to {high}")

    def update(self, results: Results) -> None:
        if "state" in results:
            self._value = as_float(self.entity_id, "state", results["state"])
        for key in self._limits:
            if key in results:
                self._limits[key] = as_float(self.entity_id, key, results[key])

    def state(self) -> str | None:
        return None if self._value is None else number_text(self._value)

    def extra(self) -> Mapping[str, Any]:
        return {**self._limits, "mode": "auto"}
