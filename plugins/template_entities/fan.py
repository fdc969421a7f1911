"""Template fans."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from functools import partial
from typing import Any, ClassVar

from hub.api import (
    ActionSequence,
    ActionsField,
    Cause,
    Command,
    House,
    OneOrMany,
    ServiceCall,
    ServiceRefused,
    TemplateField,
    Text,
)
from plugins.template_entities.live import Failed, Live, Results
from plugins.template_entities.options import OptimisticOptions
from plugins.template_entities.values import truth, within, word

# The service, what it sets, and the actions that do it.
_SETTERS = (
    ("set_percentage", "percentage", "set_percentage"),
    ("set_preset_mode", "preset_mode", "set_preset_mode"),
    ("oscillate", "oscillating", "set_oscillating"),
    ("set_direction", "direction", "set_direction"),
)


class FanOptions(OptimisticOptions):
    """A fan whose state, speed and modes templates give, and that actions set."""

    domain: ClassVar[str] = "fan"
    rendered: ClassVar[tuple[str, ...]] = ("state", "percentage", "preset_mode", "oscillating", "direction")

    turn_on: ActionsField
    turn_off: ActionsField
    percentage: TemplateField | None = None
    set_percentage: ActionsField | None = None
    preset_mode: TemplateField | None = None
    preset_modes: OneOrMany[Text] = ()
    set_preset_mode: ActionsField | None = None
    oscillating: TemplateField | None = None
    set_oscillating: ActionsField | None = None
    direction: TemplateField | None = None
    set_direction: ActionsField | None = None
    speed_count: int | None = None


class LiveFan(Live[FanOptions]):
    default_name: ClassVar[str] = "Template Fan"

    def __init__(self, house: House, options: FanOptions, unique_id: str | None) -> None:
        self._on: bool | None = False
        self._modes: dict[str, Any] = {}
        self._setters: dict[str, ActionSequence] = {}
        super().__init__(house, options, unique_id)

    def fixed(self) -> Mapping[str, Any]:
        shown: dict[str, Any] = {}
        if self.options.set_percentage is not None:
            shown["percentage_step"] = 100 / (self.options.speed_count or 100)
        if self.options.preset_modes:
            shown["preset_modes"] = list(self.options.preset_modes)
        return shown

    def update(self, results: Results) -> None:
        name = self.entity_id
        for key, value in results.items():
            if key == "state":
                self._on = None if isinstance(value, Failed) else truth(value) is True
            elif key == "percentage":
                self._modes[key] = within(name, key, value, 0, 100)
            elif key == "preset_mode":
                text = None if isinstance(value, Failed) or value is None else str(value)
                self._modes[key] = text if text in self.options.preset_modes else None
            elif key == "oscillating":
                self._modes[key] = None if isinstance(value, Failed) else truth(value)
            elif key == "direction":
                self._modes[key] = word(name, key, value, ("forward", "reverse"))

    def state(self) -> str | None:
        return None if self._on is None else "on" if self._on else "off"

    def extra(self) -> Mapping[str, Any]:
        return self._modes

    # --- commands ---

    def commands(self) -> Mapping[str, Command]:
        on = self.script("turn_on", self.options.turn_on, self._went_on)
        off = self.script("turn_off", self.options.turn_off, lambda _, cause: self._assume(False, cause))

        def turn_on(call: ServiceCall) -> Awaitable[None] | None:
            told = {"percentage": call.fields.percentage, "preset_mode": call.fields.preset_mode}
            return self.run(on, call.cause, told)

        commands: dict[str, Command] = {
            "turn_on": turn_on, "turn_off": lambda call: self.run(off, call.cause),
        }  # fmt: skip
        for service, key, field in _SETTERS:
            script = self.script(field, getattr(self.options, field), partial(self._assume_mode, key))
            if script is not None:
                self._setters[key] = script
                commands[service] = partial(self._asked, key)
        return commands

    def _went_on(self, told: Mapping[str, Any], cause: Cause) -> Awaitable[None] | None:
        """Set what was asked for when it was turned on."""
        for key in ("preset_mode", "percentage"):
            if told[key] is not None:
                if key in self._setters:
                    return self._set(key, told[key], cause)
                break
        self._assume(True, cause)
        return None

    def _asked(self, key: str, call: ServiceCall) -> Awaitable[None] | None:
        return self._set(key, getattr(call.fields, key), call.cause)

    def _set(self, key: str, value: Any, cause: Cause | None) -> Awaitable[None] | None:
        if key == "preset_mode" and value not in self.options.preset_modes:
            raise ServiceRefused(f"{self.entity_id} has no preset {value!r}")
        return self.run(self._setters[key], cause, {key: value})

    def _assume_mode(self, key: str, told: Mapping[str, Any], cause: Cause) -> None:
        value = told[key]
        if getattr(self.options, key) is None:
            self._modes = {**self._modes, key: value}
        if key in ("percentage", "preset_mode"):
            self._assume(value != 0, cause)
        else:
            self.show(cause)

    def _assume(self, on: bool, cause: Cause) -> None:
        if self.options.assumed:
            self._on = on
        self.show(cause)
