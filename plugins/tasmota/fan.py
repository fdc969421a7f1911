"""The fan of an iFan: off and three speeds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from hub.api import Command, DeviceInfo, EntityInfo, ServiceCall, ServiceRefused
from plugins.tasmota.announcement import Announcement
from plugins.tasmota.live import ASK_STATE, Live, Part
from plugins.tasmota.wire import Channel, Wire

_SPEEDS = 3
_MEDIUM = 2


@dataclass(frozen=True, kw_only=True)
class Fan(Part):
    """The one fan of a device."""

    def info(self, device: DeviceInfo) -> EntityInfo:
        return replace(super().info(device), attributes={"preset_modes": None})

    def make(self, wire: Wire) -> Live[Any]:
        return LiveFan(wire, self)


class LiveFan(Live[Fan]):
    channels: ClassVar[tuple[Channel, ...]] = (Channel.RESULT, Channel.STATE)
    _speed: int | None = None
    _last_speed = _MEDIUM

    def hear(self, channel: Channel, content: Mapping[str, Any]) -> None:
        speed = content.get("FanSpeed")
        if not isinstance(speed, int) or isinstance(speed, bool) or not 0 <= speed <= _SPEEDS:
            return
        self._speed = speed
        self._last_speed = self._speed or self._last_speed
        self.show()

    def current(self) -> tuple[str | None, Mapping[str, Any]]:
        percentage = None if self._speed is None else _percentage(self._speed)
        shown = {"percentage": percentage, "percentage_step": 100 / _SPEEDS, "preset_mode": None}
        return "on" if self._speed else "off", shown

    def commands(self) -> Mapping[str, Command]:
        return {
            "turn_on": self._turn_on,
            "turn_off": lambda call: self._send(0),
            "toggle": lambda call: self._send(0) if self._speed else self._turn_on(call),
            "set_percentage": lambda call: self._send(_speed(call.fields.percentage)),
            "increase_speed": lambda call: self._step(call, 1),
            "decrease_speed": lambda call: self._step(call, -1),
        }

    def _turn_on(self, call: ServiceCall) -> None:
        if getattr(call.fields, "preset_mode", None) is not None:
            raise ServiceRefused(f"{self.entity.entity_id} has no preset modes")
        percentage = getattr(call.fields, "percentage", None)
        self._send(_speed(percentage) if percentage else self._last_speed)

    def _step(self, call: ServiceCall, direction: int) -> None:
        speed = self._speed or 0
        if call.fields.percentage_step is None:
            self._send(min(max(speed + direction, 0), _SPEEDS))
            return
        percentage = _percentage(speed) + direction * call.fields.percentage_step
        self._send(_speed(min(max(percentage, 0), 100)))

    def _send(self, speed: int) -> None:
        self.wire.send("FanSpeed", str(speed))


def fans_of(announcement: Announcement) -> list[Part]:
    if not announcement.fan:
        return []
    unique_id = f"{announcement.mac}_fan_fan_ifan"
    return [Fan(domain="fan", unique_id=unique_id, name=None, poll=ASK_STATE)]


def _percentage(speed: int) -> int:
    return speed * 100 // _SPEEDS


def _speed(percentage: float) -> int:
    """Return the slowest speed that is at least this fast."""
    return next((speed for speed in range(_SPEEDS) if percentage <= _percentage(speed)), _SPEEDS)
