"""Remember who came to the MQTT server lately, who went, and who was not let in or not allowed something."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime

from hub.broker import (
    BrokerEvent,
    ClientConnected,
    ClientDisconnected,
    LogInRefused,
    PublishDenied,
    SubscribeDenied,
)
from hub.core.clock import Clock

MOST = 500


@dataclass(frozen=True, slots=True)
class Visit:
    """Something that happened to a client; names in it come from strangers."""

    at: datetime
    user: str
    client_id: str
    text: str


class Visits:
    """A listener for the server's events, those of all users and devices alike."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: deque[Visit] = deque(maxlen=MOST)

    def latest(self) -> list[Visit]:
        """Return what happened lately, oldest first."""
        return list(self._kept)

    def __call__(self, event: BrokerEvent) -> None:
        match event:
            case ClientConnected(client_id, name, _, address, listener):
                self._keep(name, client_id, f"connected from {address or 'this machine'} on {listener}")
            case ClientDisconnected(client_id, name, _, reason, orderly):
                self._keep(name, client_id, "disconnected" if orderly else f"gone: {reason}")
            case LogInRefused(client_id, username, address, listener, reason):
                text = f"not let in from {address or 'this machine'} on {listener}: {reason}"
                self._keep(username or "", client_id, text)
            case PublishDenied(client_id, name, _, topic, reason):
                self._keep(name, client_id, f"may not publish {topic!r}: {reason}")
            case SubscribeDenied(client_id, name, _, filter, reason):
                self._keep(name, client_id, f"may not subscribe {filter!r}: {reason}")

    def _keep(self, user: str, client_id: str, text: str) -> None:
        self._kept.append(Visit(self._clock.now(), user, client_id, text))
