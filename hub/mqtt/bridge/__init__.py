"""Connect the hub's MQTT server with others: chosen topics cross, and none is lost while a line is cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.core.lazily import lazily

if TYPE_CHECKING:
    from hub.mqtt.bridge.bridge import Bridge
    from hub.mqtt.bridge.model import BridgeModel

__getattr__ = lazily(
    __name__,
    {
        "bridge": "Bridge",
        "model": "BridgeModel",
    },
)

__all__ = ["Bridge", "BridgeModel"]
