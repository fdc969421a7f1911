"""The mqtt climate: a thermostat or an air conditioner."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from hub.api import Command, House, ServiceCall, ServiceRefused
from plugins.mqtt.climate_options import ClimateOptions
from plugins.mqtt.decoding import NONE
from plugins.mqtt.feed import Feed
from plugins.mqtt.live import Live
from plugins.mqtt.options import Living

log = logging.getLogger(__name__)

_ACTIONS = frozenset({"cooling", "defrosting", "drying", "fan", "heating", "idle", "off", "preheating"})
_INITIAL = 21.0


class Climate(ClimateOptions):
    """A thermostat or an air conditioner; each of its values has its own topics and templates."""

    def make(self, house: House, feed: Feed) -> Living:
        return LiveClimate(house, feed, self)


class LiveClimate(Live[Climate]):
    """Keeps each value as it was told, in the device's own unit."""

    def __init__(self, house: House, feed: Feed, options: Climate) -> None:
        self._values: dict[str, Any] = {}
        super().__init__(house, feed, options)

    def restore(self) -> None:
        options = self.options
        initial = options.initial
        if initial is None:
            initial = _INITIAL if options.scale(self.house).unit == "°C" else _INITIAL * 9 / 5 + 32
        assumed = {
            "temperature": initial,
            "temperature_low": initial,
            "temperature_high": initial,
            "fan_mode": "low",
            "swing_mode": "off",
            "swing_horizontal_mode": "off",
            "mode": "off",
        }
        self._values |= {name: value for name, value in assumed.items() if options.assumed(name)}
        self._values["preset_mode"] = "none"

    def wire(self) -> None:
        self._scale = self.options.scale(self.house)
        for name in ("temperature", "temperature_low", "temperature_high", "target_humidity"):
            self._hear_state(name, partial(self._number_came, name))
        for name in ("current_temperature", "current_humidity"):
            topic = getattr(self.options, f"{name}_topic")
            self.hear(name, topic, self._template(f"{name}_template"), partial(self._number_came, name))
        for name in ("mode", "fan_mode", "swing_mode", "swing_horizontal_mode"):
            self._hear_state(name, partial(self._mode_came, name))
        template = self._template("preset_mode_value_template")
        self.hear("preset_mode", self.options.preset_mode_state_topic, template, self._preset_came)
        self.hear("action", self.options.action_topic, self._template("action_template"), self._action_came)

    def _hear_state(self, name: str, handler: Callable[[str], None]) -> None:
        topic = getattr(self.options, f"{name}_state_topic")
        self.hear(name, topic, self._template(f"{name}_state_template"), handler)

    def _template(self, name: str) -> Any:
        return getattr(self.options, name) or self.options.value_template

    # --- what comes ----------------------------------------------------------------------------------

    def _number_came(self, name: str, text: str) -> None:
        if not text:
            return
        try:
            self._set(name, None if text == NONE else float(text))
        except ValueError:
            log.error("%s: %.100r is no number for %s", self.name, text, name)

    def _mode_came(self, name: str, text: str) -> None:
        if text == NONE:
            self._set(name, None)
        elif text in getattr(self.options, f"{name}s"):
            self._set(name, text)
        else:
            log.warning("%s: %.100r is none of its %ss", self.name, text, name)

    def _preset_came(self, text: str) -> None:
        if text in (NONE, "none"):
            self._set("preset_mode", "none")
        elif text in self.options.preset_modes:
            self._set("preset_mode", text)
        elif text:
            log.warning("%s: %.100r is none of its preset_modes", self.name, text)

    def _action_came(self, text: str) -> None:
        if text == NONE:
            self._set("action", None)
        elif text in _ACTIONS:
            self._set("action", text)
        elif text:
            log.warning("%s: %.100r is no action of a thermostat", self.name, text)

    def _set(self, name: str, value: Any) -> None:
        self._values[name] = value
        self.touch()

    def current(self) -> tuple[str | None, Mapping[str, Any]]:
        options, values = self.options, self._values
        degrees = options.scale(self.house).shown_or_none
        shown: dict[str, Any] = {"current_temperature": degrees(values.get("current_temperature"))}
        if options.has("temperature"):
            shown["temperature"] = degrees(values.get("temperature"))
        if options.has_range:
            shown["target_temp_high"] = degrees(values.get("temperature_high"))
            shown["target_temp_low"] = degrees(values.get("temperature_low"))
        if values.get("current_humidity") is not None:
            shown["current_humidity"] = values["current_humidity"]
        if options.target_humidity_command_topic:
            shown["humidity"] = values.get("target_humidity")
        for name in ("fan_mode", "swing_mode", "swing_horizontal_mode"):
            if options.has(name):
                shown[name] = values.get(name)
        if values.get("action") is not None:
            shown["hvac_action"] = values["action"]
        if options.preset_mode_command_topic:
            shown["preset_mode"] = values["preset_mode"]
        return values.get("mode"), shown

    # --- what is commanded ---------------------------------------------------------------------------

    def commands(self) -> Mapping[str, Command]:
        options = self.options
        commands: dict[str, Command] = {"set_hvac_mode": self._set_hvac_mode}
        if options.has("temperature") or options.has_range:
            commands["set_temperature"] = self._set_temperature
        if options.target_humidity_command_topic:
            commands["set_humidity"] = self._set_humidity
        for name in ("fan_mode", "swing_mode", "swing_horizontal_mode"):
            if options.has(name):
                commands[f"set_{name}"] = partial(self._set_mode, name)
        if options.preset_mode_command_topic:
            commands["set_preset_mode"] = self._set_preset_mode
        if self._mode_for_on() is not None or options.power_command_topic:
            commands["turn_on"] = self._turn_on
        if "off" in options.modes or options.power_command_topic:
            commands["turn_off"] = self._turn_off
        if "turn_on" in commands and "turn_off" in commands:
            commands["toggle"] = self._toggle
        return commands

    def _send(self, name: str, value: Any) -> None:
        topic = getattr(self.options, f"{name}_command_topic")
        if topic is not None:
            template = getattr(self.options, f"{name}_command_template")
            self.publish(topic, self.render(template, value))

    def _order(self, name: str, value: Any, call: ServiceCall) -> None:
        """Tell the device a value, and assume it if the device does not tell it back."""
        self._send(name, value)
        if self.options.assumed(name):
            self._values[name] = value
            self.show_assumed(call)

    def _set_temperature(self, call: ServiceCall) -> None:
        fields = call.fields
        low, high = self.options.limits(self.house)
        asked = {
            "temperature": fields.temperature,
            "temperature_low": fields.target_temp_low,
            "temperature_high": fields.target_temp_high,
        }
        given = {name: value for name, value in asked.items() if value is not None}
        for value in given.values():
            if not low <= value <= high:
                raise ServiceRefused(f"{self.name}: {value} is not from {low} to {high}")
        if (fields.target_temp_low or low) > (fields.target_temp_high or high):
            raise ServiceRefused(f"{self.name}: target_temp_low is above target_temp_high")
        if fields.hvac_mode is not None:
            self._order_mode(fields.hvac_mode, call)
        scale = self.options.scale(self.house)
        for name, value in given.items():
            self._order(name, scale.told(value), call)

    def _set_hvac_mode(self, call: ServiceCall) -> None:
        self._order_mode(call.fields.hvac_mode, call)

    def _order_mode(self, mode: str, call: ServiceCall) -> None:
        self._refuse_unknown("hvac_mode", mode, self.options.modes)
        self._order("mode", mode, call)

    def _set_mode(self, name: str, call: ServiceCall) -> None:
        mode = getattr(call.fields, name)
        self._refuse_unknown(name, mode, getattr(self.options, f"{name}s"))
        self._order(name, mode, call)

    def _set_preset_mode(self, call: ServiceCall) -> None:
        mode = call.fields.preset_mode
        self._refuse_unknown("preset_mode", mode, ("none", *self.options.preset_modes))
        self._order("preset_mode", mode, call)

    def _set_humidity(self, call: ServiceCall) -> None:
        humidity, options = call.fields.humidity, self.options
        if not options.min_humidity <= humidity <= options.max_humidity:
            raise ServiceRefused(
                f"{self.name}: {humidity} is not from {options.min_humidity} to {options.max_humidity}"
            )
        self._order("target_humidity", humidity, call)

    def _turn_on(self, call: ServiceCall) -> None:
        if self.options.power_command_topic:
            self._send("power", self.options.payload_on)
        elif (mode := self._mode_for_on()) is not None:
            self._order("mode", mode, call)

    def _turn_off(self, call: ServiceCall) -> None:
        if not self.options.power_command_topic:
            self._order("mode", "off", call)
            return
        self._send("power", self.options.payload_off)
        if self.options.optimistic:
            self._values["mode"] = "off"
            self.show_assumed(call)

    def _toggle(self, call: ServiceCall) -> None:
        if self._values.get("mode") == "off":
            self._turn_on(call)
        else:
            self._turn_off(call)

    def _mode_for_on(self) -> str | None:
        modes = self.options.modes
        if len(modes) == 2 and "off" in modes:
            return next((mode for mode in modes if mode != "off"), None)
        return next((mode for mode in ("heat_cool", "heat", "cool") if mode in modes), None)

    def _refuse_unknown(self, what: str, mode: str, known: tuple[str, ...]) -> None:
        if mode not in known:
            raise ServiceRefused(
                f"{self.name} has no {what} {mode!r}", remedy=f"There are: {', '.join(known)}."
            )


OPTIONS = Climate
