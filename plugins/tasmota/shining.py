"""What kinds of lights there are, how one shines, and what it shows of that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from hub.api import colors

EFFECTS = ("Solid", "Wake up", "Cycle up", "Cycle down", "Random")
"""The device's schemes, by number."""


class Kind(IntEnum):
    """A light by its channels, as `lt_st` counts them."""

    SWITCHED = 0
    DIMMED = 1
    TEMPERED = 2
    COLORED = 3
    COLORED_WHITE = 4
    COLORED_TEMPERED = 5

    @property
    def modes(self) -> tuple[str, ...]:
        return _MODES[self]

    @property
    def colored(self) -> bool:
        return self >= Kind.COLORED

    @property
    def tempered(self) -> bool:
        return self in (Kind.TEMPERED, Kind.COLORED_TEMPERED)


# The first is the mode that is taken for granted until the device tells.
_MODES = {
    Kind.SWITCHED: ("onoff",),
    Kind.DIMMED: ("brightness",),
    Kind.TEMPERED: ("color_temp",),
    Kind.COLORED: ("hs",),
    Kind.COLORED_WHITE: ("hs", "white"),
    Kind.COLORED_TEMPERED: ("color_temp", "hs"),
}


@dataclass(frozen=True, slots=True)
class Range:
    """The colour temperatures that a light can have, in mireds."""

    cold: int = 153
    warm: int = 500


def abilities(kind: Kind, range: Range) -> dict[str, Any]:
    """Return the attributes that do not depend on the state."""
    shown: dict[str, Any] = {}
    if kind.tempered:
        shown["min_color_temp_kelvin"] = colors.kelvin(range.warm)
        shown["max_color_temp_kelvin"] = colors.kelvin(range.cold)
        shown["min_mireds"], shown["max_mireds"] = range.cold, range.warm
    if kind.colored:
        shown["effect_list"] = list(EFFECTS)
    shown["supported_color_modes"] = sorted(kind.modes)
    return shown


@dataclass(slots=True)
class Shine:
    """How a light shines, in the numbers of the device: `dimmer` and `white` of 100, mireds."""

    on: bool = False
    dimmer: float | None = None
    white: float | None = None
    hs: colors.Pair | None = None
    rgb: tuple[float, float, float] | None = None
    mireds: float | None = None
    effect: str | None = None
    told: bool = False
    """Whether the device told more than on and off."""

    def hear(self, content: Mapping[str, Any], dimmer: str) -> None:
        """Take in what a message tells beside on and off; `dimmer` names the brightness in it."""
        news = {
            "dimmer": _number(content.get(dimmer)),
            "white": _number(content.get("White")),
            "mireds": _number(content.get("CT")),
            "hs": _hue_and_saturation(content.get("HSBColor")),
            "rgb": _color(content.get("Color")),
            "effect": _effect(content.get("Scheme")),
        }
        for name, value in news.items():
            if value is not None:
                setattr(self, name, value)
                self.told = True

    def mode(self, kind: Kind) -> str:
        """Return which of the light's modes it is in: white light goes before colours."""
        if len(kind.modes) == 1 or not self.told:
            return kind.modes[0]
        white = next(mode for mode in kind.modes if mode != "hs")
        return "hs" if self.white == 0 else white

    @property
    def brightness(self) -> int | None:
        return None if self.dimmer is None else round(self.dimmer / 100 * 255)

    def attributes(self, kind: Kind) -> dict[str, Any]:
        """Return what depends on the state; a light that is off shows nothing."""
        mode = self.mode(kind) if self.on else None
        shown: dict[str, Any] = {"color_mode": mode}
        if kind is not Kind.SWITCHED:
            shown["brightness"] = self.brightness if self.on else None
        if kind.colored:
            shown["effect"] = self.effect if self.on else None
        if kind.tempered:
            known = mode == "color_temp" and self.mireds
            kelvin = colors.kelvin(self.mireds) if known and self.mireds else None
            shown["color_temp_kelvin"] = kelvin
            shown["color_temp"] = colors.mireds(kelvin) if kelvin else None
        if kind.colored or kind.tempered:
            shown |= self._in_all_ways(mode)
        return shown

    def _in_all_ways(self, mode: str | None) -> dict[str, Any]:
        hs: colors.Pair | None = None
        if mode == "hs":
            hs = self.hs
        elif mode == "color_temp" and self.mireds:
            hs = colors.kelvin_to_hs(colors.kelvin(self.mireds))
        if hs is None:
            return {"hs_color": None, "rgb_color": None, "xy_color": None}
        rgb = colors.hs_to_rgb(*hs)
        return {"hs_color": hs, "rgb_color": rgb, "xy_color": colors.rgb_to_xy(*rgb)}


def _number(value: Any) -> float | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _hue_and_saturation(value: Any) -> colors.Pair | None:
    parts = _numbers(value)
    return (parts[0], parts[1]) if len(parts) == 3 else None


def _color(value: Any) -> tuple[float, float, float] | None:
    """Read a colour as the device writes it: `255,128,0` or `FF8000`, more channels may follow."""
    if not isinstance(value, str):
        return None
    parts = _numbers(value) if "," in value else _hex_bytes(value)
    return (parts[0], parts[1], parts[2]) if len(parts) >= 3 else None


def _numbers(value: Any) -> list[float]:
    try:
        return [float(part) for part in value.split(",")] if isinstance(value, str) else []
    except ValueError:
        return []


def _hex_bytes(value: str) -> list[float]:
    try:
        return [float(byte) for byte in bytes.fromhex(value)]
    except ValueError:
        return []


def _effect(value: Any) -> str | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return EFFECTS[value] if 0 <= value < len(EFFECTS) else f"Scheme {value}"
