"""What people do with the buttons and switches of a device: events, for triggers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from plugins.tasmota.announcement import Announcement
from plugins.tasmota.switch_input import switch_label

HAPPENED = "tasmota_event"

_SWAPPED, _ONLY_SINGLE, _TOLD = 11, 13, 73
_SHORT, _DOUBLE, _LONG = "button_short_press", "button_double_press", "button_long_press"

_PRESSES = {
    "SINGLE": _SHORT,
    "DOUBLE": _DOUBLE,
    "TRIPLE": "button_triple_press",
    "QUAD": "button_quadruple_press",
    "PENTA": "button_quintuple_press",
    "HOLD": _LONG,
}

# What TOGGLE and HOLD of a switch mean, by its mode.
_TOGGLING = dict.fromkeys((0, 3, 4, 5, 6, 7, 8, 11, 12), _SHORT)
_HOLDING = {5: _LONG, 6: _LONG, 8: _DOUBLE, 9: _DOUBLE, 10: _DOUBLE}


@dataclass(frozen=True, slots=True)
class Press:
    """Something that can be done: `label` and `action` tell it in `stat/RESULT`."""

    label: str
    action: str
    type: str
    subtype: str

    def is_in(self, content: Mapping[str, Any]) -> bool:
        told = content.get(self.label)
        return isinstance(told, Mapping) and told.get("Action") == self.action


def presses_of(announcement: Announcement) -> tuple[Press, ...]:
    """Return all that can be done with the device's buttons and switches."""
    return (*_of_buttons(announcement), *_of_switches(announcement))


def _of_buttons(announcement: Announcement) -> list[Press]:
    if not announcement.option(_TOLD):
        return []
    meanings = dict(_PRESSES)
    if announcement.option(_ONLY_SINGLE):
        meanings = {"SINGLE": _SHORT}
    elif announcement.option(_SWAPPED):
        meanings |= {"SINGLE": _DOUBLE, "DOUBLE": _SHORT}
    return [
        Press(f"Button{number}", action, meaning, f"button_{number}")
        for number, used in enumerate(announcement.buttons, 1)
        if used
        for action, meaning in meanings.items()
    ]


def _of_switches(announcement: Announcement) -> list[Press]:
    ways = ((announcement.toggled, _TOGGLING), (announcement.held, _HOLDING))
    return [
        Press(switch_label(announcement, index), action, meanings[mode], f"switch_{index + 1}")
        for index, mode in enumerate(announcement.switch_modes)
        for action, meanings in ways
        if mode in meanings
    ]
