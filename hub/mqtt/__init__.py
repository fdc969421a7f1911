"""The hub's own way to MQTT: one port, to the server inside it or to any other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hub.core.lazily import lazily

if TYPE_CHECKING:
    from hub.mqtt.door import ClientDoor
    from hub.mqtt.embedded import EmbeddedEngine
    from hub.mqtt.embedded_door import EmbeddedDoor
    from hub.mqtt.external import ExternalEngine
    from hub.mqtt.server import MqttServer, Will

__getattr__ = lazily(
    __name__,
    {
        "door": "ClientDoor",
        "embedded": "EmbeddedEngine",
        "embedded_door": "EmbeddedDoor",
        "external": "ExternalEngine",
        "server": "MqttServer Will",
    },
)

ENGINES: Mapping[str, str] = {
    "embedded": "hub.mqtt.embedded:EmbeddedEngine",
    "external": "hub.mqtt.external:ExternalEngine",
}
"""The engines that come with the hub, by what stands in `broker: engine:`, and where each is."""

__all__ = ["ENGINES", "ClientDoor", "EmbeddedDoor", "EmbeddedEngine", "ExternalEngine", "MqttServer", "Will"]
