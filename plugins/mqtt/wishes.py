"""Put what people ask of a light into what it can do: the colours and modes that it knows.

A colour that a light does not know is converted into the next best of those that it knows.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hub.api import color_named, colors
from plugins.mqtt.shining import COLORFUL, Ability, Shine, to_rgb

log = logging.getLogger(__name__)

# Where a light does not know a colour's own mode, the first of these that it knows.
_NEXT_BEST = {
    "hs": ("rgb", "rgbw", "rgbww", "xy", "color_temp"),
    "rgb": ("rgbw", "rgbww", "hs", "xy", "color_temp"),
    "xy": ("hs", "rgb", "rgbw", "rgbww", "color_temp"),
    "rgbw": ("rgb", "rgbww", "hs", "xy", "color_temp"),
    "rgbww": ("rgb", "rgbw", "hs", "xy", "color_temp"),
}

_PROFILES = {
    "relax": ((0.5119, 0.4147), 144),
    "concentrate": ((0.5119, 0.4147), 219),
    "energize": ((0.368, 0.3686), 203),
    "reading": ((0.4448, 0.4066), 240),
}


@dataclass(slots=True)
class Wish:
    """What a light should do, in the modes it knows; `color` is None if it keeps its colour."""

    brightness: int | None = None
    mode: str | None = None
    color: Any = None
    white: int | None = None
    effect: str | None = None
    flash: str | None = None
    transition: float | None = None

    @property
    def off(self) -> bool:
        return self.brightness == 0 or self.white == 0


def wish_of(fields: Any, ability: Ability, now: Shine) -> Wish:
    """Return what the fields of `light.turn_on` ask of a light; what it can't do is left out."""
    wish = Wish(brightness=_brightness(fields, now))
    asked = _color(fields, wish)
    if asked is not None:
        found = _fit(*asked, ability, wish.brightness or now.brightness or 255)
        if found is not None:
            wish.mode, wish.color = found
    _want_white(fields, ability, now, wish)
    if not ability.dims and wish.brightness != 0:
        wish.brightness = None
    wish.effect = fields.effect if ability.effect else None
    wish.flash = fields.flash if ability.flash else None
    wish.transition = fields.transition if ability.transition else None
    return wish


def _brightness(fields: Any, now: Shine) -> int | None:
    lit = (now.brightness or 0) if now.on else 0
    if fields.brightness_step is not None:
        return _clamped(lit + fields.brightness_step)
    if fields.brightness_step_pct is not None:
        percent = round(lit / 255 * 100) + fields.brightness_step_pct
        return _clamped(round(percent / 100 * 255))
    if fields.brightness_pct is not None:
        brightness: int = round(255 * fields.brightness_pct / 100)
        return brightness
    return None if fields.brightness is None else int(fields.brightness)


def _clamped(value: int) -> int:
    return max(0, min(255, value))


def _color(fields: Any, wish: Wish) -> tuple[str, Any] | None:
    """Return the mode and the value of the colour that is asked for."""
    if fields.profile is not None:
        return _profile(fields.profile, wish)
    if fields.color_name is not None:
        named = color_named(fields.color_name)
        if named is None:
            log.warning("no colour is called %r: it is taken for white", fields.color_name)
        return "rgb", named or (255, 255, 255)
    if fields.color_temp is not None:
        return "color_temp", colors.kelvin(fields.color_temp)
    kelvin = fields.color_temp_kelvin or fields.kelvin
    if kelvin is not None:
        return "color_temp", kelvin
    for mode in COLORFUL:
        value = getattr(fields, f"{mode}_color")
        if value is not None:
            return mode, value
    return None


def _profile(name: str, wish: Wish) -> tuple[str, Any] | None:
    if name not in _PROFILES:
        log.warning("no light profile is called %r; there are: %s", name, ", ".join(_PROFILES))
        return None
    xy, brightness = _PROFILES[name]
    if wish.brightness is None:
        wish.brightness = brightness
    return "xy", xy


def _fit(mode: str, value: Any, ability: Ability, brightness: int) -> tuple[str, Any] | None:
    """Return the colour in a mode that the light knows; None if it knows no colours."""
    if mode in ability.modes:
        return mode, value
    if mode == "color_temp":
        if "rgbww" in ability.modes:
            return "rgbww", colors.kelvin_to_rgbww(value, brightness, ability.warm, ability.cold)
        if not ability.colorful:
            return None
        return _fit("hs", colors.rgb_to_hs(*colors.kelvin_to_rgb(value)), ability, brightness)
    best = next((other for other in _NEXT_BEST[mode] if other in ability.modes), None)
    if best is None:
        return None
    if best == "color_temp" and mode == "xy":
        return best, colors.xy_to_kelvin(*value)
    return best, _from_rgb(best, to_rgb(mode, value, ability), ability)


def _from_rgb(mode: str, rgb: colors.Rgb, ability: Ability) -> Any:
    if mode == "rgbww":
        return colors.rgb_to_rgbww(*rgb, warm=ability.warm, cold=ability.cold)
    if mode == "color_temp":
        return colors.xy_to_kelvin(*colors.rgb_to_xy(*rgb))
    ways: dict[str, Callable[..., Any]] = {
        "hs": colors.rgb_to_hs,
        "xy": colors.rgb_to_xy,
        "rgbw": colors.rgb_to_rgbw,
        "rgb": lambda *same: same,
    }
    return ways[mode](*rgb)


def _want_white(fields: Any, ability: Ability, now: Shine, wish: Wish) -> None:
    if fields.white is None or "white" not in ability.modes:
        return
    white = now.brightness if fields.white is True else fields.white
    if wish.brightness is not None:
        white, wish.brightness = wish.brightness, None
    wish.white = 255 if white is None else white
