"""The mqtt trigger: fire when a message comes."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field, model_validator

from hub.api import (
    Attachment,
    Bool,
    Detach,
    House,
    HubError,
    LimitedTemplate,
    Message,
    Period,
    TemplateField,
    Text,
    Trigger,
    refuse,
    together,
)
from plugins.mqtt.batch import Batch
from plugins.mqtt.decoding import decoder
from plugins.mqtt.feed import NO_JSON, Reading
from plugins.mqtt.options import Encoding
from plugins.mqtt.topics import Qos, filter_problem

log = logging.getLogger(__name__)
_LONGEST_SHOWN = 80


class MqttTrigger(Trigger):
    """Fire when a message comes on a topic.

    `topic` (wildcards allowed) and `payload` may be templates, rendered once. `payload` is compared as
    text with what `value_template` makes of the message. Messages that the broker kept count too,
    unless `ignore_retained`. With a `registry` or `device`, by name or id, the topic is one of theirs, such
    as `events/hall`, or an alias; without a topic all of theirs fire. With a `size` messages are gathered
    until there are so many, or until `cutoff` is over; then all of them are in `trigger.messages`.
    """

    topic: LimitedTemplate | None = None
    """The topic, which may have wildcards."""
    registry: Text | None = None
    """Whatever the devices of this registry say, by name or id."""
    device: Text | None = None
    """What this device of a registry says, by name or id."""
    payload: LimitedTemplate | None = None
    """Fire only if this is what came, or what `value_template` makes of it."""
    value_template: TemplateField | None = None
    """Makes of the payload what `payload` is compared with."""
    qos: Qos = 0
    encoding: Encoding = "utf-8"
    ignore_retained: Bool = False
    """Leave out what the server had kept."""
    size: Annotated[int, Field(ge=1, le=1_000)] = 1
    """Fire once for so many messages."""
    cutoff: Period = timedelta(seconds=1)
    """How long to wait for more of them."""

    @model_validator(mode="after")
    def _something_to_hear(self) -> MqttTrigger:
        if self.topic is None and self.registry is None and self.device is None:
            raise refuse("an mqtt trigger needs a topic", "Or name a registry or a device.")
        if self.cutoff <= timedelta():
            raise refuse("the cutoff should be longer than nothing", "A second is usual: `cutoff: 1`.")
        return self

    def attach(self, attachment: Attachment) -> Detach:
        wanted = self.payload.text(attachment.variables) if self.payload is not None else None
        read = decoder(attachment.name or "an mqtt trigger", self.value_template, self.encoding, strict=True)
        batch = Batch(
            attachment.house.clock,
            self.size,
            self.cutoff.total_seconds(),
            lambda facts: attachment.fire(facts, None),
        )

        def came(message: Message) -> None:
            if message.retain and self.ignore_retained:
                return
            origin = self._origin(message, attachment.house)
            if origin is None:
                return
            reading = Reading(message, attachment.house.echoes)
            if wanted is not None and read(reading) != wanted:
                return
            try:
                facts = {**self.facts(reading), **origin}
            except UnicodeDecodeError:
                log.warning("%s: a message on %s is not in %s", attachment.name, message.topic, self.encoding)
                return
            if self.size > 1:
                batch.add(facts)
            else:
                attachment.fire(facts, reading.cause())

        mqtt = attachment.house.mqtt
        filters = self._filters(attachment)
        return together([batch.drop, *(mqtt.subscribe(filter, came, qos=self.qos) for filter in filters)])

    def _filters(self, attachment: Attachment) -> list[str]:
        topic = self.topic.text(attachment.variables) if self.topic is not None else None
        problem = "" if topic is None else filter_problem(topic)
        if problem:
            raise HubError(f"{topic!r}: {problem}")
        if self.registry is None and self.device is None:
            assert topic is not None
            return [topic]
        return attachment.house.registries.filters(self.registry, self.device, topic)

    def _origin(self, message: Message, house: House) -> dict[str, str] | None:
        """Return whose message it is, as `trigger.` knows that; None if it is another's than is wanted."""
        is_theirs = self.registry is not None or self.device is not None
        if not is_theirs and not message.topic.startswith("$"):
            return {}
        origin = house.registries.origin(message.topic)
        if origin is None:
            return None if is_theirs else {}
        if self.registry not in (None, origin.registry, origin.registry_id):
            return None
        if self.device not in (None, origin.device, origin.device_id):
            return None
        return {name: value for name, value in asdict(origin).items() if value}

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

    def because(self, facts: Mapping[str, Any]) -> str:
        payload = str(facts.get("payload", ""))
        shown = payload if len(payload) <= _LONGEST_SHOWN else f"{payload[:_LONGEST_SHOWN]}…"
        return f"a message came on {facts.get('topic')} ({shown})"

    def waits_for(self, house: House) -> str:
        payload = f" with {self.payload.source!r}" if self.payload is not None else ""
        topic = f" on {self.topic.source}" if self.topic is not None else ""
        device = f" of the device {self.device}" if self.device is not None else ""
        registry = f" of the registry {self.registry}" if self.registry is not None else ""
        count = "a message" if self.size == 1 else f"{self.size} messages"
        return f"{count}{topic}{device}{registry}{payload}"
