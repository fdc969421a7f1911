"""The mqtt fan: speed, preset modes, direction, oscillation, each with its own topics."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from hub.api import Command, House, OneOrMany, ServiceCall, ServiceRefused, TemplateField, Text, refuse
from plugins.mqtt.decoding import NONE
from plugins.mqtt.feed import Feed
from plugins.mqtt.live import Live
from plugins.mqtt.options import Living, Payload, StatefulOptions
from plugins.mqtt.ranges import from_percent, to_percent
from plugins.mqtt.topics import PublishTopic, SubscribeTopic

log = logging.getLogger(__name__)


class Fan(StatefulOptions):
    """A fan; `speed_range_min` to `speed_range_max` are the device's steps of speed, without off."""

    domain: ClassVar[str] = "fan"
    default_name: ClassVar[str | None] = "MQTT Fan"
    reserved: ClassVar[frozenset[str]] = frozenset(
        {"direction", "oscillating", "percentage", "percentage_step", "preset_mode", "preset_modes"}
    )

    command_topic: PublishTopic
    command_template: TemplateField | None = None
    state_value_template: TemplateField | None = None
    payload_on: Payload = "ON"
    payload_off: Payload = "OFF"

    percentage_command_topic: PublishTopic | None = None
    percentage_command_template: TemplateField | None = None
    percentage_state_topic: SubscribeTopic | None = None
    percentage_value_template: TemplateField | None = None
    payload_reset_percentage: Payload = "None"
    speed_range_min: Annotated[int, Field(ge=1)] = 1
    speed_range_max: Annotated[int, Field(ge=1)] = 100

    preset_mode_command_topic: PublishTopic | None = None
    preset_mode_command_template: TemplateField | None = None
    preset_mode_state_topic: SubscribeTopic | None = None
    preset_mode_value_template: TemplateField | None = None
    preset_modes: OneOrMany[Text] = ()
    payload_reset_preset_mode: Payload = "None"

    oscillation_command_topic: PublishTopic | None = None
    oscillation_command_template: TemplateField | None = None
    oscillation_state_topic: SubscribeTopic | None = None
    oscillation_value_template: TemplateField | None = None
    payload_oscillation_on: Payload = "oscillate_on"
    payload_oscillation_off: Payload = "oscillate_off"

    direction_command_topic: PublishTopic | None = None
    direction_command_template: TemplateField | None = None
    direction_state_topic: SubscribeTopic | None = None
    direction_value_template: TemplateField | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Fan:
        if self.speed_range_min >= self.speed_range_max:
            raise refuse("speed_range_max should be more than speed_range_min")
        if bool(self.preset_modes) != bool(self.preset_mode_command_topic):
            raise refuse("preset_modes and preset_mode_command_topic go together")
        if self.payload_reset_preset_mode in self.preset_modes:
            raise refuse("preset_modes can't have payload_reset_preset_mode among them")
        return self

    def assumes(self, name: str) -> bool:
        return self.optimistic or getattr(self, f"{name}_state_topic") is None

    @property
    def has_presets(self) -> bool:
        return self.percentage_command_topic is not None or self.preset_mode_command_topic is not None

    @property
    def percentage_step(self) -> float:
        return 100 / self.steps

    @property
    def steps(self) -> int:
        """How many speeds the device has."""
        return min(self.speed_range_max - self.speed_range_min + 1, 100)

    def next_step(self, percent: int, direction: int) -> int:
        """Return the percentage of the speed above or below."""
        return to_percent(1, self.steps, math.ceil(from_percent(1, self.steps, percent)) + direction)

    def percent(self, text: str) -> int:
        """Return the percentage that the device's step is; raises `ValueError`."""
        percent = to_percent(self.speed_range_min, self.speed_range_max, int(text))
        if not 0 <= percent <= 100:
            raise ValueError(text)
        return percent

    def attributes(self, house: House) -> Mapping[str, Any]:
        return {"preset_modes": list(self.preset_modes)} if self.has_presets else {}

    def make(self, house: House, feed: Feed) -> Living:
        return LiveFan(house, feed, self)


