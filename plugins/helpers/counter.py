"""counter: a whole number that rules count up and down."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from hub.api import Bool, Domain, House, NoData, ServiceCall, ServiceData, ServiceRefused
from plugins.helpers.fields import Whole
from plugins.helpers.living import Helper
from plugins.helpers.options import Helpers, Options

_NotNegative = Annotated[Whole, Field(ge=0)]


class CounterOptions(Options):
    """A whole number, from `minimum` to `maximum` if these are given.

    It is as it was before the start; with `restore: false`, and at first, it is `initial`.
    """

    domain: ClassVar[str] = "counter"

    initial: _NotNegative = 0
    step: _NotNegative = 1
    minimum: Whole | None = None
    maximum: Whole | None = None
    restore: Bool = True

    def within(self, value: int) -> int:
        """Bring a value into the limits."""
        if self.minimum is not None:
            value = max(self.minimum, value)
        if self.maximum is not None:
            value = min(self.maximum, value)
        return value

    def attributes(self) -> dict[str, Any]:
        limits = {"minimum": self.minimum, "maximum": self.maximum}
        given = {name: limit for name, limit in limits.items() if limit is not None}
        return {"initial": self.initial, "step": self.step, **given}

    def live(self, house: House, key: str) -> Helper:
        return _Counter(house, key, self)


class Counters(Helpers[CounterOptions]):
    """Counters, by name."""


class SetValue(ServiceData):
    """Set a counter to a multiple of its step; outside the limits it is refused."""

    value: _NotNegative


class Counter(Domain):
    """Counters."""

    name: ClassVar[str] = "counter"
    services: ClassVar[dict[str, type[ServiceData]]] = {
        "increment": NoData,
        "decrement": NoData,
        "reset": NoData,
        "set_value": SetValue,
    }


class _Counter(Helper):
    def __init__(self, house: House, key: str, options: CounterOptions) -> None:
        commands = {
            "increment": lambda call: self._count(self._value + options.step, call),
            "decrement": lambda call: self._count(self._value - options.step, call),
            "reset": lambda call: self._count(options.initial, call),
            "set_value": self._set,
        }
        super().__init__(house, options.info(key), commands)
        self._options = options
        self._become(self._first())

    def _first(self) -> int:
        options = self._options
        before = self.remembered() if options.restore else None
        try:
            return options.within(int(before.state)) if before is not None else options.initial
        except ValueError:
            return options.initial

    def _count(self, value: int, call: ServiceCall) -> None:
        self._become(self._options.within(value), call)

    def _become(self, value: int, call: ServiceCall | None = None) -> None:
        self._value = value
        self.show(str(value), call=call)

    def _set(self, call: ServiceCall) -> None:
        fields: SetValue = call.fields
        value, options = fields.value, self._options
        if value != options.within(value):
            limits = f"minimum {options.minimum}, maximum {options.maximum}"
            raise ServiceRefused(f"{self.entity_id}: {value} is outside its limits ({limits})")
        if options.step and value % options.step:
            raise ServiceRefused(f"{self.entity_id}: {value} is no multiple of its step {options.step}")
        self._become(value, call)
