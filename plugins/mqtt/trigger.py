"""The mqtt trigger: fire when a message comes."""

from __future__ import annotations

import logging
from typing import Any

from hub.api import (
    Attachment,
    Bool,
    Detach,
    House,
    HubError,
    LimitedTemplate,
    Message,
    TemplateField,
    Trigger,
)
from plugins.mqtt.decoding import decoder
from plugins.mqtt.feed import NO_JSON, Reading
from plugins.mqtt.options import Encoding
from plugins.mqtt.topics import Qos, filter_problem

log = logging.getLogger(__name__)


class MqttTrigger(Trigger):
    """Fire when a message comes on a topic.

    `topic` (wildcards allowed) and `payload` may be templates, rendered once. `payload` is compared as
    text with what `value_template` makes of the message. Messages that the broker kept count too,
    unless `ignore_retained`.
    """

    topic: LimitedTemplate
    payload: LimitedTemplate | None = None
    value_template: TemplateField | None = None
    qos: Qos = 0
    encoding: Encoding = "utf-8"
    ignore_retained: Bool = False

    def attach(self, attachment: Attachment) -> Detach:
        topic = self.topic.text(attachment.variables)
        problem = filter_problem(topic)
        if problem:
            raise HubError(f"{topic!r}: {problem}")
        wanted = self.payload.text(attachment.variables) if self.payload is not None else None
        read = decoder(attachment.name or "an mqtt trigger", self.value_template, self.encoding)

        def came(message: Message) -> None:
            if message.retain and self.ignore_retained:
                return
            reading = Reading(message)
            if wanted is not None and read(reading) != wanted:
                return
            try:
                facts = self.facts(reading)
            except UnicodeDecodeError:
                log.warning("%s: a message on %s is not in %s", attachment.name, message.topic, self.encoding)
                return
            attachment.fire(facts, None)

        return attachment.house.mqtt.subscribe(topic, came, qos=self.qos)

    def facts(self, reading: Reading) -> dict[str, Any]:
        """Return what `trigger.` knows of a message; raises `UnicodeDecodeError`."""
        message = reading.message
        facts: dict[str, Any] = {
            "topic": message.topic,
            "payload": message.payload.decode(self.encoding) if self.encoding else message.payload,
            "qos": message.qos,
            "retain": message.retain,
            "description": f"mqtt topic {message.topic}",
        }
        if reading.json is not NO_JSON:
            facts["payload_json"] = reading.json
        return facts

    def waits_for(self, house: House) -> str:
        payload = f" with {self.payload.source!r}" if self.payload is not None else ""
        return f"a message on {self.topic.source}{payload}"
