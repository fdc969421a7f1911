"""The mqtt notify: sends messages for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from hub.api import Command, House, ServiceCall, TemplateField
from plugins.mqtt.feed import Feed
from plugins.mqtt.options import CommandOptions, Living
from plugins.mqtt.stamped import Stamped
from plugins.mqtt.topics import PublishTopic


class Notify(CommandOptions):
    """A way to reach people; its state is when it was last used."""

    domain: ClassVar[str] = "notify"
    default_name: ClassVar[str | None] = "MQTT notify"

    command_topic: PublishTopic
    command_template: TemplateField | None = None

    def make(self, house: House, feed: Feed) -> Living:
        return LiveNotify(house, feed, self)


class LiveNotify(Stamped[Notify]):
    def commands(self) -> Mapping[str, Command]:
        return {"send_message": self._send}

    def _send(self, call: ServiceCall) -> None:
        template = self.options.command_template
        title = {} if call.fields.title is None else {"title": call.fields.title}
        payload = self.render(template, call.fields.message, **title)
        self.publish(self.options.command_topic, payload)
        self.stamp(call)


OPTIONS = Notify
