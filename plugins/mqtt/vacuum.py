"""The mqtt vacuum: a robot vacuum cleaner."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar, Literal

import orjson

from hub.api import Command, House, OneOrMany, ServiceCall, ServiceRefused, Text
from plugins.mqtt.feed import Feed, Reading
from plugins.mqtt.live import Live
from plugins.mqtt.options import CommandOptions, Living, Payload
from plugins.mqtt.topics import PublishTopic, SubscribeTopic

log = logging.getLogger(__name__)

_STATES = frozenset({"cleaning", "docked", "error", "idle", "paused", "returning"})
_SERVICES = {
    "start": "start",
    "pause": "pause",
    "stop": "stop",
    "return_home": "return_to_base",
    "clean_spot": "clean_spot",
    "locate": "locate",
}
Feature = Literal[
    "start", "pause", "stop", "return_home", "fan_speed", "status", "send_command", "locate", "clean_spot"
]
# Home Assistant's numbers for them.
_BITS: Mapping[Feature, int] = {
    "pause": 4, "stop": 8, "return_home": 16, "fan_speed": 32, "status": 128, "send_command": 256,
    "locate": 512, "clean_spot": 1024, "start": 8192,
}  # fmt: skip


class Vacuum(CommandOptions):
    """A robot vacuum cleaner; its messages are objects with `state` and `fan_speed`."""

    domain: ClassVar[str] = "vacuum"
    default_name: ClassVar[str | None] = "MQTT State Vacuum"
    reserved: ClassVar[frozenset[str]] = frozenset({"fan_speed"})

    state_topic: SubscribeTopic | None = None
    command_topic: PublishTopic | None = None
    supported_features: OneOrMany[Feature] = ("start", "stop", "return_home", "clean_spot")
    payload_start: Payload = "start"
    payload_pause: Payload = "pause"
    payload_stop: Payload = "stop"
    payload_return_to_base: Payload = "return_to_base"
    payload_clean_spot: Payload = "clean_spot"
    payload_locate: Payload = "locate"
    set_fan_speed_topic: PublishTopic | None = None
    fan_speed_list: OneOrMany[Text] = ()
    send_command_topic: PublishTopic | None = None

    def attributes(self, house: House) -> Mapping[str, Any]:
        speeds = {"fan_speed_list": list(self.fan_speed_list)}
        able = sum(_BITS[feature] for feature in set(self.supported_features))
        return {**(speeds if "fan_speed" in self.supported_features else {}), "supported_features": able}

    def make(self, house: House, feed: Feed) -> Living:
        return LiveVacuum(house, feed, self)


class LiveVacuum(Live[Vacuum]):
    _state: str | None = None
    _fan_speed: Any = None

    def wire(self) -> None:
        self.listen("state", self.options.state_topic, self._came)

    def _came(self, reading: Reading) -> None:
        content = reading.json
        if not isinstance(content, dict):
            log.warning("%s: a message that is no JSON object", self.name)
            return
        state = content.get("state", self)
        if state is None or state in _STATES:
            self._state = state
        self._fan_speed = content.get("fan_speed", self._fan_speed)
        self.touch()

    def current(self) -> tuple[str | None, Mapping[str, Any]]:
        if "fan_speed" not in self.options.supported_features:
            return self._state, {}
        return self._state, {"fan_speed": self._fan_speed}

    def commands(self) -> Mapping[str, Command]:
        options = self.options
        able = options.supported_features
        commands: dict[str, Command] = {
            service: partial(self._order, f"payload_{service}")
            for feature, service in _SERVICES.items()
            if feature in able and options.command_topic is not None
        }
        if "fan_speed" in able and options.set_fan_speed_topic is not None:
            commands["set_fan_speed"] = self._set_fan_speed
        if "send_command" in able and options.send_command_topic is not None:
            commands["send_command"] = self._send_command
        return commands

    def _order(self, payload: str, call: ServiceCall) -> None:
        assert self.options.command_topic is not None
        self.publish(self.options.command_topic, getattr(self.options, payload))

    def _set_fan_speed(self, call: ServiceCall) -> None:
        options, speed = self.options, call.fields.fan_speed
        assert options.set_fan_speed_topic is not None
        if speed not in options.fan_speed_list:
            known = ", ".join(options.fan_speed_list)
            raise ServiceRefused(f"{self.name} has no fan_speed {speed!r}", remedy=f"There are: {known}.")
        self.publish(options.set_fan_speed_topic, speed)

    def _send_command(self, call: ServiceCall) -> None:
        assert self.options.send_command_topic is not None
        fields = call.fields
        payload = fields.command
        if isinstance(fields.params, dict):
            payload = orjson.dumps({"command": fields.command, **fields.params}).decode()
        self.publish(self.options.send_command_topic, payload)


OPTIONS = Vacuum
