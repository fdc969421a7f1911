"""Groups of what is on or off: binary sensors, switches; and of locks and buttons."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable
from typing import ClassVar

from hub.api import Bool, House, Text
from plugins.group.platform import GONE, GroupPlatform, Shown, assumed, available, on_or_off


class OnOffGroup(GroupPlatform):
    """On if any member is on; with `all`, if every one is."""

    all: Bool = False

    @property
    def rule(self) -> Callable[[Iterable[bool]], bool]:
        return builtins.all if self.all else any


class BinarySensorGroup(OnOffGroup):
    """Several binary sensors as one."""

    domain: ClassVar[str] = "binary_sensor"
    default_name: ClassVar[str] = "Binary Sensor Group"

    device_class: Text | None = None

    def shown(self, house: House) -> Shown:
        states = self.states(house)
        return Shown(on_or_off(states, self.rule), available(states))


class SwitchGroup(OnOffGroup):
    """Several switches as one."""

    domain: ClassVar[str] = "switch"
    default_name: ClassVar[str] = "Switch Group"
    services: ClassVar[tuple[str, ...]] = ("turn_on", "turn_off")

    def shown(self, house: House) -> Shown:
        states = self.states(house)
        return Shown(on_or_off(states, self.rule), available(states), assumed(states))


class LockGroup(GroupPlatform):
    """Several locks as one: locked if all are."""

    domain: ClassVar[str] = "lock"
    default_name: ClassVar[str] = "Lock Group"
    services: ClassVar[tuple[str, ...]] = ("lock", "unlock", "open")

    def shown(self, house: House) -> Shown:
        states = self.states(house)
        return Shown(_lock([state.state for state in states]), available(states))


def _lock(states: list[str]) -> str | None:
    if builtins.all(state in GONE for state in states):
        return None
    for word in ("jammed", "opening", "locking", "open", "unlocking"):
        if word in states:
            return word
    return "locked" if builtins.all(state == "locked" for state in states) else "unlocked"


class ButtonGroup(GroupPlatform):
    """Several buttons as one; its state is when it was pressed."""

    domain: ClassVar[str] = "button"
    default_name: ClassVar[str] = "Button group"
    services: ClassVar[tuple[str, ...]] = ("press",)

    def shown(self, house: House) -> Shown:
        states = self.states(house)
        times = [state.state for state in states if state.state not in GONE]
        return Shown(max(times, default=None), available(states))
