"""Template lights."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Mapping
from typing import Any, ClassVar

from hub.api import ActionsField, Cause, Command, House, ServiceCall, TemplateField, is_true
from plugins.template_entities import light_requests as requests
from plugins.template_entities.live import Failed, Live, Results
from plugins.template_entities.options import OptimisticOptions
from plugins.template_entities.values import within

log = logging.getLogger(__name__)
_WARMEST, _COLDEST = 500, 153


class LightOptions(OptimisticOptions):
    """A light whose state and looks templates give, and that actions set.

    The actions have what was asked for: `brightness`, `transition`, `color_temp` and `color_temp_kelvin`,
    `effect`, `hs` with `h` and `s`, `rgb` with `r`, `g`, `b`, and so on.
    """

    domain: ClassVar[str] = "light"
    rendered: ClassVar[tuple[str, ...]] = (
        "state", "level", "min_mireds", "max_mireds", "temperature", "hs", "rgb", "rgbw", "rgbww",
        "effect_list", "effect", "supports_transition",
    )  # fmt: skip

    turn_on: ActionsField
    turn_off: ActionsField
    level: TemplateField | None = None
    set_level: ActionsField | None = None
    temperature: TemplateField | None = None
    set_temperature: ActionsField | None = None
    min_mireds: TemplateField | None = None
    max_mireds: TemplateField | None = None
    hs: TemplateField | None = None
    set_hs: ActionsField | None = None
    rgb: TemplateField | None = None
    set_rgb: ActionsField | None = None
    rgbw: TemplateField | None = None
    set_rgbw: ActionsField | None = None
    rgbww: TemplateField | None = None
    set_rgbww: ActionsField | None = None
    effect: TemplateField | None = None
    effect_list: TemplateField | None = None
    set_effect: ActionsField | None = None
    supports_transition: TemplateField | None = None

    @property
    def modes(self) -> list[str]:
        """Return the colour modes, as Home Assistant calls them."""
        found = [mode for mode in requests.COLORS if getattr(self, f"set_{mode}") is not None]
        if self.set_temperature is not None:
            found.append("color_temp")
        return sorted(found) or (["brightness"] if self.set_level is not None else ["onoff"])


class LiveLight(Live[LightOptions]):
    default_name: ClassVar[str] = "Template Light"
    gone_on_error: ClassVar[bool] = False

    def __init__(self, house: House, options: LightOptions, unique_id: str | None) -> None:
        self._modes = options.modes
        self._on: bool | None = None if options.state is not None else False
        self._brightness: int | None = None
        self._mode = self._modes[0] if len(self._modes) == 1 else "unknown"
        self._colors: dict[str, Any] = {}
        self._mireds = (_COLDEST, _WARMEST)
        self._effects: list[str] | None = None
        self._effect: str | None = None
        self._transition = False
        self._assumed = False
        """Whether something was assumed that is shown when the actions are done."""
        super().__init__(house, options, unique_id)

    # --- what templates give ---

    def update(self, results: Results) -> None:
        for key, value in results.items():
            given = None if isinstance(value, Failed) else value
            if key == "state":
                self._on = self._read_state(value)
            elif key == "level":
                self._brightness = within(self.entity_id, key, given, 0, 255)
            elif key == "supports_transition":
                self._transition = bool(given)
            elif key == "effect_list":
                self._effects = [str(each) for each in given] if isinstance(given, (list, tuple)) else None
            elif key == "effect":
                self._effect = str(given) if str(given) in (self._effects or ()) else None
            elif key in requests.COLORS:
                self._take_color(key, given)
        self._take_temperature(results)

    def _read_state(self, value: Any) -> bool | None:
        if isinstance(value, Failed):
            return False
        if self.triggered:
            return is_true(value)
        text = str(value).lower()
        if text in ("on", "true"):
            return True
        if text not in ("off", "false"):
            log.error("%s: its state should be on or off, but is %.100r", self.entity_id, value)
            return None
        return False

    def _take_temperature(self, results: Results) -> None:
        low, high = self._mireds
        if "min_mireds" in results:
            low = within(self.entity_id, "min_mireds", results["min_mireds"], 1, 10000) or _COLDEST
        if "max_mireds" in results:
            high = within(self.entity_id, "max_mireds", results["max_mireds"], 1, 10000) or _WARMEST
        self._mireds = (low, high)
        if "temperature" in results:
            mireds = within(self.entity_id, "temperature", results["temperature"], low, high)
            self._colors["color_temp"] = round(1_000_000 / mireds) if mireds else None
            self._mode = "color_temp"

    def _take_color(self, mode: str, value: Any) -> None:
        parts = value
        if isinstance(value, str):
            parts = [part for part in value.strip("()[] ").split(",") if part.strip()]
        color: tuple[float, ...] | None = None
        if isinstance(parts, (list, tuple)) and parts:
            color = requests.color(parts, mode)
            if color is None:
                log.error("%s: %s is no colour: %.100r", self.entity_id, mode, value)
        self._colors[mode] = color
        if value is not None:
            self._mode = mode

    # --- what it shows ---

    def state(self) -> str | None:
        return None if self._on is None else "on" if self._on else "off"

    def fixed(self) -> Mapping[str, Any]:
        effects = 4 if self.options.set_effect is not None else 0
        return {"supported_color_modes": self._modes, "supported_features": effects}

    def extra(self) -> Mapping[str, Any]:
        shown: dict[str, Any] = {"color_mode": self._mode if self._on else None}
        if self._modes != ["onoff"]:
            shown["brightness"] = self._brightness if self._on else None
        if "color_temp" in self._modes:
            low, high = self._mireds
            shown["min_color_temp_kelvin"] = round(1_000_000 / high)
            shown["max_color_temp_kelvin"] = round(1_000_000 / low)
            lit = self._on and self._mode == "color_temp"
            shown["color_temp_kelvin"] = self._colors.get("color_temp") if lit else None
        for mode in requests.COLORS:
            if mode in self._modes:
                lit = self._on and self._mode == mode
                shown[f"{mode}_color"] = self._colors.get(mode) if lit else None
        if self.options.set_effect is not None:
            shown["effect_list"] = self._effects
            shown["effect"] = self._effect if self._on else None
        return shown

    # --- commands ---

    def commands(self) -> Mapping[str, Command]:
        colors = [f"set_{mode}" for mode in requests.COLORS]
        names = ("turn_on", "set_level", "set_temperature", "set_effect", *colors)
        shows = self._shows_assumed
        scripts = {name: self.script(name, getattr(self.options, name), shows) for name in names}
        off = self.script("turn_off", self.options.turn_off, self._went_off)

        def turn_on(call: ServiceCall) -> Awaitable[None] | None:
            asked = requests.asked(call.fields, self._modes, self._brightness if self._on else 0)
            assumes = self._assume(asked)
            name, variables = self._chosen(asked)
            if assumes:
                self._assumed = True
            return self.run(scripts[name], call.cause, variables)

        def turn_off(call: ServiceCall) -> Awaitable[None] | None:
            seconds = call.fields.transition
            variables = {"transition": seconds} if self._transition and seconds is not None else {}
            return self.run(off, call.cause, variables)

        return {"turn_on": turn_on, "turn_off": turn_off}

    def _shows_assumed(self, _: Mapping[str, Any], cause: Cause) -> None:
        if self._assumed:
            self._assumed = False
            self.show(cause)

    def _went_off(self, _: Mapping[str, Any], cause: Cause) -> None:
        if self.options.assumed:
            self._on = False
            self.show(cause)

    def _chosen(self, asked: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """Return which action does what is asked, and its variables."""
        variables: dict[str, Any] = {}
        if "brightness" in asked:
            variables["brightness"] = asked["brightness"]
        if self._transition and "transition" in asked:
            variables["transition"] = asked["transition"]
        if "color_temp" in asked:
            kelvin = asked["color_temp"]
            told = {"color_temp_kelvin": kelvin, "color_temp": round(1_000_000 / kelvin)}
            return "set_temperature", {**variables, **told}
        if "effect" in asked and self.options.set_effect is not None:
            return "set_effect", {**variables, "effect": asked["effect"]}
        for mode in ("hs", "rgbww", "rgbw", "rgb"):
            if mode in asked:
                return f"set_{mode}", {**variables, mode: asked[mode], **requests.parts(mode, asked[mode])}
        if "brightness" in asked and self.options.set_level is not None:
            return "set_level", variables
        return "turn_on", variables

    def _assume(self, asked: Mapping[str, Any]) -> bool:
        """Take for true what no template will tell; False if there is nothing of the kind."""
        assumes = self.options.assumed
        if assumes:
            self._on = True
        if "brightness" in asked and self.options.level is None:
            self._brightness = asked["brightness"]
            assumes = True
        for mode, template in (("color_temp", "temperature"), *((mode, mode) for mode in requests.COLORS)):
            if mode in asked and getattr(self.options, template) is None:
                self._colors = {mode: asked[mode]}
                self._mode = mode
                assumes = True
        return assumes
