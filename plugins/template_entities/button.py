"""Template buttons."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import ClassVar

from hub.api import ActionsField, Command, Remembered, ServiceCall, Text
from plugins.template_entities.live import GONE, Live
from plugins.template_entities.options import EntityOptions


class ButtonOptions(EntityOptions):
    """A button that runs actions; its state is when it was last pressed."""

    domain: ClassVar[str] = "button"
    rendered: ClassVar[tuple[str, ...]] = ()

    press: ActionsField
    device_class: Text | None = None


class LiveButton(Live[ButtonOptions]):
    default_name: ClassVar[str] = "Template Button"
    _pressed: str | None = None

    def commands(self) -> Mapping[str, Command]:
        script = self.script("press", self.options.press)

        def press(call: ServiceCall) -> Awaitable[None] | None:
            self._pressed = self.house.clock.now().isoformat()
            self.show(call.cause)
            return self.run(script, call.cause)

        return {"press": press}

    def restore(self, before: Remembered) -> None:
        if before.state not in GONE:
            self._pressed = before.state

    def state(self) -> str | None:
        return self._pressed
