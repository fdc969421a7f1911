"""Say how much a client may ask of the server, every bound in one place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that hold for each client; `Access.limits` replaces them for one client.

    Sizes are bytes and times are seconds, unless a name says otherwise.
    """

    # Before a client is known, only these hold: they come from the broker, never from an `Access`.
    connections: int = 5_000
    connections_per_address: int = 200
    """Connections from this machine itself (loopback, Unix sockets) are not counted."""
    connect_timeout: float = 10.0
    unauthenticated_bytes: int = 2_048
    failed_log_in_delay: float = 0.25
    """Doubles with each failure of an address in a row, up to `failed_log_in_delay_max`."""
    failed_log_in_delay_max: float = 8.0
    flapping_connects: int = 5
    """Connects of one client in `flapping_seconds` that follow a lost connection or a take-over."""
    flapping_seconds: float = 10.0

    # What is said.
    packet: int = 256 * 1024
    topic: int = 1_024
    topic_levels: int = 16
    client_id: int = 128
    keep_alive: int = 1_200
    """A longer keep-alive, or none, is treated as this one."""
    messages_per_second: float | None = 100.0
    """A client that says more is read more slowly; None means as fast as it can."""
    message_burst: int = 200

    # What is kept for a client.
    subscriptions: int = 100
    in_flight: int = 20
    unreleased: int = 1_000
    """QoS 2 messages a client may have begun and not released."""
    queue_messages: int = 1_000
    queue_bytes: int = 1024 * 1024
    sessions: int = 10_000
    """Sessions that outlive their connection, of all clients together."""
    session_expiry: float = 14 * 86_400.0
    qos0_backlog: int = 2 * 1024 * 1024
    """Unsent bytes above which a slow reader's QoS 0 messages are dropped."""
    write_buffer: int = 8 * 1024 * 1024
    """Bytes a slow reader may be behind (unsent and dropped) before it is disconnected."""
    retained_per_client: int = 200
    retained: int = 50_000
    """Retained messages in all; `retained_bytes` bounds their topics and payloads together."""
    retained_bytes: int = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class SpaceLimits:
    """Bounds that hold for all clients of one space together; None is no bound."""

    clients: int | None = None
    """Clients on-line at the same time."""
    messages_per_second: float | None = None
    message_burst: int = 200


UNLIMITED_RATE = Limits(messages_per_second=None)
"""The usual limits for clients that are trusted to speak as fast as they can."""
