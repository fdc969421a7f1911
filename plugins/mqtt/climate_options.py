"""The options of an mqtt climate."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from hub.api import Bool, House, OneOrMany, TemplateField, Text, refuse
from plugins.mqtt.options import CommandOptions, Payload
from plugins.mqtt.temperature import Precision, Scale, TemperatureUnit
from plugins.mqtt.topics import PublishTopic, SubscribeTopic

log = logging.getLogger(__name__)

_LOWEST, _HIGHEST = 7.0, 35.0


class ClimateOptions(CommandOptions):
    """A thermostat or an air conditioner; each of its values has its own topics and templates."""

    domain: ClassVar[str] = "climate"
    default_name: ClassVar[str | None] = "MQTT HVAC"
    reserved: ClassVar[frozenset[str]] = frozenset({
        "current_humidity", "current_temperature", "fan_mode", "fan_modes", "humidity", "hvac_action",
        "hvac_modes", "max_humidity", "max_temp", "min_humidity", "min_temp", "preset_mode",
        "preset_modes", "swing_horizontal_mode", "swing_horizontal_modes", "swing_mode", "swing_modes",
        "target_temp_high", "target_temp_low", "target_temp_step", "temperature",
    })  # fmt: skip

    value_template: TemplateField | None = None
    optimistic: Bool = False

    mode_command_topic: PublishTopic | None = None
    mode_command_template: TemplateField | None = None
    mode_state_topic: SubscribeTopic | None = None
    mode_state_template: TemplateField | None = None
    modes: OneOrMany[Text] = ("auto", "off", "cool", "heat", "dry", "fan_only")

    temperature_command_topic: PublishTopic | None = None
    temperature_command_template: TemplateField | None = None
    temperature_state_topic: SubscribeTopic | None = None
    temperature_state_template: TemplateField | None = None
    temperature_high_command_topic: PublishTopic | None = None
    temperature_high_command_template: TemplateField | None = None
    temperature_high_state_topic: SubscribeTopic | None = None
    temperature_high_state_template: TemplateField | None = None
    temperature_low_command_topic: PublishTopic | None = None
    temperature_low_command_template: TemplateField | None = None
    temperature_low_state_topic: SubscribeTopic | None = None
    temperature_low_state_template: TemplateField | None = None
    current_temperature_topic: SubscribeTopic | None = None
    current_temperature_template: TemplateField | None = None
    temperature_unit: TemperatureUnit | None = None
    precision: Precision | None = None
    initial: float | None = None
    min_temp: float | None = None
    max_temp: float | None = None
    temp_step: float = 1.0

    current_humidity_topic: SubscribeTopic | None = None
    current_humidity_template: TemplateField | None = None
    target_humidity_command_topic: PublishTopic | None = None
    target_humidity_command_template: TemplateField | None = None
    target_humidity_state_topic: SubscribeTopic | None = None
    target_humidity_state_template: TemplateField | None = None
    min_humidity: Annotated[float, Field(ge=0)] = 30.0
    max_humidity: float = 99.0

    fan_mode_command_topic: PublishTopic | None = None
    fan_mode_command_template: TemplateField | None = None
    fan_mode_state_topic: SubscribeTopic | None = None
    fan_mode_state_template: TemplateField | None = None
    fan_modes: OneOrMany[Text] = ("auto", "low", "medium", "high")

    swing_mode_command_topic: PublishTopic | None = None
    swing_mode_command_template: TemplateField | None = None
    swing_mode_state_topic: SubscribeTopic | None = None
    swing_mode_state_template: TemplateField | None = None
    swing_modes: OneOrMany[Text] = ("on", "off")
    swing_horizontal_mode_command_topic: PublishTopic | None = None
    swing_horizontal_mode_command_template: TemplateField | None = None
    swing_horizontal_mode_state_topic: SubscribeTopic | None = None
    swing_horizontal_mode_state_template: TemplateField | None = None
    swing_horizontal_modes: OneOrMany[Text] = ("on", "off")

    preset_mode_command_topic: PublishTopic | None = None
    preset_mode_command_template: TemplateField | None = None
    preset_mode_state_topic: SubscribeTopic | None = None
    preset_mode_value_template: TemplateField | None = None
    preset_modes: OneOrMany[Text] = ()

    action_topic: SubscribeTopic | None = None
    action_template: TemplateField | None = None
    power_command_topic: PublishTopic | None = None
    power_command_template: TemplateField | None = None
    payload_on: Payload = "ON"
    payload_off: Payload = "OFF"

    @model_validator(mode="after")
    def _fits_together(self) -> ClimateOptions:
        if "none" in self.preset_modes:
            raise refuse("preset_modes can't have none among them", "It is always there.")
        if bool(self.preset_modes) != bool(self.preset_mode_command_topic):
            raise refuse("preset_modes and preset_mode_command_topic go together")
        if not self.min_humidity < self.max_humidity <= 100:
            raise refuse("max_humidity should be more than min_humidity and at most 100")
        if self.target_humidity_state_topic and not self.target_humidity_command_topic:
            raise refuse("target_humidity_state_topic goes with target_humidity_command_topic only")
        return self

    def has(self, name: str) -> bool:
        """Tell whether the device has this value: by a topic for its state or for commands."""
        return any(getattr(self, f"{name}_{kind}_topic", None) for kind in ("state", "command"))

    @property
    def has_range(self) -> bool:
        return self.has("temperature_high") or self.has("temperature_low")

    def assumed(self, name: str) -> bool:
        return self.optimistic or getattr(self, f"{name}_state_topic") is None

    def scale(self, house: House) -> Scale:
        return Scale.of(house, self.temperature_unit, self.precision)

    def limits(self, house: House) -> tuple[float, float]:
        """Return the lowest and highest target in the house's unit."""
        scale = self.scale(house)
        low = scale.shown(self.min_temp) if self.min_temp is not None else scale.from_celsius(_LOWEST)
        high = scale.shown(self.max_temp) if self.max_temp is not None else scale.from_celsius(_HIGHEST)
        return low, high

    def _features(self) -> int:
        """Return what else than its commands it can: any can be turned on and off."""
        return 384 | (1 if self.has("temperature") else 0) | (2 if self.has_range else 0)

    def attributes(self, house: House) -> Mapping[str, Any]:
        low, high = self.limits(house)
        attributes: dict[str, Any] = {
            "hvac_modes": list(self.modes),
            "min_temp": low,
            "max_temp": high,
            "target_temp_step": self.temp_step,
            "supported_features": self._features(),
        }
        if self.target_humidity_command_topic:
            attributes |= {"min_humidity": self.min_humidity, "max_humidity": self.max_humidity}
        for name in ("fan_mode", "swing_mode", "swing_horizontal_mode"):
            if self.has(name):
                attributes[f"{name}s"] = list(getattr(self, f"{name}s"))
        if self.preset_mode_command_topic:
            attributes["preset_modes"] = ["none", *self.preset_modes]
        return attributes
