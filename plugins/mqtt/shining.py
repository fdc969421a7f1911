"""What a light can do, how it shines, and what it shows of that.

Nothing here knows MQTT. The modes are Home Assistant's: onoff, brightness, color_temp, hs, xy, rgb, rgbw,
rgbww, white.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.api import colors

COLORFUL = ("hs", "rgb", "rgbw", "rgbww", "xy")
MODES = ("onoff", "brightness", "color_temp", *COLORFUL, "white")
_DIMMABLE = frozenset(MODES) - {"onoff"}


@dataclass(frozen=True, slots=True)
class Ability:
    """What a light can do. `warm` and `cold` bound its colour temperature in kelvin."""

    modes: frozenset[str]
    warm: int = colors.WARM
    cold: int = colors.COLD
    effects: tuple[str, ...] | None = None
    effect: bool = False
    flash: bool = False
    transition: bool = False

    @property
    def dims(self) -> bool:
        return not _DIMMABLE.isdisjoint(self.modes)

    @property
    def colorful(self) -> bool:
        return not self.modes.isdisjoint(COLORFUL)

    @property
    def only_mode(self) -> str:
        return next(iter(self.modes)) if len(self.modes) == 1 else "unknown"

    def attributes(self) -> dict[str, Any]:
        """Return the attributes that do not depend on the state."""
        shown: dict[str, Any] = {}
        if "color_temp" in self.modes:
            shown |= {
                "min_color_temp_kelvin": self.warm,
                "max_color_temp_kelvin": self.cold,
                "min_mireds": colors.mireds(self.cold),
                "max_mireds": colors.mireds(self.warm),
            }
        if self.effect:
            shown["effect_list"] = list(self.effects) if self.effects is not None else None
        shown["supported_color_modes"] = sorted(self.modes)
        shown["supported_features"] = 4 * self.effect | 8 * self.flash | 32 * self.transition
        return shown


@dataclass(slots=True)
class Shine:
    """How a light shines. `colors` has a value for each colourful mode that was told, and for color_temp."""

    on: bool | None = None
    brightness: int | None = None
    mode: str | None = None
    effect: str | None = None
    colors: dict[str, Any] = field(default_factory=dict)

    @property
    def state(self) -> str | None:
        return None if self.on is None else "on" if self.on else "off"

    def attributes(self, ability: Ability) -> dict[str, Any]:
        """Return what depends on the state; a light that is off shows nothing."""
        mode = self.mode if self.on else None
        shown: dict[str, Any] = {}
        if ability.effect:
            shown["effect"] = self.effect if self.on else None
        shown["color_mode"] = mode
        if ability.dims:
            shown["brightness"] = self.brightness if mode in _DIMMABLE else None
        if "color_temp" in ability.modes:
            kelvin = self.colors.get("color_temp") if mode == "color_temp" else None
            shown["color_temp_kelvin"] = kelvin
            shown["color_temp"] = colors.mireds(kelvin) if kelvin else None
        if ability.colorful or "color_temp" in ability.modes:
            shown |= {"hs_color": None, "rgb_color": None, "xy_color": None}
            shown |= {f"{name}_color": None for name in ("rgbw", "rgbww") if name in ability.modes}
            if mode is not None:
                shown |= self._in_all_ways(mode, ability)
        return shown

    def _in_all_ways(self, mode: str, ability: Ability) -> dict[str, Any]:
        value = self.colors.get(mode)
        if not value or mode not in (*COLORFUL, "color_temp"):
            return {}
        if mode == "color_temp":
            hs = colors.rgb_to_hs(*colors.kelvin_to_rgb(value))
            rgb = colors.hs_to_rgb(*hs)
            return {"hs_color": hs, "rgb_color": rgb, "xy_color": colors.rgb_to_xy(*rgb)}
        rgb = to_rgb(mode, value, ability)
        shown: dict[str, Any] = {
            "hs_color": colors.rgb_to_hs(*rgb),
            "rgb_color": rgb,
            "xy_color": colors.rgb_to_xy(*rgb),
        }
        digits = {"hs": 3, "xy": 6}.get(mode)
        shown[f"{mode}_color"] = tuple(round(part, digits) for part in value) if digits else tuple(value)
        return shown

    def restore(self, state: str, attributes: Mapping[str, Any]) -> None:
        """Take up a state and attributes that were shown before."""
        self.on = state == "on"
        self.brightness = attributes.get("brightness") or self.brightness
        self.mode = attributes.get("color_mode") or self.mode
        self.effect = attributes.get("effect") or self.effect
        told = {name: attributes.get(f"{name}_color") for name in COLORFUL}
        told["color_temp"] = attributes.get("color_temp_kelvin")
        self.colors |= {name: value for name, value in told.items() if value}


def modes_problem(modes: Collection[str]) -> str:
    """Say what is wrong with the modes that a light is said to know; empty if nothing is."""
    if not modes:
        return "it has none"
    for alone in ("brightness", "onoff"):
        if alone in modes and len(modes) > 1:
            return f"{alone} can't go with others"
    if "white" in modes and set(COLORFUL).isdisjoint(modes):
        return "white goes with colours only"
    return ""


def to_rgb(mode: str, value: Any, ability: Ability) -> colors.Rgb:
    """Return a colour of any colourful mode as red, green and blue."""
    if mode == "rgbww":
        return colors.rgbww_to_rgb(value, ability.warm, ability.cold)
    ways: dict[str, Callable[..., colors.Rgb]] = {
        "hs": colors.hs_to_rgb,
        "xy": colors.xy_to_rgb,
        "rgbw": colors.rgbw_to_rgb,
        "rgb": lambda *rgb: rgb,
    }
    return ways[mode](*value)
