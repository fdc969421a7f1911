"""Tell the figures of the MQTT server, as they are when somebody asks."""

from __future__ import annotations

from collections.abc import Iterator

from hub.broker import Broker
from hub.core.figures import Figure

_NOW = {
    "mqtt_clients_connected": ("clients", "Clients that are connected"),
    "mqtt_sessions": ("sessions", "Sessions, those of clients that are away included"),
    "mqtt_subscriptions": ("subscriptions", "Subscriptions of all sessions"),
    "mqtt_retained_messages": ("retained", "Retained messages"),
    "mqtt_retained_bytes": ("retained_bytes", "Bytes of retained messages"),
}
_SINCE = {
    "mqtt_messages_received": ("messages_received", "PUBLISH packets that came in"),
    "mqtt_messages_sent": ("messages_sent", "PUBLISH packets that went out"),
    "mqtt_messages_dropped": ("messages_dropped", "Messages dropped for clients that were too slow or away"),
    "mqtt_bytes_received": ("bytes_received", "Bytes that came in"),
    "mqtt_bytes_sent": ("bytes_sent", "Bytes that went out"),
    "mqtt_publishes_denied": ("publishes_denied", "Messages that their sender had no right to publish"),
    "mqtt_log_ins_refused": ("log_ins_refused", "Clients that were refused"),
    "mqtt_commits_failed": ("commits_failed", "Times that sessions and messages could not be saved"),
}


def figures(broker: Broker) -> Iterator[Figure]:
    """Yield what the server counted since the start, and how much there is now."""
    broker.settle_traffic()
    stats = broker.stats
    for name, (field, text) in _NOW.items():
        yield Figure(name, text, getattr(stats, field), grows=False)
    for name, (field, text) in _SINCE.items():
        yield Figure(name, text, getattr(stats, field))
    yield Figure("mqtt_queued_messages", "Messages kept for clients", broker.owed()[0], grows=False)
