"""Put what people ask of a light into what its kind can do.

A colour that the light does not know is converted into the next best that it knows.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hub.api import color_named, colors
from plugins.tasmota.shining import Kind, Shine

log = logging.getLogger(__name__)

_PROFILES = {
    "relax": ((0.5119, 0.4147), 144),
    "concentrate": ((0.5119, 0.4147), 219),
    "energize": ((0.368, 0.3686), 203),
    "reading": ((0.4448, 0.4066), 240),
}

_TO_RGB: dict[str, Callable[[Any], colors.Rgb]] = {
    "hs": lambda value: colors.hs_to_rgb(*value),
    "rgb": lambda value: value,
    "xy": lambda value: colors.xy_to_rgb(*value),
    "rgbw": lambda value: colors.rgbw_to_rgb(*value),
    "rgbww": colors.rgbww_to_rgb,
}


@dataclass(slots=True)
class Wish:
    """What a light should do; brightness and white of 255, None is what it keeps."""

    brightness: int | None = None
    white: int | None = None
    hs: colors.Pair | None = None
    kelvin: int | None = None
    effect: str | None = None
    transition: float | None = None

    @property
    def off(self) -> bool:
        return self.brightness == 0 or self.white == 0


def wish_of(fields: Any, kind: Kind, fades: bool, now: Shine) -> Wish:
    """Return what the fields of `light.turn_on` ask of a light; what it can't do is left out."""
    if not hasattr(fields, "brightness"):
        return Wish()
    wish = Wish(brightness=_brightness(fields, now))
    asked = _color(fields, wish)
    if asked is not None:
        _want_color(wish, kind, *asked)
    if fields.white is not None and "white" in kind.modes:
        _want_white(wish, fields.white, now)
    if kind is Kind.SWITCHED and wish.brightness != 0:
        wish.brightness = None
    wish.effect = fields.effect if kind.colored else None
    wish.transition = fields.transition if fades else None
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
    """Return how the colour that is asked for is told, and what is told."""
    if fields.profile is not None:
        return _profile(fields.profile, wish)
    if fields.color_name is not None:
        named = color_named(fields.color_name)
        if named is None:
            log.warning("no colour is called %r: it is taken for white", fields.color_name)
        return "rgb", named or (255, 255, 255)
    if fields.color_temp is not None:
        return "kelvin", colors.kelvin(fields.color_temp)
    kelvin = fields.color_temp_kelvin or fields.kelvin
    if kelvin is not None:
        return "kelvin", kelvin
    for mode in _TO_RGB:
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


def _want_color(wish: Wish, kind: Kind, told_as: str, value: Any) -> None:
    if told_as == "kelvin":
        if kind.tempered:
            wish.kelvin = value
        elif kind.colored:
            wish.hs = colors.kelvin_to_hs(value)
    elif kind.colored:
        wish.hs = value if told_as == "hs" else colors.rgb_to_hs(*_TO_RGB[told_as](value))
    elif kind.tempered:
        xy = value if told_as == "xy" else colors.rgb_to_xy(*_TO_RGB[told_as](value))
        wish.kelvin = colors.xy_to_kelvin(*xy)


def _want_white(wish: Wish, asked: Any, now: Shine) -> None:
    white = now.brightness if asked is True else asked
    if wish.brightness is not None:
        white, wish.brightness = wish.brightness, None
    wish.white = 255 if white is None else white
