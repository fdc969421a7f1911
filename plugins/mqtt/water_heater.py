"""The mqtt water_heater: a boiler."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from hub.api import Bool, Command, House, OneOrMany, ServiceCall, ServiceRefused, TemplateField, Text
from plugins.mqtt.decoding import NONE
from plugins.mqtt.feed import Feed
from plugins.mqtt.live import Live
from plugins.mqtt.options import CommandOptions, Living, Payload
from plugins.mqtt.temperature import Precision, Scale, TemperatureUnit
from plugins.mqtt.topics import PublishTopic, SubscribeTopic

log = logging.getLogger(__name__)

_LOWEST, _HIGHEST = 43.3, 60.0


class WaterHeater(CommandOptions):
    """A boiler with modes of operation."""

    domain: ClassVar[str] = "water_heater"
    default_name: ClassVar[str | None] = "MQTT Water Heater"
    reserved: ClassVar[frozenset[str]] = frozenset(
        {"current_temperature", "max_temp", "min_temp", "operation_list", "operation_mode", "temperature"}
    )

    value_template: TemplateField | None = None
    optimistic: Bool = False
    mode_command_topic: PublishTopic | None = None
    mode_command_template: TemplateField | None = None
    mode_state_topic: SubscribeTopic | None = None
    mode_state_template: TemplateField | None = None
    modes: OneOrMany[Text] = (
        "eco", "electric", "gas", "heat_pump", "high_demand", "performance", "off",
    )  # fmt: skip
    temperature_command_topic: PublishTopic | None = None
    temperature_command_template: TemplateField | None = None
    temperature_state_topic: SubscribeTopic | None = None
    temperature_state_template: TemplateField | None = None
    current_temperature_topic: SubscribeTopic | None = None
    current_temperature_template: TemplateField | None = None
    temperature_unit: TemperatureUnit | None = None
    precision: Precision | None = None
    initial: float | None = None
    min_temp: float | None = None
    max_temp: float | None = None
    power_command_topic: PublishTopic | None = None
    power_command_template: TemplateField | None = None
    payload_on: Payload = "ON"
    payload_off: Payload = "OFF"

    def has(self, name: str) -> bool:
        return any(getattr(self, f"{name}_{kind}_topic") for kind in ("state", "command"))

    def assumes(self, name: str) -> bool:
        return self.optimistic or getattr(self, f"{name}_state_topic") is None

    def scale(self, house: House) -> Scale:
        return Scale.of(house, self.temperature_unit, self.precision)

    def limits(self, house: House) -> tuple[float, float]:
        """Return the lowest and highest target in the house's unit."""
        scale = self.scale(house)
        low = scale.shown(self.min_temp) if self.min_temp is not None else scale.from_celsius(_LOWEST)
        high = scale.shown(self.max_temp) if self.max_temp is not None else scale.from_celsius(_HIGHEST)
        return low, high

    def attributes(self, house: House) -> Mapping[str, Any]:
        low, high = self.limits(house)
        attributes: dict[str, Any] = {"min_temp": low, "max_temp": high}
        if self.has("mode"):
            attributes["operation_list"] = list(self.modes)
        return attributes

    def make(self, house: House, feed: Feed) -> Living:
        return LiveWaterHeater(house, feed, self)


class LiveWaterHeater(Live[WaterHeater]):
    def __init__(self, house: House, feed: Feed, options: WaterHeater) -> None:
        self._values: dict[str, Any] = {}
        super().__init__(house, feed, options)

    def restore(self) -> None:
        options = self.options
        if options.assumes("temperature"):
            initial = options.initial
            lowest = _LOWEST if options.scale(self.house).unit == "°C" else 110.0
            self._values["temperature"] = lowest if initial is None else initial
        if options.assumes("mode"):
            self._values["mode"] = "off"

    def wire(self) -> None:
        o = self.options
        common = o.value_template
        came = partial(self._number_came, "temperature")
        self.hear("temperature", o.temperature_state_topic, o.temperature_state_template or common, came)
        came = partial(self._number_came, "current_temperature")
        template = o.current_temperature_template or common
        self.hear("current_temperature", o.current_temperature_topic, template, came)
        self.hear("mode", o.mode_state_topic, o.mode_state_template or common, self._mode_came)

    def _number_came(self, name: str, text: str) -> None:
        if not text:
            return
        try:
            self._values[name] = None if text == NONE else float(text)
        except ValueError:
            log.error("%s: %.100r is no number for %s", self.name, text, name)
            return
        self.touch()

    def _mode_came(self, text: str) -> None:
        if not text.strip():
            return
        if text != NONE and text not in self.options.modes:
            log.warning("%s: %.100r is none of its modes", self.name, text)
            return
        self._values["mode"] = None if text == NONE else text
        self.touch()

    def current(self) -> tuple[str | None, Mapping[str, Any]]:
        degrees = self.options.scale(self.house).shown_or_none
        mode = self._values.get("mode")
        shown = {
            "current_temperature": degrees(self._values.get("current_temperature")),
            "temperature": degrees(self._values.get("temperature")),
            "target_temp_high": None,
            "target_temp_low": None,
        }
        return mode, {**shown, "operation_mode": mode} if self.options.has("mode") else shown

    def commands(self) -> Mapping[str, Command]:
        options = self.options
        commands: dict[str, Command] = {}
        if options.has("temperature"):
            commands["set_temperature"] = self._set_temperature
        if options.has("mode"):
            commands["set_operation_mode"] = lambda call: self._set_mode(call.fields.operation_mode, call)
        if options.power_command_topic is not None:
            commands["turn_on"] = lambda call: self._send("power", options.payload_on)
            commands["turn_off"] = lambda call: self._send("power", options.payload_off)
        return commands

    def _set_temperature(self, call: ServiceCall) -> None:
        wanted: float = call.fields.temperature
        low, high = self.options.limits(self.house)
        if not low <= wanted <= high:
            raise ServiceRefused(f"{self.name}: {wanted} is not from {low} to {high}")
        if call.fields.operation_mode is not None:
            self._set_mode(call.fields.operation_mode, call)
        told = self.options.scale(self.house).told(wanted)
        self._send("temperature", told)
        self._assume("temperature", told, call)

    def _set_mode(self, mode: str, call: ServiceCall) -> None:
        if mode not in self.options.modes:
            known = ", ".join(self.options.modes)
            raise ServiceRefused(f"{self.name} has no mode {mode!r}", remedy=f"There are: {known}.")
        self._send("mode", mode)
        self._assume("mode", mode, call)

    def _assume(self, name: str, value: Any, call: ServiceCall) -> None:
        if self.options.assumes(name):
            self._values[name] = value
            self.show_assumed(call)

    def _send(self, name: str, value: Any) -> None:
        topic = getattr(self.options, f"{name}_command_topic")
        if topic is not None:
            self.publish(topic, self.render(getattr(self.options, f"{name}_command_template"), value))


OPTIONS = WaterHeater
