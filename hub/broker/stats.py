"""Count what the server does."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Stats:
    """Counters since the start; `connections` to `retained_bytes` are the present numbers.

    Messages are PUBLISH packets, controls all others; payloads are counted in bytes.
    """

    connections: int = 0
    clients: int = 0
    sessions: int = 0
    subscriptions: int = 0
    shared_subscriptions: int = 0
    retained: int = 0
    retained_bytes: int = 0
    messages_received: int = 0
    messages_sent: int = 0
    messages_dropped: int = 0
    payloads_received: int = 0
    payloads_sent: int = 0
    controls_received: int = 0
    controls_sent: int = 0
    bytes_received: int = 0
    bytes_sent: int = 0
    sessions_expired: int = 0
    publishes_denied: int = 0
    log_ins_refused: int = 0
    commits_failed: int = 0


@dataclass(slots=True)
class Traffic:
    """What went to and from clients that are counted together."""

    messages_received: int = 0
    messages_sent: int = 0
    bytes_received: int = 0
    bytes_sent: int = 0

    def take(self, other: Traffic) -> None:
        """Add what `other` counted, which begins at nothing again."""
        self.messages_received += other.messages_received
        self.messages_sent += other.messages_sent
        self.bytes_received += other.bytes_received
        self.bytes_sent += other.bytes_sent
        other.messages_received = other.messages_sent = other.bytes_received = other.bytes_sent = 0
