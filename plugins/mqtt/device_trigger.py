"""The device trigger for devices on MQTT: fire when a button or remote does something."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from hub.api import Attachment, Detach, Event, House, Text, Trigger
from plugins.mqtt.ears import DEVICE_TRIGGERED


class DeviceTrigger(Trigger):
    """Fire when a device does what it announced as a trigger, known by its type and subtype."""

    domain: Literal["mqtt"]
    device_id: Text
    type: Text
    subtype: Text
    discovery_id: Text | None = None

    def attach(self, attachment: Attachment) -> Detach:
        wanted = {"device_id": self.device_id, "type": self.type, "subtype": self.subtype}

        def happened(event: Event) -> None:
            told = dict(event.data)
            if any(told[name] != value for name, value in wanted.items()):
                return
            facts = {name: value for name, value in told.items() if name not in wanted}
            attachment.fire({**facts, "description": f"mqtt topic {told['topic']}"}, event.cause)

        return attachment.house.bus.listen(DEVICE_TRIGGERED, happened)

    def because(self, facts: Mapping[str, Any]) -> str:
        return f"a device told {self.type} of {self.subtype}"

    def waits_for(self, house: House) -> str:
        device = house.devices.get(self.device_id)
        name = device.shown_name if device is not None else None
        return f"{self.type} {self.subtype} of {name or self.device_id}"
