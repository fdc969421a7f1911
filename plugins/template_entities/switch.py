"""Template switches."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from functools import partial
from typing import ClassVar

from hub.api import ActionsField, Command, Remembered, ServiceCall, is_true
from plugins.template_entities.live import GONE, Failed, Live, Results, then
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
        on = self.script("turn_on", self.options.turn_on)
        off = self.script("turn_off", self.options.turn_off)

        def turn(goal: bool, call: ServiceCall) -> Awaitable[None] | None:
            waiting = self.run(on if goal else off, call.cause)
            return then(waiting, partial(self._assume, goal, call))

        return {"turn_on": partial(turn, True), "turn_off": partial(turn, False)}

    def _assume(self, goal: bool, call: ServiceCall) -> None:
        if self.options.assumed:
            self._on = goal
            self.show(call.cause)

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
