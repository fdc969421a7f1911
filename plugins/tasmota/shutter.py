"""A shutter: a cover with a position and, if the device has them, slats that tilt."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from hub.api import Command, ServiceCall
from plugins.tasmota.announcement import SHUTTER, Announcement
from plugins.tasmota.live import ASK_SENSORS, Live, Part
from plugins.tasmota.wire import Channel, Wire

log = logging.getLogger(__name__)

_MOST = 16
_INVERTED = 1
_UP, _DOWN = 1, -1


@dataclass(frozen=True, kw_only=True)
class Shutter(Part):
    """Shutter number `index`; an `inverted` one counts its position from the other end."""

    index: int
    inverted: bool
    tilt_min: int
    tilt_max: int
    tilts: bool

    @property
    def number(self) -> int:
        return self.index + 1

    def position(self, position: float) -> float:
        """Translate a position, from the device's or to it."""
        return 100 - position if self.inverted else position

    def shown_tilt(self, tilt: float) -> float | None:
        """Return what the device tells as a part of 100; None if it has nothing to tilt."""
        span = self.tilt_max - self.tilt_min
        return _tidy((tilt - self.tilt_min) * 100 / span) if span else None

    def told_tilt(self, percent: float) -> int:
        return round(self.tilt_min + percent * (self.tilt_max - self.tilt_min) / 100)

    def make(self, wire: Wire) -> Live[Any]:
        return LiveShutter(wire, self)


class LiveShutter(Live[Shutter]):
    channels: ClassVar[tuple[Channel, ...]] = (Channel.RESULT, Channel.SENSOR)
    _direction = 0
    _position: float | None = None
    _tilt: float | None = None
    _opened_last = True

    # --- what comes ----------------------------------------------------------------------------------

    def hear(self, channel: Channel, content: Mapping[str, Any]) -> None:
        told = content.get(f"Shutter{self.part.number}")
        if not isinstance(told, Mapping):
            return
        direction, position, tilt = (_number(told.get(name)) for name in ("Direction", "Position", "Tilt"))
        if direction is not None:
            self._direction = int(-direction if self.part.inverted else direction)
        if position is not None:
            self._position = _tidy(self.part.position(position))
        if tilt is not None:
            self._tilt = self.part.shown_tilt(tilt)
        self.show()

    def current(self) -> tuple[str | None, Mapping[str, Any]]:
        shown: dict[str, Any] = {}
        if self._position is not None:
            shown["current_position"] = self._position
        if self._tilt is not None:
            shown["current_tilt_position"] = self._tilt
        if self._direction in (_UP, _DOWN):
            self._opened_last = self._direction == _UP
        return self._state(), shown

    def _state(self) -> str | None:
        if self._direction == _UP:
            return "opening"
        if self._direction == _DOWN:
            return "closing"
        if self._position is None:
            return None
        return "closed" if self._position == 0 else "open"

    # --- what is commanded ---------------------------------------------------------------------------

    def commands(self) -> Mapping[str, Command]:
        commands: dict[str, Command] = {
            "open_cover": lambda call: self._send("Open"),
            "close_cover": lambda call: self._send("Close"),
            "stop_cover": lambda call: self._send("Stop"),
            "toggle": self._toggle,
            "set_cover_position": self._set_position,
        }
        if self.part.tilts:
            commands |= {
                "open_cover_tilt": lambda call: self._send("Tilt", "OPEN"),
                "close_cover_tilt": lambda call: self._send("Tilt", "CLOSE"),
                "stop_cover_tilt": lambda call: self._send("Stop"),
                "toggle_cover_tilt": lambda call: self._send("Tilt", "OPEN" if self._tilt == 0 else "CLOSE"),
                "set_cover_tilt_position": self._set_tilt,
            }
        return commands

    def _send(self, verb: str, argument: str = "") -> None:
        self.wire.send(f"Shutter{verb}{self.part.number}", argument)

    def _set_position(self, call: ServiceCall) -> None:
        self._send("Position", str(self.part.position(call.fields.position)))

    def _set_tilt(self, call: ServiceCall) -> None:
        self._send("Tilt", str(self.part.told_tilt(call.fields.tilt_position)))

    def _toggle(self, call: ServiceCall) -> None:
        if self._direction in (_UP, _DOWN):
            self._send("Stop")
        elif self._position == 0:
            self._send("Open")
        else:
            self._send("Close" if self._position == 100 or self._opened_last else "Open")


def shutters_of(announcement: Announcement) -> list[Part]:
    """Return the shutters; each has two relays, one beside the other."""
    pairs, index, relays = 0, 0, announcement.relays
    while index < len(relays):
        if relays[index] != SHUTTER:
            index += 1
            continue
        if relays[index + 1 : index + 2] != (SHUTTER,):
            log.error(
                "%s: relay %s is a shutter, but not the next one: it has no covers",
                announcement.name,
                index + 1,
            )
            return []
        pairs += 1
        index += 2
    return [_shutter(announcement, number) for number in range(min(pairs, _MOST))]


def _shutter(announcement: Announcement, index: int) -> Shutter:
    options, tilts = announcement.shutter_options, announcement.shutter_tilts
    low, high, duration = tilts[index] if index < len(tilts) else (0, 0, 0)
    return Shutter(
        domain="cover",
        unique_id=f"{announcement.mac}_cover_shutter_{index}",
        name=f"cover {index + 1}",
        poll=ASK_SENSORS,
        index=index,
        inverted=bool(index < len(options) and options[index] & _INVERTED),
        tilt_min=low,
        tilt_max=high,
        tilts=duration != 0 and low != high,
    )


def _number(value: Any) -> float | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _tidy(value: float) -> float:
    return int(value) if value == int(value) else value
