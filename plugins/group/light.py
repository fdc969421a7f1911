"""Groups of lights."""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar

from hub.api import House, State
from plugins.group.platform import Shown, assumed, available, on_or_off
from plugins.group.reducing import mean, mean_hue, mean_of_each, most_common, reduced, values
from plugins.group.switches import OnOffGroup

_DULL = ("onoff", "unknown")
_COLORS = {
    "hs_color": mean_hue,
    "rgb_color": mean_of_each,
    "rgbw_color": mean_of_each,
    "rgbww_color": mean_of_each,
    "xy_color": mean_of_each,
}


class LightGroup(OnOffGroup):
    """Several lights as one, with what they can do together."""

    domain: ClassVar[str] = "light"
    default_name: ClassVar[str] = "Light Group"
    icon: ClassVar[str | None] = "mdi:lightbulb-group"
    services: ClassVar[tuple[str, ...]] = ("turn_on", "turn_off")

    def shown(self, house: House) -> Shown:
        states = self.states(house)
        state = on_or_off(states, self.rule)
        attributes = {**_abilities(states), **_light(states, state == "on"), **assumed(states)}
        return Shown(state, available(states), attributes)


def _modes(states: list[State]) -> set[str]:
    found: set[str] = set().union(*values(states, "supported_color_modes"))
    if len(found) > 1:
        found.discard("onoff")
    if len(found) > 1:
        found.discard("brightness")
    return found or {"onoff"}


def _abilities(states: list[State]) -> dict[str, Any]:
    modes = _modes(states)
    shown: dict[str, Any] = {"supported_color_modes": sorted(modes)}
    if "color_temp" in modes:
        shown["min_color_temp_kelvin"] = reduced(states, "min_color_temp_kelvin", min, 2000)
        shown["max_color_temp_kelvin"] = reduced(states, "max_color_temp_kelvin", max, 6500)
    effects = set().union(*values(states, "effect_list"))
    if effects:
        shown["effect_list"] = sorted(effects, key=lambda name: (name != "None", name))
    return shown


def _light(states: list[State], on: bool) -> dict[str, Any]:
    lit = [state for state in states if state.state == "on"]
    modes = _modes(states)
    mode = _mode(lit, modes) if on else None
    shown: dict[str, Any] = {"color_mode": mode}
    if modes != {"onoff"}:
        shown["brightness"] = reduced(lit, "brightness", mean) if mode not in (None, *_DULL) else None
    if "color_temp" in modes:
        shown["color_temp_kelvin"] = reduced(lit, "color_temp_kelvin", mean) if mode == "color_temp" else None
    if modes - {"onoff", "brightness"}:
        for name, reduce in _COLORS.items():
            if name[:-6] in ("hs", "rgb", "xy") or name[:-6] in modes:
                shown[name] = reduced(lit, name, reduce) if mode not in (None, *_DULL) else None
    if values(states, "effect_list"):
        shown["effect"] = most_common(values(lit, "effect")) if on else None
    return shown


def _mode(lit: list[State], modes: set[str]) -> str:
    """Return the mode that most members are in; those without colour count last."""
    counts = Counter(values(lit, "color_mode"))
    if not counts:
        return "unknown"
    for mode, rank in (("onoff", -1), ("brightness", 0)):
        if mode in counts:
            if mode in modes:
                counts[mode] = rank
            else:
                del counts[mode]
    return str(counts.most_common(1)[0][0]) if counts else next(iter(modes))
