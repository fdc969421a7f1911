"""The mqtt number: a number within limits, by command."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from hub.api import Command, EntityInfo, House, ServiceCall, ServiceRefused, TemplateField, Text, refuse
from plugins.mqtt.classes import known_class
from plugins.mqtt.feed import Feed
from plugins.mqtt.live import Live
from plugins.mqtt.meaning import Ignored, Unusable, tell
from plugins.mqtt.options import Living, Payload, StatefulOptions
from plugins.mqtt.sensor import Unit
from plugins.mqtt.temperature import Scale
from plugins.mqtt.topics import PublishTopic


class Number(StatefulOptions):
    """A number between `min` and `max`."""

    domain: ClassVar[str] = "number"
    default_name: ClassVar[str | None] = "MQTT Number"
    reserved: ClassVar[frozenset[str]] = frozenset({"max", "min", "step"})

    command_topic: PublishTopic
    command_template: TemplateField | None = None
    value_template: TemplateField | None = None
    min: float = 0.0
    max: float = 100.0
    step: Annotated[float, Field(ge=0.001)] = 1.0
    mode: Literal["auto", "box", "slider"] = "auto"
    payload_reset: Payload = "None"
    device_class: Annotated[Text | None, known_class("number")] = None
    unit_of_measurement: Unit = None

    @model_validator(mode="after")
    def _limits(self) -> Number:
        if self.min > self.max:
            raise refuse("max should be at least min")
        return self

    def describe(self) -> Mapping[str, Any]:
        return {**super().describe(), "unit_of_measurement": self.unit_of_measurement}

    def info(self, house: House) -> EntityInfo:
        scale = self.scale(house)
        info = super().info(house)
        return info if scale is None else replace(info, unit_of_measurement=scale.house_unit)

    def scale(self, house: House) -> Scale | None:
        """Return how the device's temperatures are shown; None if they, or any other values, stay."""
        if self.device_class != "temperature" or self.unit_of_measurement not in ("°C", "°F"):
            return None
        scale = Scale.of(house, self.unit_of_measurement, None)
        return scale if scale.unit != scale.house_unit else None

    def limits(self, house: House) -> tuple[float, float]:
        """Return the lowest and highest value that people see."""
        scale = self.scale(house)
        if scale is None:
            return self.min, self.max
        return math.floor(scale.exactly(self.min) * 10) / 10, math.ceil(scale.exactly(self.max) * 10) / 10

    def attributes(self, house: House) -> Mapping[str, Any]:
        low, high = self.limits(house)
        return {"min": low, "max": high, "step": self.step, "mode": self.mode}

    def meaning(self) -> Callable[[str], int | float | None]:
        """Return what turns the texts of the state topic into numbers, None for unknown."""

        def value(text: str) -> int | float | None:
            if not text.strip():
                raise Ignored
            if text == self.payload_reset:
                return None
            try:
                found = int(text) if text.isnumeric() else float(text)
            except ValueError:
                raise Unusable(f"{text[:100]!r} is no number") from None
            if math.isnan(found) or not self.min <= found <= self.max:
                raise Unusable(f"{found} is not from {self.min} to {self.max}", level=logging.ERROR)
            return found

        return value

    def make(self, house: House, feed: Feed) -> Living:
        return LiveNumber(house, feed, self)


def _digits(value: float) -> int:
    """Return how many digits a value has after the point."""
    return len(str(value).partition(".")[2])


class LiveNumber(Live[Number]):
    _value: int | float | None = None

    def commands(self) -> Mapping[str, Command]:
        return {"set_value": self._set}

    def wire(self) -> None:
        self._meaning = self.options.meaning()
        self.hear("state_topic", self.options.state_topic, self.options.value_template, self._came)

    def restore(self) -> None:
        remembered = self.house.memory.recall(self.name) if self.options.assumed else None
        if remembered is None:
            return
        scale = self.options.scale(self.house)
        try:
            told = remembered.state if scale is None else str(scale.told(float(remembered.state)))
            self._value = self.options.meaning()(told)
        except (Ignored, ValueError):  # it was unknown, or the limits are others now
            return

    def current(self) -> tuple[str | None, Mapping[str, Any]]:
        if self._value is None:
            return None, {}
        scale = self.options.scale(self.house)
        if scale is None:
            return str(self._value), {}
        return str(round(scale.exactly(self._value), _digits(self._value))), {}

    def _came(self, text: str) -> None:
        try:
            self._value = self._meaning(text)
        except Ignored:
            return
        except Unusable as unusable:
            tell(self.name, unusable)
            return
        self.touch()

    def _set(self, call: ServiceCall) -> None:
        value: float = call.fields.value
        options = self.options
        low, high = options.limits(self.house)
        if not low <= value <= high:
            raise ServiceRefused(f"{self.name}: {value} is not from {low} to {high}")
        scale = options.scale(self.house)
        if scale is not None:
            value = min(max(scale.told(value), options.min), options.max)
        sent = int(value) if value.is_integer() else value
        self.publish(options.command_topic, self.render(options.command_template, sent))
        if options.assumed:
            self._value = sent
            self.show_assumed(call)


OPTIONS = Number
