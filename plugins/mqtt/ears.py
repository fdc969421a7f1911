"""What is discovered and is no entity: triggers of a device (a button that is pressed), tag readers.

Each message becomes an event on the house's bus. What the broker kept is left out: it happened before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import model_validator

from hub.api import House, Message, TemplateField, Text, refuse
from plugins.mqtt.decoding import decoder
from plugins.mqtt.feed import NO_JSON, Feed, Reading, Slot
from plugins.mqtt.options import Device, Encoding, Origin, Part, Payload
from plugins.mqtt.topics import Qos, SubscribeTopic

DEVICE_TRIGGERED = "mqtt_device_trigger"
TAG_SCANNED = "tag_scanned"

Happening = tuple[str, Mapping[str, Any]]
"""The type of an event, and its data."""


class EarOptions(Part):
    """What listens to a topic for a device."""

    topic: SubscribeTopic
    value_template: TemplateField | None = None
    device: Device | None = None
    origin: Origin | None = None
    qos: Qos = 0
    encoding: Encoding = "utf-8"

    def identity(self) -> tuple[str, ...] | None:
        """Return what may be there only once for each device."""
        return None

    def event(self, text: str, reading: Reading, device_id: str | None) -> Happening | None:
        """Return the event that a message is, None if it is none."""
        raise NotImplementedError


class DeviceAutomation(EarOptions):
    """Something a device does: `type` says what (button_short_press), `subtype` where (button_1)."""

    automation_type: Text
    type: Text
    subtype: Text
    payload: Payload | None = None

    @model_validator(mode="after")
    def _of_a_device(self) -> DeviceAutomation:
        if self.automation_type != "trigger":
            raise refuse(f"{self.automation_type!r} is no automation_type", "There is trigger.")
        if self.device is None:
            raise refuse("a device_automation needs a device")
        return self

    def identity(self) -> tuple[str, ...] | None:
        return self.type, self.subtype

    def event(self, text: str, reading: Reading, device_id: str | None) -> Happening | None:
        if self.payload and text != self.payload:
            return None
        message: Message = reading.message
        told = {
            "device_id": device_id,
            "type": self.type,
            "subtype": self.subtype,
            "topic": message.topic,
            "payload": message.payload.decode(errors="replace"),
            "qos": message.qos,
        }
        if reading.json is not NO_JSON:
            told["payload_json"] = reading.json
        return DEVICE_TRIGGERED, told


class Tag(EarOptions):
    """A reader of tags; each message is a tag's id."""

    def event(self, text: str, reading: Reading, device_id: str | None) -> Happening | None:
        tag = text.strip()
        return (TAG_SCANNED, {"tag_id": tag, "device_id": device_id}) if tag else None


EARS: dict[str, type[EarOptions]] = {"device_automation": DeviceAutomation, "tag": Tag}


class Ear:
    """One that listens."""

    def __init__(self, house: House, feed: Feed, options: EarOptions) -> None:
        self._house = house
        self._feed = feed
        self._slot: Slot | None = None
        self.options = options
        self.device_id: str | None = None
        self.update(options)

    def update(self, options: EarOptions) -> None:
        """Take over changed options."""
        self.stop()
        self.options = options
        if options.device is not None:
            self.device_id = self._house.devices.add(options.device.info("mqtt")).id
        self._read = decoder(
            f"a trigger on {options.topic}", options.value_template, options.encoding, strict=True
        )
        self._slot = self._feed.listen(options.topic, self._came, qos=options.qos)

    def stop(self) -> None:
        if self._slot is not None:
            self._slot.detach()
            self._slot = None

    def _came(self, reading: Reading) -> None:
        if reading.message.retain:
            return
        text = self._read(reading)
        event = None if text is None else self.options.event(text, reading, self.device_id)
        if event is not None:
            self._house.bus.emit(*event)
