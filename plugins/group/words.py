"""Know which states of which domain count as on, and the words for on and off."""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    """What a group of one domain shows while it is on, and while it is off."""

    on: str
    off: str


ON_OFF = Words("on", "off")
NEVER_ON = frozenset({"air_quality", "sensor", "weather"})
"""Domains whose states are neither on nor off: members are listed, and not looked at."""

WORDS: dict[str, Words] = {
    "cover": Words("open", "closed"),
    "device_tracker": Words("home", "not_home"),
    "lock": Words("unlocked", "locked"),
    "person": Words("home", "not_home"),
    "plant": Words("problem", "ok"),
    "alarm_control_panel": ON_OFF,
    "climate": ON_OFF,
    "media_player": ON_OFF,
    "vacuum": ON_OFF,
    "water_heater": ON_OFF,
}

ON_STATES: dict[str, frozenset[str]] = {
    "alarm_control_panel": frozenset(
        {
            "on",
            "armed_away",
            "armed_custom_bypass",
            "armed_home",
            "armed_night",
            "armed_vacation",
            "triggered",
        }
    ),
    "climate": frozenset({"on", "heat", "cool", "heat_cool", "auto", "fan_only"}),
    "cover": frozenset({"open"}),
    "device_tracker": frozenset({"home"}),
    "lock": frozenset({"locking", "open", "opening", "unlocked", "unlocking"}),
    "media_player": frozenset({"on", "paused", "playing", "idle"}),
    "person": frozenset({"home"}),
    "plant": frozenset({"problem"}),
    "vacuum": frozenset({"on", "cleaning", "returning", "error"}),
    "water_heater": frozenset({"on", "eco", "electric", "performance", "high_demand", "heat_pump", "gas"}),
}

ANY_ON = frozenset({"on"}).union(*ON_STATES.values())
ON_OF_OFF = {"off": "on", "closed": "open", "not_home": "home", "locked": "unlocked", "ok": "problem"}
