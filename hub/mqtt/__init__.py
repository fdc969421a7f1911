"""The hub's own way to MQTT: one port, to the server inside it or to any other."""

from collections.abc import Mapping

from hub.kinds import BrokerEngine
from hub.mqtt.door import ClientDoor
from hub.mqtt.embedded import EmbeddedDoor, EmbeddedEngine
from hub.mqtt.external import ExternalEngine
from hub.mqtt.server import MqttServer, Will

ENGINES: Mapping[str, type[BrokerEngine]] = {"embedded": EmbeddedEngine, "external": ExternalEngine}
"""The engines that come with the hub, by what stands in `broker: engine:`."""

__all__ = ["ENGINES", "ClientDoor", "EmbeddedDoor", "EmbeddedEngine", "ExternalEngine", "MqttServer", "Will"]
