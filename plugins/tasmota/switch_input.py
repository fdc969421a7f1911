"""A switch that is wired to the device: a binary sensor, by what mode the device reads it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from hub.api import Detach, DeviceInfo, EntityInfo, nothing
from plugins.tasmota.announcement import Announcement
from plugins.tasmota.live import ASK_SENSORS, Live, Part
from plugins.tasmota.wire import Channel, Wire

# Modes in which the device tells on and off, not only that something was pressed.
_TELLING_MODES = frozenset({1, 2, 3, 4, 5, 6, 9, 10, 13, 14, 15, 16})
# PUSHON and its inversion, for motion detectors: only on is told, and what is polled means nothing.
_PUSH_ON = frozenset({13, 14})
_PUSH_ON_SECONDS = 1.0


@dataclass(frozen=True, kw_only=True)
class SwitchInput(Part):
    """A switch; `label` is what the device's messages call it."""

    label: str
    push_on: bool

    def info(self, device: DeviceInfo) -> EntityInfo:
        return replace(super().info(device), force_update=self.push_on)

    def make(self, wire: Wire) -> Live[Any]:
        return LiveSwitchInput(wire, self)


class LiveSwitchInput(Live[SwitchInput]):
    channels: ClassVar[tuple[Channel, ...]] = (Channel.RESULT, Channel.SENSOR)
    _on: bool | None = None

    def __init__(self, wire: Wire, part: SwitchInput) -> None:
        self._off_later: Detach = nothing
        super().__init__(wire, part)

    def hear(self, channel: Channel, content: Mapping[str, Any]) -> None:
        told = content.get(self.part.label)
        if channel is Channel.RESULT:
            told = told.get("Action") if isinstance(told, Mapping) else None
        elif self.part.push_on:
            return
        on = self.wire.announcement.is_on(told)
        if on is not None:
            self._take(on)

    def current(self) -> tuple[str | None, Mapping[str, Any]]:
        return None if self._on is None else "on" if self._on else "off", {}

    def stop(self, *, forget: bool = False) -> None:
        self._off_later()
        super().stop(forget=forget)

    def _take(self, on: bool) -> None:
        self._on = on
        self._off_later()
        if on and self.part.push_on:
            self._off_later = self.wire.house.clock.call_later(_PUSH_ON_SECONDS, self._off)
        self.show()

    def _off(self) -> None:
        self._on = False
        self.show()


def switch_inputs_of(announcement: Announcement) -> list[Part]:
    return [
        SwitchInput(
            domain="binary_sensor",
            unique_id=f"{announcement.mac}_binary_sensor_switch_{index}",
            name=announcement.name_of_switch(index) or f"binary_sensor {index + 1}",
            poll=ASK_SENSORS,
            label=switch_label(announcement, index),
            push_on=mode in _PUSH_ON,
        )
        for index, mode in enumerate(announcement.switch_modes)
        if mode in _TELLING_MODES
    ]


def switch_label(announcement: Announcement, index: int) -> str:
    """Return what the device's messages call a switch."""
    return announcement.name_of_switch(index) or f"Switch{index + 1}"
