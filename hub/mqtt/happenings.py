"""Fire an event on the house's bus for whatever happens at the MQTT server's doors."""

from __future__ import annotations

from dataclasses import asdict

from hub.broker import (
    BrokerEvent,
    ClientConnected,
    ClientDisconnected,
    LogInRefused,
    PublishDenied,
    SubscribeDenied,
)
from hub.core.bus import Bus

EVENTS: dict[type[BrokerEvent], str] = {
    ClientConnected: "mqtt_client_connected",
    ClientDisconnected: "mqtt_client_disconnected",
    LogInRefused: "mqtt_log_in_refused",
    PublishDenied: "mqtt_publish_denied",
    SubscribeDenied: "mqtt_subscribe_denied",
}
"""The event type for each; its data are the fields of the server's own event."""


class Happenings:
    """A listener for the server's events, who passes them on."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def __call__(self, event: BrokerEvent) -> None:
        event_type = EVENTS.get(type(event))
        if event_type is not None and self._bus.has_listeners(event_type):
            self._bus.emit(event_type, asdict(event))
