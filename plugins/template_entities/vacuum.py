"""Template vacuum cleaners."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from functools import partial
from typing import Any, ClassVar

from hub.api import ActionsField, Command, House, OneOrMany, Remembered, ServiceCall, TemplateField, Text
from plugins.template_entities.live import GONE, Failed, Live, Results
from plugins.template_entities.options import OptimisticOptions
from plugins.template_entities.values import within, word

_STATES = ("cleaning", "docked", "paused", "idle", "returning", "error")
_GOALS = {
    "start": "cleaning",
    "pause": "paused",
    "stop": "idle",
    "return_to_base": "returning",
    "clean_spot": "cleaning",
    "locate": None,
}


class VacuumOptions(OptimisticOptions):
    """A robot whose state a template gives; `set_fan_speed` has what is wanted as `fan_speed`."""

    domain: ClassVar[str] = "vacuum"
    rendered: ClassVar[tuple[str, ...]] = ("state", "fan_speed", "battery_level")

    start: ActionsField
    pause: ActionsField | None = None
    stop: ActionsField | None = None
    return_to_base: ActionsField | None = None
    clean_spot: ActionsField | None = None
    locate: ActionsField | None = None
    set_fan_speed: ActionsField | None = None
    fan_speeds: OneOrMany[Text] = ()
    fan_speed: TemplateField | None = None
    battery_level: TemplateField | None = None


class LiveVacuum(Live[VacuumOptions]):
    default_name: ClassVar[str] = "Template Vacuum"
    gone_on_error: ClassVar[bool] = False

    def __init__(self, house: House, options: VacuumOptions, unique_id: str | None) -> None:
        self._state: str | None = None
        self._speed: str | None = None
        self._battery: int | None = None
        super().__init__(house, options, unique_id)

    def fixed(self) -> Mapping[str, Any]:
        speeds = list(self.options.fan_speeds)
        return {"fan_speed_list": speeds} if self.options.set_fan_speed is not None else {}

    def commands(self) -> Mapping[str, Command]:
        commands: dict[str, Command] = {}
        for service, goal in _GOALS.items():
            script = self.script(service, getattr(self.options, service))
            if script is not None:
                commands[service] = partial(self._go, script, goal)
        script = self.script("set_fan_speed", self.options.set_fan_speed)
        if script is not None:
            commands["set_fan_speed"] = partial(self._at_speed, script)
        return commands

    def _go(self, script: Any, goal: str | None, call: ServiceCall) -> Awaitable[None] | None:
        if self.options.assumed and goal is not None:
            self._state = goal
            self.show(call.cause)
        return self.run(script, call.cause)

    def _at_speed(self, script: Any, call: ServiceCall) -> Awaitable[None] | None:
        speed = word(self.entity_id, "fan_speed", call.fields.fan_speed, self.options.fan_speeds)
        if speed is None:
            return None
        if self.options.fan_speed is None:
            self._speed = speed
            self.show(call.cause)
        return self.run(script, call.cause, {"fan_speed": speed})

    def restore(self, before: Remembered) -> None:
        if before.state in _STATES and before.state not in GONE and self.options.state is None:
            self._state = before.state

    def update(self, results: Results) -> None:
        if "state" in results:
            self._state = word(self.entity_id, "state", results["state"], _STATES)
        if "fan_speed" in results:
            told = results["fan_speed"]
            known = self.options.fan_speeds
            self._speed = None if isinstance(told, Failed) else word(self.entity_id, "fan_speed", told, known)
        if "battery_level" in results:
            self._battery = within(self.entity_id, "battery_level", results["battery_level"], 0, 100)

    def state(self) -> str | None:
        return self._state

    def extra(self) -> Mapping[str, Any]:
        shown: dict[str, Any] = {}
        if self.options.battery_level is not None:
            shown["battery_level"] = self._battery
        if self.options.set_fan_speed is not None or self.options.fan_speed is not None:
            shown["fan_speed"] = self._speed
        return shown
