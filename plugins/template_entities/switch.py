"""Template switches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from hub.api import ActionsField, Cause, Command, Remembered, is_true
from plugins.template_entities.live import GONE, Failed, Live, Results
from plugins.template_entities.options import OptimisticOptions


class SwitchOptions(OptimisticOptions):
    """A switch whose state a template gives, and that actions turn on and off."""

    domain: ClassVar[str] = "switch"

    turn_on: ActionsField | None = None
    turn_off: ActionsField | None = None


class LiveSwitch(Live[SwitchOptions]):
    default_name: ClassVar[str] = "Template Switch"
    _on: bool | None = None

    def commands(self) -> Mapping[str, Command]:
        return {goal: self._turning(goal) for goal in ("turn_on", "turn_off")}

    def _turning(self, service: str) -> Command:
        def assume(_: Mapping[str, Any], cause: Cause) -> None:
            if self.options.assumed:
                self._on = service == "turn_on"
                self.show(cause)

        actions = getattr(self.options, service)
        script = self.script(service, actions if actions is not None else (), assume)
        return lambda call: self.run(script, call.cause)

    def restore(self, before: Remembered) -> None:
        if before.state in GONE or not (self.triggered or self.options.state is None):
            return
        self._on = before.state == "on"
        self.restore_looks(before)

    def update(self, results: Results) -> None:
        if "state" not in results:
            return
        result = results["state"]
        if isinstance(result, Failed):
            self._on = None
        elif self.triggered:
            self._on = is_true(result) if result is not None else self._on
        elif isinstance(result, str):
            self._on = result.lower() in ("true", "on")
        else:
            self._on = result is True

    def state(self) -> str | None:
        return None if self._on is None else "on" if self._on else "off"
