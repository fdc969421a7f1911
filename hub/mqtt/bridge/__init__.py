"""Connect the hub's MQTT server with others: chosen topics cross, and none is lost while a line is cut."""

from hub.mqtt.bridge.bridge import Bridge
from hub.mqtt.bridge.model import BridgeModel

__all__ = ["Bridge", "BridgeModel"]
