"""A relay: a switch, or a light that can only be on or off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from hub.api import Command, DeviceInfo, EntityInfo, ServiceCall
from plugins.tasmota.announcement import LIGHT, RELAY, Announcement
from plugins.tasmota.live import ASK_STATE, Live, Part
from plugins.tasmota.wire import Channel, Wire

_AS_LIGHT = 30


@dataclass(frozen=True, kw_only=True)
class Relay(Part):
    """Relay number `index`, counted from 0."""

    index: int

    def info(self, device: DeviceInfo) -> EntityInfo:
        info = super().info(device)
        modes = {"supported_color_modes": ["onoff"]} if self.domain == "light" else {}
        return replace(info, attributes=modes)

    def make(self, wire: Wire) -> Live[Any]:
        return LiveRelay(wire, self)


class LiveRelay(Live[Relay]):
    channels: ClassVar[tuple[Channel, ...]] = (Channel.RESULT, Channel.STATE)
    _on = False

    def commands(self) -> Mapping[str, Command]:
        return {"turn_on": self._turn_on, "turn_off": self._turn_off}

    def hear(self, channel: Channel, content: Mapping[str, Any]) -> None:
        on = self.wire.announcement.power(content, self.part.index)
        if on is not None:
            self._on = on
            self.show()

    def current(self) -> tuple[str | None, Mapping[str, Any]]:
        state = "on" if self._on else "off"
        if self.part.domain != "light":
            return state, {}
        return state, {"color_mode": "onoff" if self._on else None}

    def _turn_on(self, call: ServiceCall) -> None:
        fields = call.fields
        # As with any light, a brightness of 0 means off.
        self._turn(0 not in (getattr(fields, "brightness", None), getattr(fields, "brightness_pct", None)))

    def _turn_off(self, call: ServiceCall) -> None:
        self._turn(False)

    def _turn(self, on: bool) -> None:
        self.wire.send(f"Power{self.part.index + 1}", self.wire.announcement.word(on))


def switches_of(announcement: Announcement) -> list[Part]:
    """Return a switch for each relay, unless `SetOption30` makes them lights."""
    if announcement.option(_AS_LIGHT):
        return []
    return [_relay(announcement, "switch", i) for i, use in enumerate(announcement.relays) if use == RELAY]


def plain_lights_of(announcement: Announcement) -> list[Part]:
    """Return the lights that are relays: all with `SetOption30`, the first one of a fan with a lamp."""
    found: list[Part] = []
    for index, use in enumerate(announcement.relays):
        lamp = bool(announcement.fan) and index == 0
        if (use == RELAY and (lamp or announcement.option(_AS_LIGHT))) or (use == LIGHT and lamp):
            found.append(_relay(announcement, "light", index))
    return found


def _relay(announcement: Announcement, domain: str, index: int) -> Relay:
    return Relay(
        domain=domain,
        unique_id=f"{announcement.mac}_{domain}_relay_{index}",
        name=announcement.name_of_relay(domain, index),
        poll=ASK_STATE,
        index=index,
    )
