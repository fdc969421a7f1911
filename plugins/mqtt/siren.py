"""The mqtt siren: sounds tones, by command."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import orjson
from pydantic import BaseModel, Field, ValidationError

from hub.api import Bool, Command, House, OneOrMany, ServiceCall, ServiceRefused, TemplateField, Text
from plugins.mqtt.decoding import NONE
from plugins.mqtt.feed import Feed
from plugins.mqtt.live import Live
from plugins.mqtt.meaning import Ignored, Unusable, tell
from plugins.mqtt.options import Living, Payload, StatefulOptions
from plugins.mqtt.topics import PublishTopic

log = logging.getLogger(__name__)


class Sounding(BaseModel, frozen=True, extra="forbid"):
    """How a siren sounds."""

    tone: str | int | None = None
    duration: Annotated[int, Field(ge=0)] | None = None
    volume_level: Annotated[float, Field(ge=0, le=1)] | None = None


class Siren(StatefulOptions):
    """A siren or chime. Without a template its commands are objects: `{"state": "ON", "tone": …}`."""

    domain: ClassVar[str] = "siren"
    default_name: ClassVar[str | None] = "MQTT Siren"
    reserved: ClassVar[frozenset[str]] = frozenset({"available_tones", "duration", "tone", "volume_level"})

    command_topic: PublishTopic
    command_template: TemplateField | None = None
    command_off_template: TemplateField | None = None
    state_value_template: TemplateField | None = None
    available_tones: OneOrMany[Text] = ()
    support_duration: Bool = True
    support_volume_set: Bool = True
    payload_on: Payload = "ON"
    payload_off: Payload = "OFF"
    state_on: Payload | None = None
    state_off: Payload | None = None

    def attributes(self, house: House) -> Mapping[str, Any]:
        tones = {"available_tones": list(self.available_tones)} if self.available_tones else {}
        able = 4 * bool(tones) | 8 * self.support_volume_set | 16 * self.support_duration
        return {**tones, "supported_features": able}

    @property
    def extras(self) -> list[str]:
        """What a command may say beside on, and the state may tell."""
        able = {
            "duration": self.support_duration,
            "tone": bool(self.available_tones),
            "volume_level": self.support_volume_set,
        }
        return [name for name, can in able.items() if can]

    def meaning(self, text: str) -> dict[str, Any]:
        """Return what a message tells: `state` (None for unknown) and extras, as far as it names them."""
        states = {
            self.state_on or self.payload_on: "on",
            self.state_off or self.payload_off: "off",
            NONE: None,
        }
        if not text or text == "{}":
            raise Ignored
        if text in states:
            return {"state": states[text]}
        try:
            content = orjson.loads(text)
        except ValueError:
            content = None
        if not isinstance(content, dict):
            raise Unusable(f"{text[:100]!r} is neither a state nor a JSON object")
        state = content.pop("state", self)
        told = {"state": states[state]} if state in states else {}
        return {**told, **self._extras_of(content)}

    def _extras_of(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a message tells beside the state; nothing if any of it can't be."""
        try:
            sounding = Sounding.model_validate(content)
        except ValidationError:
            sounding = None
        if sounding is None or (sounding.tone is not None and sounding.tone not in self.available_tones):
            log.warning("a message to a siren tells what can't be: %.100s", content)
            return {}
        told = sounding.model_dump(exclude_unset=True)
        return {name: told[name] for name in self.extras if name in told}

    def make(self, house: House, feed: Feed) -> Living:
        return LiveSiren(house, feed, self)


class LiveSiren(Live[Siren]):
    _state: str | None = None

    def __init__(self, house: House, feed: Feed, options: Siren) -> None:
        self._extra: dict[str, Any] = {}
        super().__init__(house, feed, options)

    def commands(self) -> Mapping[str, Command]:
        return {"turn_on": self._turn_on, "turn_off": self._turn_off}

    def wire(self) -> None:
        self.hear("state_topic", self.options.state_topic, self.options.state_value_template, self._came)

    def restore(self) -> None:
        if self.options.assumed:
            self._state = "off"

    def current(self) -> tuple[str | None, Mapping[str, Any]]:
        return self._state, {name: self._extra.get(name) for name in self.options.extras}

    def _came(self, text: str) -> None:
        try:
            told = self.options.meaning(text)
        except Ignored:
            return
        except Unusable as unusable:
            tell(self.name, unusable)
            return
        if "state" in told:
            self._state = told.pop("state")
        self._extra.update(told)
        self.touch()

    def _turn_on(self, call: ServiceCall) -> None:
        options = self.options
        # A call that toggles off has the fields of turn_on; one that turns on may have none.
        asked = {name: getattr(call.fields, name, None) for name in options.extras}
        given = {name: value for name, value in asked.items() if value is not None}
        if "tone" in given and given["tone"] not in options.available_tones:
            known = ", ".join(options.available_tones)
            raise ServiceRefused(f"{self.name} has no tone {given['tone']!r}", remedy=f"There are: {known}.")
        self._send(options.command_template, options.payload_on, given)
        if options.assumed:
            self._state = "on"
            self._extra.update(given)
            self.show_assumed(call)

    def _turn_off(self, call: ServiceCall) -> None:
        options = self.options
        self._send(options.command_off_template or options.command_template, options.payload_off, {})
        if options.assumed:
            self._state = "off"
            self.show_assumed(call)

    def _send(self, template: Any, state: str, extras: Mapping[str, Any]) -> None:
        told = {"state": state, **extras}
        payload = (
            self.render(template, state, **told) if template is not None else orjson.dumps(told).decode()
        )
        if payload and payload != NONE:
            self.publish(self.options.command_topic, payload)


OPTIONS = Siren
