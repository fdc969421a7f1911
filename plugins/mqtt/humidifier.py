"""The mqtt humidifier: humidifiers and dehumidifiers."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from hub.api import Command, House, OneOrMany, ServiceCall, ServiceRefused, TemplateField, Text, refuse
from plugins.mqtt.classes import known_class
from plugins.mqtt.decoding import NONE
from plugins.mqtt.feed import Feed
from plugins.mqtt.live import Live
from plugins.mqtt.options import Living, Payload, StatefulOptions
from plugins.mqtt.topics import PublishTopic, SubscribeTopic

log = logging.getLogger(__name__)

_ACTIONS = frozenset({"drying", "humidifying", "idle", "off"})
Share = Annotated[float, Field(ge=0, le=100)]


class Humidifier(StatefulOptions):
    """A humidifier or a dehumidifier."""

    domain: ClassVar[str] = "humidifier"
    default_name: ClassVar[str | None] = "MQTT Humidifier"
    reserved: ClassVar[frozenset[str]] = frozenset(
        {"action", "available_modes", "current_humidity", "humidity", "max_humidity", "min_humidity", "mode"}
    )

    command_topic: PublishTopic
    command_template: TemplateField | None = None
    state_value_template: TemplateField | None = None
    payload_on: Payload = "ON"
    payload_off: Payload = "OFF"
    device_class: Annotated[Text | None, known_class("humidifier")] = "humidifier"
    action_topic: SubscribeTopic | None = None
    action_template: TemplateField | None = None

    current_humidity_topic: SubscribeTopic | None = None
    current_humidity_template: TemplateField | None = None
    target_humidity_command_topic: PublishTopic
    target_humidity_command_template: TemplateField | None = None
    target_humidity_state_topic: SubscribeTopic | None = None
    target_humidity_state_template: TemplateField | None = None
    payload_reset_humidity: Payload = "None"
    min_humidity: Share = 0.0
    max_humidity: Share = 100.0

    mode_command_topic: PublishTopic | None = None
    mode_command_template: TemplateField | None = None
    mode_state_topic: SubscribeTopic | None = None
    mode_state_template: TemplateField | None = None
    modes: OneOrMany[Text] = ()
    payload_reset_mode: Payload = "None"

    @model_validator(mode="after")
    def _fits_together(self) -> Humidifier:
        if self.min_humidity >= self.max_humidity:
            raise refuse("max_humidity should be more than min_humidity")
        if bool(self.modes) != bool(self.mode_command_topic):
            raise refuse("modes and mode_command_topic go together")
        if self.payload_reset_mode in self.modes:
            raise refuse("modes can't have payload_reset_mode among them")
        return self

    def assumes(self, name: str) -> bool:
        return self.optimistic or getattr(self, f"{name}_state_topic") is None

    def attributes(self, house: House) -> Mapping[str, Any]:
        attributes: dict[str, Any] = {"min_humidity": self.min_humidity, "max_humidity": self.max_humidity}
        if self.modes:
            attributes["available_modes"] = list(self.modes)
        return attributes

    def make(self, house: House, feed: Feed) -> Living:
        return LiveHumidifier(house, feed, self)


class LiveHumidifier(Live[Humidifier]):
    _state: str | None = None

    def __init__(self, house: House, feed: Feed, options: Humidifier) -> None:
        self._values: dict[str, Any] = {}
        super().__init__(house, feed, options)

    def wire(self) -> None:
        o = self.options
        self._states = {o.payload_on: "on", o.payload_off: "off", NONE: None}
        self.hear("state", o.state_topic, o.state_value_template, self._state_came)
        self.hear("action", o.action_topic, o.action_template, self._action_came)
        self.hear("current", o.current_humidity_topic, o.current_humidity_template, self._current_came)
        template = o.target_humidity_state_template
        self.hear("target", o.target_humidity_state_topic, template, self._target_came)
        self.hear("mode", o.mode_state_topic, o.mode_state_template, self._mode_came)

    def _state_came(self, text: str) -> None:
        if text in self._states:
            self._state = self._states[text]
            self.touch()

    def _action_came(self, text: str) -> None:
        if text in _ACTIONS:
            self._set("action", text)
        elif text and text != NONE:
            log.error("%s: %.100r is no action of a humidifier", self.name, text)

    def _current_came(self, text: str) -> None:
        self._humidity_came("current_humidity", text, 0, 100)

    def _target_came(self, text: str) -> None:
        self._humidity_came("humidity", text, self.options.min_humidity, self.options.max_humidity)

    def _humidity_came(self, name: str, text: str, low: float, high: float) -> None:
        if text == self.options.payload_reset_humidity:
            self._set(name, None)
            return
        if not text:
            return
        try:
            humidity = round(float(text))
        except (ValueError, OverflowError):
            log.warning("%s: %.100r is no humidity", self.name, text)
            return
        if not low <= humidity <= high:
            log.warning("%s: the humidity %s is not from %s to %s", self.name, humidity, low, high)
            return
        self._set(name, humidity)

    def _mode_came(self, text: str) -> None:
        if text == self.options.payload_reset_mode:
            self._set("mode", None)
        elif text in self.options.modes:
            self._set("mode", text)
        elif text:
            log.warning("%s: %.100r is none of its modes", self.name, text)

    def _set(self, name: str, value: Any) -> None:
        self._values[name] = value
        self.touch()

    def current(self) -> tuple[str | None, Mapping[str, Any]]:
        values = self._values
        shown = {
            name: values[name] for name in ("current_humidity", "humidity") if values.get(name) is not None
        }
        if values.get("action") is not None:
            shown["action"] = values["action"] if self._state == "on" else "off"
        if self.options.modes:
            shown["mode"] = values.get("mode")
        return self._state, shown

    def commands(self) -> Mapping[str, Command]:
        commands: dict[str, Command] = {
            "turn_on": lambda call: self._turn("on", self.options.payload_on, call),
            "turn_off": lambda call: self._turn("off", self.options.payload_off, call),
            "set_humidity": self._set_humidity,
        }
        if self.options.modes:
            commands["set_mode"] = self._set_mode
        return commands

    def _turn(self, state: str, payload: str, call: ServiceCall) -> None:
        self.publish(self.options.command_topic, self.render(self.options.command_template, payload))
        if self.options.assumed:
            self._state = state
            self.show_assumed(call)

    def _set_humidity(self, call: ServiceCall) -> None:
        options, humidity = self.options, call.fields.humidity
        if not options.min_humidity <= humidity <= options.max_humidity:
            limits = f"{options.min_humidity} to {options.max_humidity}"
            raise ServiceRefused(f"{self.name}: {humidity} is not from {limits}")
        payload = self.render(options.target_humidity_command_template, humidity)
        self.publish(options.target_humidity_command_topic, payload)
        if options.assumes("target_humidity"):
            self._values["humidity"] = humidity
            self.show_assumed(call)

    def _set_mode(self, call: ServiceCall) -> None:
        options, mode = self.options, call.fields.mode
        if mode not in options.modes or options.mode_command_topic is None:
            known = ", ".join(options.modes)
            raise ServiceRefused(f"{self.name} has no mode {mode!r}", remedy=f"There are: {known}.")
        self.publish(options.mode_command_topic, self.render(options.mode_command_template, mode))
        if options.assumes("mode"):
            self._values["mode"] = mode
            self.show_assumed(call)


OPTIONS = Humidifier
