"""The hub's own way to MQTT: one port, to the server inside it or to any other."""

from hub.mqtt.embedded import EmbeddedDoor, EmbeddedEngine

__all__ = ["EmbeddedDoor", "EmbeddedEngine"]
