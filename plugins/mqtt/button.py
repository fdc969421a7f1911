"""The mqtt button: sends its payload when pressed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from hub.api import Command, House, ServiceCall, TemplateField, Text
from plugins.mqtt.classes import known_class
from plugins.mqtt.feed import Feed
from plugins.mqtt.options import CommandOptions, Living, Payload
from plugins.mqtt.stamped import Stamped
from plugins.mqtt.topics import PublishTopic


class Button(CommandOptions):
    """A button; its state is when it was last pressed."""

    domain: ClassVar[str] = "button"
    default_name: ClassVar[str | None] = "MQTT Button"

    command_topic: PublishTopic
    command_template: TemplateField | None = None
    payload_press: Payload = "PRESS"
    device_class: Annotated[Text | None, known_class("button")] = None

    def make(self, house: House, feed: Feed) -> Living:
        return LiveButton(house, feed, self)


class LiveButton(Stamped[Button]):
    def commands(self) -> Mapping[str, Command]:
        return {"press": self._press}

    def _press(self, call: ServiceCall) -> None:
        options = self.options
        self.publish(options.command_topic, self.render(options.command_template, options.payload_press))
        self.stamp(call)


OPTIONS = Button
