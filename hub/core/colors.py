"""Convert colours: hue and saturation, xy, red-green-blue with and without whites, colour temperature.

xy is converted with the wide gamut of Philips' lamps, temperatures with Tanner Helland's approximation.
"""

from __future__ import annotations

import colorsys
import math
from collections.abc import Sequence

Rgb = tuple[int, int, int]
Pair = tuple[float, float]

COLD, WARM = 6535, 2000
"""The range of colour temperatures in kelvin of a lamp that does not tell its own."""


def mireds(kelvin: float) -> int:
    return math.floor(1_000_000 / kelvin)


def kelvin(mireds: float) -> int:
    return math.floor(1_000_000 / mireds)


def hs_to_rgb(hue: float, saturation: float, value: float = 100) -> Rgb:
    red, green, blue = colorsys.hsv_to_rgb(hue / 360, saturation / 100, value / 100)
    return round(red * 255), round(green * 255), round(blue * 255)


def rgb_to_hs(red: float, green: float, blue: float) -> Pair:
    hue, saturation, _ = colorsys.rgb_to_hsv(red / 255, green / 255, blue / 255)
    return round(hue * 360, 3), round(saturation * 100, 3)


def rgb_to_xy(red: float, green: float, blue: float) -> Pair:
    if red + green + blue == 0:
        return 0.0, 0.0
    r, g, b = (_linear(part / 255) for part in (red, green, blue))
    x = r * 0.664511 + g * 0.154324 + b * 0.162028
    y = r * 0.283881 + g * 0.668433 + b * 0.047685
    z = r * 0.000088 + g * 0.072310 + b * 0.986039
    return round(x / (x + y + z), 3), round(y / (x + y + z), 3)


def xy_to_rgb(x: float, y: float) -> Rgb:
    """Return the brightest colour of this chromaticity."""
    y = y or 0.00000000001
    wide, deep = x / y, (1 - x - y) / y
    parts = (
        wide * 1.656492 - 0.354851 - deep * 0.255038,
        -wide * 0.707196 + 1.655397 + deep * 0.036152,
        wide * 0.051713 - 0.121364 + deep * 1.011530,
    )
    bent = [max(0.0, _gamma(part)) for part in parts]
    highest = max(1.0, *bent)
    red, green, blue = (int(part / highest * 255) for part in bent)
    return red, green, blue


def _linear(part: float) -> float:
    return float(((part + 0.055) / 1.055) ** 2.4) if part > 0.04045 else part / 12.92


def _gamma(part: float) -> float:
    return 12.92 * part if part <= 0.0031308 else float(1.055 * part ** (1 / 2.4) - 0.055)


def kelvin_to_hs(temperature: float) -> Pair:
    return rgb_to_hs(*kelvin_to_rgb(temperature))


def kelvin_to_rgb(temperature: float) -> tuple[float, float, float]:
    heat = min(max(temperature, 1000), 40000) / 100
    if heat <= 66:
        red = 255.0
        green = _byte(99.4708025861 * math.log(heat) - 161.1195681661)
    else:
        red = _byte(329.698727446 * math.pow(heat - 60, -0.1332047592))
        green = _byte(288.1221695283 * math.pow(heat - 60, -0.0755148492))
    if heat >= 66:
        blue = 255.0
    else:
        blue = 0.0 if heat <= 19 else _byte(138.5177312231 * math.log(heat - 10) - 305.0447927307)
    return red, green, blue


def xy_to_kelvin(x: float, y: float) -> int:
    """Return the temperature of the white nearest to this chromaticity, by McCamy's formula."""
    n = (x - 0.3320) / ((0.1858 - y) or 1e-9)
    return int(437 * n**3 + 3601 * n**2 + 6861 * n + 5517)


def rgb_to_rgbw(red: int, green: int, blue: int) -> tuple[int, ...]:
    white = min(red, green, blue)
    return _as_bright((red, green, blue), (red - white, green - white, blue - white, white))


def rgbw_to_rgb(red: int, green: int, blue: int, white: int) -> Rgb:
    return _rgb(_as_bright((red, green, blue, white), (red + white, green + white, blue + white)))


def rgb_to_rgbww(red: int, green: int, blue: int, warm: int = WARM, cold: int = COLD) -> tuple[int, ...]:
    """Return red, green, blue, cold white, warm white; both whites shine alike."""
    middle = mireds(cold) + (mireds(warm) - mireds(cold)) / 2
    white = kelvin_to_rgb(kelvin(middle))
    level = min(part / full if full else 0 for part, full in zip((red, green, blue), white, strict=True))
    rest = [part - full * level for part, full in zip((red, green, blue), white, strict=True)]
    whites = round(level * 255)
    return _as_bright((red, green, blue), (*rest, whites, whites))


def rgbww_to_rgb(color: Sequence[int], warm: int = WARM, cold: int = COLD) -> Rgb:
    """Return the colour that red, green, blue, cold white and warm white make together."""
    red, green, blue, cold_white, warm_white = color
    whites = cold_white + warm_white
    share = warm_white / whites if whites else 0.5
    tone = mireds(cold) + share * (mireds(warm) - mireds(cold))
    level = max(cold_white, warm_white) / 255
    light = [part * level for part in kelvin_to_rgb(kelvin(tone) if tone else 0)]
    parts = (red + light[0], green + light[1], blue + light[2])
    return _rgb(_as_bright((red, green, blue, cold_white, warm_white), parts))


def kelvin_to_rgbww(temperature: int, brightness: int, warm: int, cold: int) -> tuple[int, ...]:
    low, high = mireds(cold), mireds(warm)
    share = (high - mireds(temperature)) / (high - low) if high != low else 1.0
    coldness = share * brightness
    return 0, 0, 0, round(coldness), round(brightness - coldness)


def _as_bright(given: tuple[int, ...], parts: tuple[float, ...]) -> tuple[int, ...]:
    """Scale `parts` so that the strongest is as strong as the strongest of `given`."""
    strongest = max(parts)
    factor = max(given) / strongest if strongest else 0.0
    return tuple(round(part * factor) for part in parts)


def _rgb(parts: tuple[int, ...]) -> Rgb:
    return parts[0], parts[1], parts[2]


def _byte(value: float) -> float:
    return min(max(value, 0.0), 255.0)
