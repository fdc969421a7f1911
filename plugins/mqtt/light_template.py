"""The mqtt light that is read and told by templates (`schema: template`)."""

from __future__ import annotations

import logging
from functools import partial
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from hub.api import House, TemplateField, colors
from plugins.mqtt.decoding import NONE
from plugins.mqtt.feed import Feed, Reading
from plugins.mqtt.light import LightOptions, LiveLight, in_lower_case
from plugins.mqtt.options import Living
from plugins.mqtt.shining import Ability
from plugins.mqtt.wishes import Wish

log = logging.getLogger(__name__)

_READ = ("state", "brightness", "color_temp", "red", "green", "blue", "effect")
_STATES = {"on": True, "off": False, NONE: None}


class TemplateLight(LightOptions):
    """A light for which templates make the messages; each value of a message is read by its own."""

    default_name: ClassVar[str | None] = "MQTT Template Light"

    schema_: Annotated[Literal["template"], BeforeValidator(in_lower_case)] = Field(alias="schema")
    command_on_template: TemplateField
    command_off_template: TemplateField
    state_template: TemplateField | None = None
    brightness_template: TemplateField | None = None
    color_temp_template: TemplateField | None = None
    red_template: TemplateField | None = None
    green_template: TemplateField | None = None
    blue_template: TemplateField | None = None
    effect_template: TemplateField | None = None

    @property
    def assumed(self) -> bool:
        return super().assumed or self.state_template is None

    @property
    def has_colors(self) -> bool:
        return None not in (self.red_template, self.green_template, self.blue_template)

    def ability(self) -> Ability:
        modes = {"color_temp"} if self.color_temp_template is not None else set()
        if self.has_colors:
            modes.add("hs")
        if not modes:
            modes = {"brightness" if self.brightness_template is not None else "onoff"}
        return Ability(
            frozenset(modes),
            warm=self.warm,
            cold=self.cold,
            effects=self.effect_list,
            effect=self.effect_list is not None,
            flash=True,
            transition=True,
        )

    def make(self, house: House, feed: Feed) -> Living:
        return LiveTemplateLight(house, feed, self)


class LiveTemplateLight(LiveLight[TemplateLight]):
    def wire(self) -> None:
        templates = {name: getattr(self.options, f"{name}_template") for name in _READ}
        self._read = {
            name: self.reader(template) for name, template in templates.items() if template is not None
        }
        self.listen("state", self.options.state_topic, self._came)

    def _came(self, reading: Reading) -> None:
        told = {name: read(reading) for name, read in self._read.items()}
        for name, take in (
            ("state", self._take_state),
            ("brightness", self._take_brightness),
            ("color_temp", self._take_temperature),
            ("effect", self._take_effect),
        ):
            text = told.get(name)
            if text:
                self._try(name, partial(take, text))
        if self.options.has_colors:
            red, green, blue = (told[name] for name in ("red", "green", "blue"))
            if red and green and blue:
                self._try("colour", partial(self._take_color, red, green, blue))
        self.touch()

    def _try(self, name: str, take: Any) -> None:
        try:
            take()
        except (ValueError, ZeroDivisionError, OverflowError) as error:
            log.warning("%s: its %s can't be read: %.100s", self.name, name, error)

    def _take_state(self, text: str) -> None:
        if text not in _STATES:
            raise ValueError(text)
        self.shine.on = _STATES[text]

    def _take_brightness(self, text: str) -> None:
        if int(text):
            self.shine.brightness = int(text)

    def _take_temperature(self, text: str) -> None:
        self.shine.colors["color_temp"] = None if text == NONE else self.options.kelvin_told(int(text))

    def _take_color(self, red: str, green: str, blue: str) -> None:
        nothing = red == green == blue == NONE
        self.shine.colors["hs"] = None if nothing else colors.rgb_to_hs(int(red), int(green), int(blue))
        self._choose_mode()

    def _take_effect(self, text: str) -> None:
        if text not in (self.options.effect_list or ()):
            raise ValueError(text)
        self.shine.effect = text

    def _choose_mode(self) -> None:
        if len(self.options.ability().modes) > 1:
            self.shine.mode = "hs" if self.shine.colors.get("hs") else "color_temp"

    def send_on(self, wish: Wish) -> None:
        values: dict[str, Any] = {"state": True}
        if wish.brightness is not None:
            values["brightness"] = wish.brightness
        if wish.mode == "color_temp":
            values["color_temp"] = self.options.temperature_for_device(wish.color)
        elif wish.mode == "hs":
            values |= self._color(wish)
        for name in ("effect", "flash", "transition"):
            if getattr(wish, name) is not None:
                values[name] = getattr(wish, name)
        self._send(self.options.command_on_template, values)
        if self.options.assumed:
            self._assume(wish)

    def send_off(self, transition: float | None, flash: str | None) -> None:
        values: dict[str, Any] = {"state": False}
        if transition is not None:
            values["transition"] = transition
        self._send(self.options.command_off_template, values)

    def _color(self, wish: Wish) -> dict[str, Any]:
        hue, saturation = wish.color
        level = 255
        if self.options.brightness_template is None:
            level = wish.brightness or self.shine.brightness or 255
        red, green, blue = colors.hs_to_rgb(hue, saturation, level / 255 * 100)
        return {"red": red, "green": green, "blue": blue, "hue": hue, "sat": saturation}

    def _assume(self, wish: Wish) -> None:
        if wish.brightness is not None:
            self.shine.brightness = wish.brightness
        if wish.effect is not None:
            self.shine.effect = wish.effect
        if wish.mode is not None:
            self.shine.colors = {wish.mode: wish.color}
            self._choose_mode()

    def _send(self, template: Any, values: dict[str, Any]) -> None:
        self.publish(self.options.command_topic, self.render(template, None, **values))


OPTIONS = TemplateLight
