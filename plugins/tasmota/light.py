"""A light that is more than a relay: dimmed, white of any temperature, coloured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from hub.api import Command, DeviceInfo, EntityInfo, ServiceCall, colors
from plugins.tasmota.announcement import LIGHT, Announcement
from plugins.tasmota.fading import color_of, speed
from plugins.tasmota.live import ASK_STATE, Live, Part
from plugins.tasmota.shining import EFFECTS, Kind, Range, Shine, abilities
from plugins.tasmota.wire import Channel, Wire
from plugins.tasmota.wishes import Wish, wish_of

_NOT_POWER_LINKED, _CHANNELS_APART, _NARROW_RANGE, _FIXED_FADE = 20, 68, 82, 117
_NARROW = Range(200, 380)


@dataclass(frozen=True, kw_only=True)
class Light(Part):
    """A light. `dimmer` is the command for its brightness, `dimmer_told` how the device tells it.

    With `power_apart` a brightness does not switch the light on.
    """

    index: int
    kind: Kind
    range: Range
    dimmer: str
    dimmer_told: str
    fades: bool
    fixed_fade: bool
    power_apart: bool

    def info(self, device: DeviceInfo) -> EntityInfo:
        return replace(super().info(device), attributes=abilities(self.kind, self.range))

    def make(self, wire: Wire) -> Live[Any]:
        return LiveLight(wire, self)


class LiveLight(Live[Light]):
    channels: ClassVar[tuple[Channel, ...]] = (Channel.RESULT, Channel.STATE)

    def __init__(self, wire: Wire, part: Light) -> None:
        self._shine = Shine()
        super().__init__(wire, part)

    def hear(self, channel: Channel, content: Mapping[str, Any]) -> None:
        on = self.wire.announcement.power(content, self.part.index)
        if on is None:
            return
        self._shine.on = on
        if self.part.kind is not Kind.SWITCHED:
            self._shine.hear(content, self.part.dimmer_told)
        self.show()

    def current(self) -> tuple[str | None, Mapping[str, Any]]:
        return "on" if self._shine.on else "off", self._shine.attributes(self.part.kind)

    # --- what is commanded ---------------------------------------------------------------------------

    def commands(self) -> Mapping[str, Command]:
        return {"turn_on": self._turn_on, "turn_off": self._turn_off, "toggle": self._toggle}

    def _turn_on(self, call: ServiceCall) -> None:
        wish = wish_of(call.fields, self.part.kind, self.part.fades, self._shine)
        if wish.off:
            self._send(False, Wish(transition=wish.transition))
        else:
            self._send(True, wish)

    def _turn_off(self, call: ServiceCall) -> None:
        transition = getattr(call.fields, "transition", None) if self.part.fades else None
        self._send(False, Wish(transition=transition))

    def _toggle(self, call: ServiceCall) -> None:
        if self._shine.on:
            self._turn_off(call)
        else:
            self._turn_on(call)

    def _send(self, on: bool, wish: Wish) -> None:
        power = (f"Power{self.part.index + 1}", self.wire.announcement.word(on))
        level = None if wish.brightness is None else str(_percent(wish.brightness))
        commands = self._fade(on, wish)
        commands.append(power if level is None else (self.part.dimmer, level))
        if wish.hs is not None:
            commands.append(("HsbColor1", str(round(wish.hs[0]))))
            commands.append(("HsbColor2", str(round(wish.hs[1]))))
        if wish.kelvin is not None:
            commands.append(("CT", str(colors.mireds(wish.kelvin))))
        if wish.effect is not None and wish.effect in EFFECTS:
            commands.append(("Scheme", str(EFFECTS.index(wish.effect))))
        if wish.white is not None:
            commands.append(("White", str(_percent(wish.white))))
        if level is not None and self.part.power_apart:
            commands.append(power)
        # All in one message, without the pause that a Backlog makes between commands.
        self.wire.send("Backlog", ";".join(f"NoDelay;{name} {argument}" for name, argument in commands))

    def _fade(self, on: bool, wish: Wish) -> list[tuple[str, str]]:
        if wish.transition is None:
            return []
        if wish.transition <= 0:
            return [("Fade2", "0")]
        part, wanted = self.part, self._wanted(on, wish)
        pace = speed(wish.transition, self._shine, wanted, part.kind, part.range, fixed=part.fixed_fade)
        return [("Fade2", "1"), ("Speed2", str(pace))]

    def _wanted(self, on: bool, wish: Wish) -> Shine:
        wanted = replace(self._shine, on=on)
        if wish.brightness is not None:
            wanted.dimmer = _percent(wish.brightness)
        if wish.hs is not None:
            wanted.rgb = color_of(*wish.hs)
        if wish.kelvin is not None:
            wanted.mireds = colors.mireds(wish.kelvin)
        return wanted


def _percent(level: int) -> int:
    """Return a level of 255 as one of 100, and nothing but 0 as 0."""
    return max(round(level / 255 * 100), 1)


# --- from the announcement ----------------------------------------------------------------------------


def lights_of(announcement: Announcement) -> list[Part]:
    """Return the lights; the lamp of a fan is only a relay."""
    first = 1 if announcement.fan else 0
    uses = enumerate(announcement.relays)
    return [_light(announcement, index) for index, use in uses if use == LIGHT and index >= first]


def _light(announcement: Announcement, index: int) -> Light:
    kind, dimmer, told = _channels(announcement, index)
    return Light(
        domain="light",
        unique_id=f"{announcement.mac}_light_light_{index}",
        name=announcement.name_of_relay("light", index),
        poll=ASK_STATE,
        index=index,
        kind=kind,
        range=_NARROW if announcement.option(_NARROW_RANGE) else Range(),
        dimmer=dimmer,
        dimmer_told=told,
        fades=kind is not Kind.SWITCHED and not announcement.tuya,
        fixed_fade=announcement.option(_FIXED_FADE),
        power_apart=announcement.option(_NOT_POWER_LINKED),
    )


def _channels(announcement: Announcement, index: int) -> tuple[Kind, str, str]:
    """Return a light's kind, the command for its brightness, and how its brightness is told."""
    kind = Kind(min(max(announcement.light_kind, 0), max(Kind)))
    if announcement.option(_CHANNELS_APART):
        channel = f"Channel{index + 1}"
        return Kind.DIMMED, channel, channel
    place = index - announcement.relays.index(LIGHT)
    if not announcement.linked and kind >= Kind.COLORED_WHITE and place < 2:
        # One device, two lights: its colours, and its white.
        white = Kind.DIMMED if kind is Kind.COLORED_WHITE else Kind.TEMPERED
        dimmer = f"Dimmer{place + 1}"
        return (white if place else Kind.COLORED), dimmer, dimmer
    # The brightness of a Tuya dimmer is set by its third, and told by its first.
    return kind, "Dimmer3" if announcement.tuya else "Dimmer", "Dimmer"
