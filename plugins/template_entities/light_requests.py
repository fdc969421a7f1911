"""Understand what a call asks of a light, in the colour modes that it has."""

from __future__ import annotations

import colorsys
from collections.abc import Collection, Mapping
from typing import Any

COLORS = {"hs": 2, "rgb": 3, "rgbw": 4, "rgbww": 5}
"""The colour modes, and how many numbers each has."""


def asked(fields: Any, modes: Collection[str], level: int | None) -> Mapping[str, Any]:
    """Return brightness, transition, effect and colour, as far as a call gives them.

    `fields` are those of `light.turn_on`; `level` is the brightness now. A colour in a mode that the light
    does not have is given in one that it has, if it can be.
    """
    wanted: dict[str, Any] = {"brightness": _level(fields, level or 0)}
    wanted |= {name: getattr(fields, name) for name in ("transition", "effect")}
    mireds = fields.color_temp
    kelvin = fields.color_temp_kelvin or fields.kelvin or (round(1_000_000 / mireds) if mireds else None)
    wanted["color_temp"] = kelvin if "color_temp" in modes else None
    for mode in COLORS:
        wanted[mode] = getattr(fields, f"{mode}_color") if mode in modes else None
    if fields.hs_color is not None and "hs" not in modes and "rgb" in modes:
        hue, saturation = fields.hs_color
        rgb = colorsys.hsv_to_rgb(hue / 360, saturation / 100, 1)
        wanted["rgb"] = tuple(round(part * 255) for part in rgb)
    if fields.rgb_color is not None and "rgb" not in modes and "hs" in modes:
        hue, saturation, _ = colorsys.rgb_to_hsv(*(part / 255 for part in fields.rgb_color))
        wanted["hs"] = (round(hue * 360, 3), round(saturation * 100, 3))
    return {name: value for name, value in wanted.items() if value is not None}


def _level(fields: Any, now: int) -> int | None:
    level: int | None = fields.brightness
    if fields.brightness_pct is not None:
        level = round(255 * float(fields.brightness_pct) / 100)
    elif fields.brightness_step is not None:
        level = now + int(fields.brightness_step)
    elif fields.brightness_step_pct is not None:
        level = now + round(255 * float(fields.brightness_step_pct) / 100)
    return None if level is None else max(0, min(255, level))


def color(parts: Any, mode: str) -> tuple[float, ...] | None:
    """Return the numbers of a colour, None if it is none."""
    try:
        numbers = tuple(float(part) for part in parts)
    except (TypeError, ValueError):
        return None
    limits = (360, 100) if mode == "hs" else (255,) * COLORS[mode]
    if len(numbers) != len(limits):
        return None
    if not all(0 <= number <= most for number, most in zip(numbers, limits, strict=True)):
        return None
    return numbers if mode == "hs" else tuple(int(number) for number in numbers)


def parts(mode: str, color: Any) -> dict[str, Any]:
    """Return a colour's parts as actions know them: `h` and `s`, `r`, `g`, `b`, `w` …"""
    if mode == "hs":
        return {"h": int(color[0]), "s": int(color[1])}
    names = ("r", "g", "b", "cw", "ww") if mode == "rgbww" else tuple(mode)
    told: dict[str, Any] = {name: int(part) for name, part in zip(names, color, strict=True)}
    return told if mode == "rgb" else {**told, "rgb": tuple(color[:3])}
