"""A message that is to be passed on, and the forms in which others take it."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Record:
    """A message on a topic of a registry or device. `id` stays the same however often it is sent."""

    id: str
    at: str
    """When it came: RFC 3339, UTC."""
    registry_id: str
    device_id: str
    """Empty if it is the registry's own topic."""
    topic: str
    payload: bytes = field(repr=False)

    def as_line(self) -> dict[str, Any]:
        """Return what the original's export writes of a message, and when it came."""
        try:
            text, is_base64 = self.payload.decode(), False
        except UnicodeDecodeError:
            text, is_base64 = base64.b64encode(self.payload).decode("ascii"), True
        return {
            "device_id": self.device_id,
            "mqtt_topic": self.topic,
            "payload": text,
            "is_base64": is_base64,
            "registry_id": self.registry_id,
            "created_at": self.at,
            "event_id": self.id,
        }

    def as_event(self) -> dict[str, Any]:
        """Return what the original's trigger hands to a function."""
        details = {"registry_id": self.registry_id, "device_id": self.device_id, "mqtt_topic": self.topic}
        return {
            "event_metadata": {
                "event_id": self.id,
                "event_type": "yandex.cloud.events.iot.IoTMessage",
                "created_at": self.at,
                "folder_id": "",
            },
            "details": {**details, "payload": base64.b64encode(self.payload).decode("ascii")},
        }
