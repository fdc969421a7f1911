"""input_button: a button that does nothing but tell when it was pressed, for rules to act on."""

from __future__ import annotations

from typing import ClassVar

from hub.api import Domain, House, NoData, ServiceCall, ServiceData
from plugins.helpers.living import Helper
from plugins.helpers.options import Helpers, Options


class InputButtonOptions(Options):
    """A button without a device; its state is when it was last pressed."""

    domain: ClassVar[str] = "input_button"

    def live(self, house: House, key: str) -> Helper:
        return _Button(house, key, self)


class InputButtons(Helpers[InputButtonOptions]):
    """Buttons without a device, by name."""


class InputButton(Domain):
    """Buttons without a device."""

    name: ClassVar[str] = "input_button"
    services: ClassVar[dict[str, type[ServiceData]]] = {"press": NoData}


class _Button(Helper):
    def __init__(self, house: House, key: str, options: InputButtonOptions) -> None:
        super().__init__(house, options.info(key), {"press": self._press})
        before = self.remembered()
        self.show(before.state if before is not None else None)

    def _press(self, call: ServiceCall) -> None:
        self.show(self.house.clock.now().isoformat(), call=call)
