"""What a device says of itself on `<prefix>/<MAC>/config`: names, topics, relays, switches, options.

The keys are Tasmota's short ones. What older firmware leaves out has a default; unknown keys are ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any

import orjson
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from hub.api import DeviceInfo, Text

RELAY, LIGHT, SHUTTER = 1, 2, 3
"""What a relay of `rl` is used for; 0 is nothing."""

_OFF, _ON, _TOGGLE, _HOLD = range(4)
_FORBIDDEN = frozenset("+#\0")


class Unreadable(Exception):
    """An announcement that can't be used; its text says why."""


def _listed(value: Any) -> Any:
    if value is None:
        return ()
    return value if isinstance(value, (list, tuple)) else (value,)


def _bits(value: Any) -> Any:
    return 0 if value is None else value


Whole = Annotated[int, BeforeValidator(_bits)]
Wholes = Annotated[tuple[Whole, ...], BeforeValidator(_listed)]
Names = Annotated[tuple[Text | None, ...], BeforeValidator(_listed)]
Tilt = tuple[Whole, Whole, Whole]


class Announcement(BaseModel):
    """One device as it announced itself."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    mac: Text
    topic: Text = Field(alias="t")
    full_topic: Text = Field(alias="ft")
    prefixes: tuple[Text, Text, Text] = Field(("cmnd", "stat", "tele"), alias="tp")
    words: tuple[Text, Text, Text, Text] = Field(("OFF", "ON", "TOGGLE", "HOLD"), alias="state")
    online: Text = Field("Online", alias="onln")
    offline: Text = Field("Offline", alias="ofln")

    ip: Text = ""
    host: Text = Field("", alias="hn")
    given_name: Text = Field("", alias="dn")
    names: Names = Field((), alias="fn")
    model: Text = Field("", alias="md")
    version: Text = Field("", alias="sw")

    relays: Wholes = Field((), alias="rl")
    switch_modes: Wholes = Field((), alias="swc")
    switch_names: Names = Field((), alias="swn")
    buttons: Wholes = Field((), alias="btn")
    light_kind: Whole = Field(0, alias="lt_st")
    linked: Whole = Field(1, alias="lk")
    tuya: Whole = Field(0, alias="ty")
    fan: Whole = Field(0, alias="if")
    shutter_options: Wholes = Field((), alias="sho")
    shutter_tilts: Annotated[tuple[Tilt, ...], BeforeValidator(_listed)] = Field((), alias="sht")
    battery: Whole = Field(0, alias="bat")
    deep_sleep: Whole = Field(0, alias="dslp")
    set_options: Mapping[str, Whole] = Field({}, alias="so")

    # --- names ---------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        return self.given_name or self.host or self.mac

    def device(self) -> DeviceInfo:
        mac = ":".join(self.mac[at : at + 2] for at in range(0, len(self.mac), 2)).lower()
        return DeviceInfo(
            identifiers=frozenset([("tasmota", self.mac)]),
            connections=frozenset([("mac", mac)]),
            name=self.name,
            manufacturer="Tasmota",
            model=self.model or None,
            sw_version=self.version or None,
            configuration_url=f"http://{self.ip}/" if self.ip else None,
        )

    def name_of_relay(self, domain: str, index: int) -> str | None:
        """Return the friendly name; None where it would only repeat the device's."""
        name = _at(self.names, index)
        if name is None:
            return f"{domain} {index + 1}"
        return None if index == 0 and name == self.name else name

    def name_of_switch(self, index: int) -> str | None:
        return _at(self.switch_names, index)

    def option(self, number: int) -> bool:
        """Tell whether `SetOption<number>` is on."""
        return bool(self.set_options.get(str(number)))

    # --- topics --------------------------------------------------------------------------------------

    @cached_property
    def command_topic(self) -> str:
        return self._topic(0)

    @cached_property
    def stat_topic(self) -> str:
        return self._topic(1)

    @cached_property
    def tele_topic(self) -> str:
        return self._topic(2)

    def _topic(self, prefix: int) -> str:
        values = {
            "%hostname%": self.host,
            "%id%": self.mac[-6:],
            "%prefix%": self.prefixes[prefix],
            "%topic%": self.topic,
        }
        topic = self.full_topic
        for token, value in values.items():
            topic = topic.replace(token, value)
        return topic if topic.endswith("/") else f"{topic}/"

    # --- words ---------------------------------------------------------------------------------------

    def word(self, on: bool) -> str:
        """Return what the device calls on and off."""
        return self.words[_ON if on else _OFF]

    @property
    def toggled(self) -> str:
        return self.words[_TOGGLE]

    @property
    def held(self) -> str:
        return self.words[_HOLD]

    def is_on(self, told: Any) -> bool | None:
        """Tell what a word of the device means; None if it is neither on nor off."""
        return {self.word(True): True, self.word(False): False}.get(told) if isinstance(told, str) else None

    def power(self, content: Mapping[str, Any], index: int) -> bool | None:
        """Tell whether the relay is on, by `POWER1` and so on; None if the message does not say."""
        first = content.get("POWER") if index == 0 else None
        return self.is_on(content.get(f"POWER{index + 1}") if first is None else first)


def read(payload: bytes) -> Announcement:
    """Read an announcement; raises `Unreadable`."""
    try:
        announcement = Announcement.model_validate(orjson.loads(payload))
    except orjson.JSONDecodeError as error:
        raise Unreadable("it is no JSON") from error
    except ValidationError as error:
        wrong = [".".join(map(str, each["loc"])) + f": {each['msg']}" for each in error.errors()]
        raise Unreadable("; ".join(wrong)) from error
    if _FORBIDDEN & set(announcement.tele_topic + announcement.stat_topic + announcement.command_topic):
        raise Unreadable(f"{announcement.tele_topic!r} is no topic to publish on")
    return announcement


def _at(names: tuple[str | None, ...], index: int) -> str | None:
    return names[index] if index < len(names) else None
