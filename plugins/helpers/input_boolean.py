"""input_boolean: something that people turn on and off, and rules ask about."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from hub.api import Bool, Domain, House, NoData, ServiceCall, ServiceData
from plugins.helpers.living import Helper
from plugins.helpers.options import Helpers, Options


class InputBooleanOptions(Options):
    """A switch without a device. Without `initial` it is as it was before the start, at first off."""

    domain: ClassVar[str] = "input_boolean"

    initial: Bool | None = None

    def live(self, house: House, key: str) -> Helper:
        return _Boolean(house, key, self)


class InputBooleans(Helpers[InputBooleanOptions]):
    """Switches without a device, by name."""


class InputBoolean(Domain):
    """Switches without a device."""

    name: ClassVar[str] = "input_boolean"
    services: ClassVar[dict[str, type[ServiceData]]] = {
        "turn_on": NoData,
        "turn_off": NoData,
        "toggle": NoData,
    }


class _Boolean(Helper):
    def __init__(self, house: House, key: str, options: InputBooleanOptions) -> None:
        commands = {"turn_on": partial(self._turn, "on"), "turn_off": partial(self._turn, "off")}
        super().__init__(house, options.info(key), commands)
        self.show("on" if self._begins_on(options) else "off")

    def _begins_on(self, options: InputBooleanOptions) -> bool:
        if options.initial is not None:
            return options.initial
        before = self.remembered()
        return before is not None and before.state == "on"

    def _turn(self, state: str, call: ServiceCall) -> None:
        self.show(state, call=call)
