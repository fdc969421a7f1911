"""The way to MQTT before it is open: it refuses, so that nothing is lost unnoticed."""

from __future__ import annotations

from collections.abc import Callable

from hub.core.clock import Detach
from hub.core.errors import HubError
from hub.core.ports import MessageListener


class ClosedMqtt:
    """Stands in for the port until an engine has been opened."""

    connected = False

    def publish(self, topic: str, payload: str | bytes, *, qos: int = 0, retain: bool = False) -> None:
        raise HubError(f"MQTT is not open yet, so {topic} can't be published")

    def subscribe(self, filter: str, callback: MessageListener, *, qos: int = 0) -> Detach:
        raise HubError(f"MQTT is not open yet, so {filter} can't be subscribed")

    def listen_connection(self, callback: Callable[[bool], None]) -> Detach:
        raise HubError("MQTT is not open yet")