class LiveFan(Live[Fan]):
    _state: str | None = None

    def __init__(self, house: House, feed: Feed, options: Fan) -> None:
        self._values: dict[str, Any] = {}
        super().__init__(house, feed, options)

    # --- what comes ----------------------------------------------------------------------------------

    def wire(self) -> None:
        o = self.options
        self._states = {o.payload_on: "on", o.payload_off: "off", NONE: None}
        self._swings = {o.payload_oscillation_on: True, o.payload_oscillation_off: False}
        self.hear("state", o.state_topic, o.state_value_template, self._state_came)
        self.hear("percentage", o.percentage_state_topic, o.percentage_value_template, self._percentage_came)
        self.hear("preset_mode", o.preset_mode_state_topic, o.preset_mode_value_template, self._preset_came)
        self.hear(
            "oscillation", o.oscillation_state_topic, o.oscillation_value_template, self._oscillation_came
        )
        self.hear("direction", o.direction_state_topic, o.direction_value_template, self._direction_came)

    def _state_came(self, text: str) -> None:
        if text in self._states:
            self._state = self._states[text]
            self.touch()

    def _percentage_came(self, text: str) -> None:
        if not text:
            return
        if text == self.options.payload_reset_percentage:
            self._set("percentage", None)
            return
        try:
            self._set("percentage", self.options.percent(text))
        except ValueError:
            log.warning("%s: %.100r is no step of its speed", self.name, text)

    def _preset_came(self, text: str) -> None:
        if text == self.options.payload_reset_preset_mode:
            self._set("preset_mode", None)
        elif text in self.options.preset_modes:
            self._set("preset_mode", text)
        elif text:
            log.warning("%s: %.100r is none of its preset_modes", self.name, text)

    def _oscillation_came(self, text: str) -> None:
        if text in self._swings:
            self._set("oscillation", self._swings[text])

    def _direction_came(self, text: str) -> None:
        if text:
            self._set("direction", text)

    def _set(self, name: str, value: Any) -> None:
        self._values[name] = value
        self.touch()

    def restore(self) -> None:
        if self.options.oscillation_state_topic is not None:
            self._values["oscillation"] = False

    def current(self) -> tuple[str | None, Mapping[str, Any]]:
        options, values = self.options, self._values
        shown: dict[str, Any] = {}
        if options.direction_command_topic is not None:
            shown["direction"] = values.get("direction")
        if options.oscillation_command_topic is not None:
            shown["oscillating"] = values.get("oscillation")
        if options.percentage_command_topic is not None:
            shown["percentage"] = values.get("percentage")
            shown["percentage_step"] = options.percentage_step
        if options.has_presets:
            shown["preset_mode"] = values.get("preset_mode")
        return self._state, shown

    # --- what is commanded ---------------------------------------------------------------------------

    def commands(self) -> Mapping[str, Command]:
        options = self.options
        commands: dict[str, Command] = {"turn_on": self._turn_on, "turn_off": self._turn_off}
        if options.percentage_command_topic is not None:
            commands["set_percentage"] = lambda call: self._set_percentage(call.fields.percentage, call)
            commands["increase_speed"] = lambda call: self._step(1, call)
            commands["decrease_speed"] = lambda call: self._step(-1, call)
        if options.preset_mode_command_topic is not None:
            commands["set_preset_mode"] = lambda call: self._set_preset(call.fields.preset_mode, call)
        if options.oscillation_command_topic is not None:
            commands["oscillate"] = self._oscillate
        if options.direction_command_topic is not None:
            commands["set_direction"] = self._set_direction
        return commands

    def _turn_on(self, call: ServiceCall) -> None:
        options = self.options
        preset = getattr(call.fields, "preset_mode", None)
        if preset:
            self._check_preset(preset)
        self.publish(options.command_topic, self.render(options.command_template, options.payload_on))
        percentage = getattr(call.fields, "percentage", None)
        if percentage and options.percentage_command_topic is not None:
            self._set_percentage(percentage, call)
        if preset and options.preset_mode_command_topic is not None:
            self._set_preset(preset, call)
        self._assume_state("on", call)

    def _turn_off(self, call: ServiceCall) -> None:
        options = self.options
        self.publish(options.command_topic, self.render(options.command_template, options.payload_off))
        self._assume_state("off", call)

    def _assume_state(self, state: str, call: ServiceCall) -> None:
        if self.options.assumed:
            self._state = state
            self.show_assumed(call)

    def _set_percentage(self, percentage: int, call: ServiceCall) -> None:
        options = self.options
        step = math.ceil(from_percent(options.speed_range_min, options.speed_range_max, percentage))
        self._order("percentage", step, percentage, call)

    def _step(self, direction: int, call: ServiceCall) -> None:
        now, step = self._values.get("percentage") or 0, call.fields.percentage_step
        wanted = self.options.next_step(now, direction) if step is None else round(now + direction * step)
        self._set_percentage(max(0, min(100, wanted)), call)

    def _set_preset(self, preset: str, call: ServiceCall) -> None:
        self._check_preset(preset)
        self._order("preset_mode", preset, preset, call)

    def _check_preset(self, preset: str) -> None:
        if preset not in self.options.preset_modes:
            known = ", ".join(self.options.preset_modes) or "none"
            raise ServiceRefused(f"{self.name} has no preset_mode {preset!r}", remedy=f"There are: {known}.")

    def _oscillate(self, call: ServiceCall) -> None:
        options, swinging = self.options, call.fields.oscillating
        payload = options.payload_oscillation_on if swinging else options.payload_oscillation_off
        self._order("oscillation", payload, swinging, call)

    def _set_direction(self, call: ServiceCall) -> None:
        self._order("direction", call.fields.direction, call.fields.direction, call)

    def _order(self, name: str, sent: Any, value: Any, call: ServiceCall) -> None:
        """Tell the device a value, and assume it if the device does not tell it back."""
        topic = getattr(self.options, f"{name}_command_topic")
        self.publish(topic, self.render(getattr(self.options, f"{name}_command_template"), sent))
        if self.options.assumes(name):
            self._values[name] = value
            self.show_assumed(call)


OPTIONS = Fan
