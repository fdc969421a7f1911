"""How fast a light must fade, so that it gets there in the time that is asked for.

`Speed` of a device is half seconds for a fade over the whole range, unless `SetOption117` makes it half
seconds for any fade. So the way that each channel has to go counts; the longest of them decides.
"""

from __future__ import annotations

import colorsys
from collections.abc import Sequence

from plugins.tasmota.shining import Kind, Range, Shine

_SLOWEST = 40


def speed(seconds: float, now: Shine, wanted: Shine, kind: Kind, range: Range, *, fixed: bool) -> int:
    """Return the speed, 1 to 40, to get from `now` to `wanted` in `seconds`."""
    if fixed:
        return _within(round(seconds * 2))
    ways = zip(_channels(now, now, kind, range), _channels(wanted, now, kind, range), strict=True)
    longest = max(abs(before - after) for before, after in ways)
    return _within(round(seconds * 2 / longest)) if longest else 1


def color_of(hue: float, saturation: float) -> tuple[float, float, float]:
    """Return a colour at its brightest, in bytes as the device counts them."""
    red, green, blue = colorsys.hsv_to_rgb(hue / 360, saturation / 100, 1)
    return int(red * 255), int(green * 255), int(blue * 255)


def _within(speed: int) -> int:
    return min(max(speed, 1), _SLOWEST)


def _channels(shine: Shine, known: Shine, kind: Kind, range: Range) -> Sequence[float]:
    """Return how bright each channel is, from 0 to 1; of those that are `known` to the device."""
    level = _level(shine)
    channels: list[float] = []
    if kind.colored and known.rgb is not None:
        channels.extend(part / 255 * level / 100 for part in shine.rgb or known.rgb)
    if kind >= Kind.TEMPERED and known.mireds:
        warmth = ((shine.mireds or known.mireds) - range.cold) / (range.warm - range.cold)
        channels.append(warmth * level / 100)
    return channels or [level / 100]


def _level(shine: Shine) -> float:
    if not shine.on:
        return 0
    return 100 if shine.dimmer is None else shine.dimmer
