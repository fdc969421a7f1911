"""Remember who is connected to the MQTT server, from where and since when."""

from __future__ import annotations

from dataclasses import dataclass

from hub.broker import BrokerEvent, ClientConnected, ClientDisconnected
from hub.core.clock import Clock


@dataclass(frozen=True, slots=True)
class Connected:
    """Where a client is; `since` in seconds since 1970."""

    address: str
    listener: str
    since: float


class Presence:
    """A listener for the server's events."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._here: dict[tuple[str, str, str], Connected] = {}

    def of(self, space: str, name: str, client_id: str) -> Connected | None:
        return self._here.get((space, name, client_id))

    def __call__(self, event: BrokerEvent) -> None:
        match event:
            case ClientConnected(client_id, name, space, address, listener):
                here = Connected(address, listener, self._clock.timestamp())
                self._here[space, name, client_id] = here
            case ClientDisconnected(client_id, name, space):
                self._here.pop((space, name, client_id), None)
