"""The mqtt scene: sends its payload when activated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from hub.api import Command, House, ServiceCall
from plugins.mqtt.feed import Feed
from plugins.mqtt.options import CommandOptions, Living, Payload
from plugins.mqtt.stamped import Stamped
from plugins.mqtt.topics import PublishTopic


class Scene(CommandOptions):
    """A scene that the device keeps; its state is when it was last activated."""

    domain: ClassVar[str] = "scene"
    default_name: ClassVar[str | None] = "MQTT Scene"

    command_topic: PublishTopic
    payload_on: Payload | None = None

    def make(self, house: House, feed: Feed) -> Living:
        return LiveScene(house, feed, self)


class LiveScene(Stamped[Scene]):
    def commands(self) -> Mapping[str, Command]:
        return {"turn_on": self._turn_on}

    def _turn_on(self, call: ServiceCall) -> None:
        self.publish(self.options.command_topic, self.options.payload_on or "")
        self.stamp(call)


OPTIONS = Scene
