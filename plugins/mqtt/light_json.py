"""The mqtt light whose messages are JSON objects (`schema: json`)."""

from __future__ import annotations

import logging
from typing import Annotated, Any, ClassVar, Literal

import orjson
from pydantic import BeforeValidator, Field, field_validator

from hub.api import Bool, House, OneOrMany, refuse
from plugins.mqtt.feed import Feed, Reading
from plugins.mqtt.light import LightOptions, LiveLight, Positive, in_lower_case
from plugins.mqtt.options import Living
from plugins.mqtt.ranges import scaled
from plugins.mqtt.shining import Ability, modes_problem
from plugins.mqtt.wishes import Wish

log = logging.getLogger(__name__)

_STATES = {"ON": True, "OFF": False, None: None}
_PARTS = {"hs": "hs", "rgb": "rgb", "rgbw": "rgbw", "rgbww": "rgbcw", "xy": "xy"}
Mode = Literal["onoff", "brightness", "color_temp", "hs", "rgb", "rgbw", "rgbww", "xy", "white"]


class JsonLight(LightOptions):
    """A light that is told and tells `{"state": "ON", "brightness": 120, "color": {…}, …}`."""

    default_name: ClassVar[str | None] = "MQTT JSON Light"

    schema_: Annotated[Literal["json"], BeforeValidator(in_lower_case)] = Field(alias="schema")
    brightness: Bool = False
    brightness_scale: Positive = 255
    white_scale: Positive = 255
    supported_color_modes: OneOrMany[Mode] = ()
    effect: Bool = False
    flash: Bool = True
    flash_time_short: Positive = 2
    flash_time_long: Positive = 10
    transition: Bool = True

    @field_validator("supported_color_modes")
    @classmethod
    def _possible(cls, modes: tuple[str, ...]) -> tuple[str, ...]:
        problem = modes_problem(modes) if modes else ""
        if problem or len(set(modes)) < len(modes):
            raise refuse(f"these modes can't go together: {problem or 'one is there twice'}")
        return modes

    def ability(self) -> Ability:
        modes = self.supported_color_modes or (("brightness",) if self.brightness else ("onoff",))
        return Ability(
            frozenset(modes),
            warm=self.warm,
            cold=self.cold,
            effects=self.effect_list,
            effect=self.effect,
            flash=self.flash,
            transition=self.transition,
        )

    def make(self, house: House, feed: Feed) -> Living:
        return LiveJsonLight(house, feed, self)


class LiveJsonLight(LiveLight[JsonLight]):
    # --- what comes ----------------------------------------------------------------------------------

    def wire(self) -> None:
        self._ability = self.options.ability()
        self.listen("state", self.options.state_topic, self._came)

    def _came(self, reading: Reading) -> None:
        content = reading.json
        if not isinstance(content, dict):
            log.warning("%s: a message that is no JSON object", self.name)
            return
        state = content.get("state", self)
        if state is None or (isinstance(state, str) and state in _STATES):
            self.shine.on = _STATES[state]
        if "color_mode" in content:
            self._color_came(str(content["color_mode"]), content)
        if self._ability.dims and "brightness" in content:
            self._brightness_came(content["brightness"])
        if self._ability.effect and "effect" in content:
            self.shine.effect = content["effect"]
        self.touch()

    def _color_came(self, mode: str, content: dict[str, Any]) -> None:
        if mode not in self._ability.modes:
            log.warning("%s: it has no color_mode %.50s", self.name, mode)
            return
        try:
            if mode == "color_temp":
                self.shine.colors[mode] = self.options.kelvin_told(content["color_temp"])
            elif mode in _PARTS:
                number = float if mode in ("hs", "xy") else int
                self.shine.colors[mode] = tuple(number(content["color"][part]) for part in _PARTS[mode])
        except (KeyError, TypeError, ValueError, ZeroDivisionError, OverflowError):
            log.warning("%s: a colour that is wrong or incomplete: %.200s", self.name, content)
            return
        self.shine.mode = mode

    def _brightness_came(self, told: Any) -> None:
        if told is None:
            return
        if not isinstance(told, (int, float)) or isinstance(told, bool):
            log.warning("%s: %.100r is no brightness", self.name, told)
        elif told:
            value = round(scaled(told, self.options.brightness_scale, 255))
            self.shine.brightness = min(255, max(1, value))

    # --- what is commanded ---------------------------------------------------------------------------

    def send_on(self, wish: Wish) -> None:
        message: dict[str, Any] = {"state": "ON"}
        if wish.mode is not None and wish.mode != "color_temp":
            message["color"] = self._color(wish)
        self._add_manner(message, wish.transition, wish.flash)
        if wish.brightness is not None:
            level = round(scaled(wish.brightness, 255, self.options.brightness_scale))
            message["brightness"] = max(level, 1)
        if wish.mode == "color_temp":
            message["color_temp"] = self.options.temperature_for_device(wish.color)
        if wish.effect is not None:
            message["effect"] = wish.effect
        if wish.white is not None:
            level = round(wish.white / 255 * self.options.white_scale)
            message["white"] = max(min(level, self.options.white_scale), 1)
        self._send(message)
        if self.options.assumed:
            self._assume(wish)

    def send_off(self, transition: float | None, flash: str | None) -> None:
        message: dict[str, Any] = {"state": "OFF"}
        self._add_manner(message, transition, flash)
        self._send(message)

    def _color(self, wish: Wish) -> dict[str, Any]:
        assert wish.mode is not None
        values = wish.color
        if wish.mode in ("rgb", "rgbw", "rgbww"):
            # A light without a brightness of its own is dimmed by its colour.
            level = 255
            if not self.options.brightness and wish.brightness is not None:
                level, wish.brightness = wish.brightness, None
            values = tuple(round(part / 255 * level) for part in values)
        return dict(zip(_PARTS[wish.mode], values, strict=True))

    def _add_manner(self, message: dict[str, Any], transition: float | None, flash: str | None) -> None:
        if transition is not None:
            message["transition"] = transition
        if flash is not None:
            message["flash"] = getattr(self.options, f"flash_time_{flash}")

    def _assume(self, wish: Wish) -> None:
        if wish.mode is not None:
            self.shine.mode = wish.mode
            self.shine.colors[wish.mode] = wish.color
        if wish.brightness is not None:
            self.shine.brightness = wish.brightness
        if wish.effect is not None:
            self.shine.effect = wish.effect
        if wish.white is not None:
            self.shine.mode = "white"
            self.shine.brightness = wish.white

    def _send(self, message: dict[str, Any]) -> None:
        self.publish(self.options.command_topic, orjson.dumps(message).decode())


OPTIONS = JsonLight
