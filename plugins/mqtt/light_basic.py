"""The mqtt light with topics for each of its values (`schema: basic`)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from hub.api import House, TemplateField, colors, refuse
from plugins.mqtt.decoding import NONE
from plugins.mqtt.feed import Feed
from plugins.mqtt.light import LightOptions, LiveLight, Positive, in_lower_case
from plugins.mqtt.options import Living, Payload
from plugins.mqtt.shining import COLORFUL, MODES, Ability, modes_problem
from plugins.mqtt.topics import PublishTopic, SubscribeTopic
from plugins.mqtt.wishes import Wish

log = logging.getLogger(__name__)

_PARTS = {
    "hs": ("hue", "sat"),
    "xy": ("x", "y"),
    "rgb": ("red", "green", "blue"),
    "rgbw": ("red", "green", "blue", "white"),
    "rgbww": ("red", "green", "blue", "cold_white", "warm_white"),
}


class BasicLight(LightOptions):
    """A light whose brightness, colours, colour temperature, effect and white have topics of their own."""

    default_name: ClassVar[str | None] = "MQTT LightEntity"

    schema_: Annotated[Literal["basic"], BeforeValidator(in_lower_case)] = Field("basic", alias="schema")
    on_command_type: Literal["last", "first", "brightness"] = "last"
    payload_on: Payload = "ON"
    payload_off: Payload = "OFF"
    state_value_template: TemplateField | None = None

    brightness_command_topic: PublishTopic | None = None
    brightness_command_template: TemplateField | None = None
    brightness_state_topic: SubscribeTopic | None = None
    brightness_value_template: TemplateField | None = None
    brightness_scale: Positive = 255

    color_mode_state_topic: SubscribeTopic | None = None
    color_mode_value_template: TemplateField | None = None
    color_temp_command_topic: PublishTopic | None = None
    color_temp_command_template: TemplateField | None = None
    color_temp_state_topic: SubscribeTopic | None = None
    color_temp_value_template: TemplateField | None = None

    effect_command_topic: PublishTopic | None = None
    effect_command_template: TemplateField | None = None
    effect_state_topic: SubscribeTopic | None = None
    effect_value_template: TemplateField | None = None

    hs_command_topic: PublishTopic | None = None
    hs_command_template: TemplateField | None = None
    hs_state_topic: SubscribeTopic | None = None
    hs_value_template: TemplateField | None = None
    rgb_command_topic: PublishTopic | None = None
    rgb_command_template: TemplateField | None = None
    rgb_state_topic: SubscribeTopic | None = None
    rgb_value_template: TemplateField | None = None
    rgbw_command_topic: PublishTopic | None = None
    rgbw_command_template: TemplateField | None = None
    rgbw_state_topic: SubscribeTopic | None = None
    rgbw_value_template: TemplateField | None = None
    rgbww_command_topic: PublishTopic | None = None
    rgbww_command_template: TemplateField | None = None
    rgbww_state_topic: SubscribeTopic | None = None
    rgbww_value_template: TemplateField | None = None
    xy_command_topic: PublishTopic | None = None
    xy_command_template: TemplateField | None = None
    xy_state_topic: SubscribeTopic | None = None
    xy_value_template: TemplateField | None = None

    white_command_topic: PublishTopic | None = None
    white_scale: Positive = 255

    @model_validator(mode="after")
    def _modes_go_together(self) -> BasicLight:
        problem = modes_problem(self.ability().modes)
        if problem:
            raise refuse(f"its command topics can't go together: {problem}")
        return self

    def ability(self) -> Ability:
        modes = {
            mode for mode in ("color_temp", *COLORFUL, "white") if getattr(self, f"{mode}_command_topic")
        }
        if not modes:
            modes = {"brightness" if self.brightness_command_topic else "onoff"}
        effect = self.effect_command_topic is not None
        return Ability(frozenset(modes), self.warm, self.cold, effects=self.effect_list, effect=effect)

    def assumes(self, name: str) -> bool:
        """Tell whether the device does not tell this value itself."""
        if self.optimistic:
            return True
        if name == "brightness":
            told = self.brightness_state_topic if self.brightness_command_topic else self.rgb_state_topic
            return told is None
        return getattr(self, f"{name}_state_topic") is None

    def make(self, house: House, feed: Feed) -> Living:
        return LiveBasicLight(house, feed, self)


class LiveBasicLight(LiveLight[BasicLight]):
    # --- what comes ----------------------------------------------------------------------------------

    def wire(self) -> None:
        o = self.options
        self._ability = o.ability()
        self._states = {o.payload_on: True, o.payload_off: False, NONE: None}
        self.hear("state", o.state_topic, o.state_value_template, self._state_came)
        handlers: dict[str, Callable[[str], None]] = {
            "brightness": self._brightness_came,
            "color_mode": self._mode_came,
            "color_temp": self._temperature_came,
            "effect": self._effect_came,
            **{mode: partial(self._color_came, mode) for mode in COLORFUL},
        }
        for name, handler in handlers.items():
            topic, template = getattr(o, f"{name}_state_topic"), getattr(o, f"{name}_value_template")
            self.hear(name, topic, template, partial(self._value_came, name, handler))

    def _state_came(self, text: str) -> None:
        if text in self._states:
            self.shine.on = self._states[text]
            self.touch()

    def _value_came(self, name: str, handler: Callable[[str], None], text: str) -> None:
        if not text:
            return
        try:
            handler(text)
        except (ValueError, ZeroDivisionError, OverflowError):
            log.warning("%s: %.100r can't be its %s", self.name, text, name)
            return
        self.touch()

    def _brightness_came(self, text: str) -> None:
        told = float(text)
        if told:
            self.shine.brightness = min(round(told / self.options.brightness_scale * 255), 255)

    def _mode_came(self, text: str) -> None:
        if text not in MODES:
            raise ValueError(text)
        self.shine.mode = text

    def _temperature_came(self, text: str) -> None:
        self.shine.colors["color_temp"] = self.options.kelvin_told(int(text))
        self._mode_follows("color_temp")

    def _effect_came(self, text: str) -> None:
        self.shine.effect = text

    def _color_came(self, mode: str, text: str) -> None:
        number = float if mode in ("hs", "xy") else int
        color = tuple(number(part) for part in text.split(","))
        if len(color) != len(_PARTS[mode]):
            raise ValueError(text)
        if mode.startswith("rgb") and self.options.brightness_state_topic is None:
            color = self._dimmed_by_color(mode, color)
            if not any(color):
                return
        self.shine.colors[mode] = color
        self._mode_follows(mode)

    def _dimmed_by_color(self, mode: str, color: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the colour at full brightness; how bright it came is the light's brightness."""
        rgb = color[:3]
        if mode == "rgbw":
            rgb = colors.rgbw_to_rgb(*color)
        elif mode == "rgbww":
            rgb = colors.rgbww_to_rgb(color, self.options.warm, self.options.cold)
        brightness = max(rgb)
        if not brightness:
            return (0,) * len(color)
        self.shine.brightness = brightness
        return tuple(min(round(part / brightness * 255), 255) for part in color)

    def _mode_follows(self, mode: str) -> None:
        if self.options.assumes("color_mode"):
            self.shine.mode = mode

    # --- what is commanded ---------------------------------------------------------------------------

    def send_on(self, wish: Wish) -> None:
        options = self.options
        if options.on_command_type == "first":
            self.publish(options.command_topic, options.payload_on)
        elif options.on_command_type == "brightness" and wish.brightness is None and wish.white is None:
            wish.brightness = self.shine.brightness or 255
        if wish.mode in _PARTS:
            self._send_color(wish)
        if wish.brightness is not None:
            self._send_brightness(wish)
        if wish.mode == "color_temp":
            self._send_value("color_temp", options.temperature_for_device(wish.color))
            self._assume_color("color_temp", wish.color)
        if wish.effect is not None:
            self._send_effect(wish.effect)
        if wish.white is not None:
            self._send_white(wish.white)
        if options.on_command_type == "last":
            self.publish(options.command_topic, options.payload_on)

    def send_off(self, transition: float | None, flash: str | None) -> None:
        self.publish(self.options.command_topic, self.options.payload_off)

    def _send_color(self, wish: Wish) -> None:
        assert wish.mode is not None
        color = wish.color
        if wish.mode.startswith("rgb"):
            level = 255
            if self.options.brightness_command_topic is None:
                level = wish.brightness or self.shine.brightness or 255
            color = _dimmed(color, level)
        self._send_parts(wish.mode, color)
        self._assume_color(wish.mode, wish.color)

    def _send_brightness(self, wish: Wish) -> None:
        options, brightness = self.options, wish.brightness
        assert brightness is not None
        if options.brightness_command_topic is not None:
            level = min(round(brightness / 255 * options.brightness_scale), options.brightness_scale)
            self._send_value("brightness", max(level, 1))
        else:
            mode = next((m for m in ("rgb", "rgbw", "rgbww") if getattr(options, f"{m}_command_topic")), None)
            if mode is None or mode == wish.mode:
                return
            full = self.shine.colors.get(mode) or (255,) * len(_PARTS[mode])
            self._send_parts(mode, _dimmed(full, brightness))
        if options.assumes("brightness"):
            self.shine.brightness = brightness

    def _send_effect(self, effect: str) -> None:
        if effect not in (self.options.effect_list or ()):
            log.warning("%s has no effect %r", self.name, effect)
            return
        self._send_value("effect", effect)
        if self.options.assumes("effect"):
            self.shine.effect = effect

    def _send_white(self, white: int) -> None:
        options = self.options
        assert options.white_command_topic is not None
        level = min(round(white / 255 * options.white_scale), options.white_scale)
        self.publish(options.white_command_topic, str(level))
        if options.assumes("brightness"):
            self.shine.brightness = white
            self._mode_follows("white")

    def _send_parts(self, mode: str, color: tuple[Any, ...]) -> None:
        text = ",".join(str(part) for part in color)
        self._send_value(mode, text, **dict(zip(_PARTS[mode], color, strict=True)))

    def _send_value(self, name: str, value: Any, **variables: Any) -> None:
        topic = getattr(self.options, f"{name}_command_topic")
        template = getattr(self.options, f"{name}_command_template")
        self.publish(topic, self.render(template, value, **variables))

    def _assume_color(self, mode: str, color: Any) -> None:
        if self.options.assumes(mode):
            self.shine.colors[mode] = color
            self._mode_follows(mode)


def _dimmed(color: tuple[int, ...], brightness: int) -> tuple[int, ...]:
    return tuple(int(part * brightness / 255) for part in color)


OPTIONS = BasicLight
