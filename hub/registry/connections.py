"""Keep, for each registry, device and broker, who came and went lately: the connection log."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime

from hub.broker import BrokerEvent, ClientConnected, ClientDisconnected, PublishDenied, SubscribeDenied
from hub.core.clock import Clock

MOST_LINES = 200
"""Lines kept of each."""
MOST_OWNERS = 2_000


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happened to a client; names in it come from strangers."""

    at: datetime
    text: str


class ConnectionLog:
    """The latest lines by log-in name, in memory; whoever was quiet for longest is forgotten first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lines: dict[str, deque[Line]] = {}

    def of(self, login: str, *, since: datetime | None = None, limit: int = MOST_LINES) -> list[Line]:
        """Return the latest lines, the newest last."""
        found = [line for line in self._lines.get(login, ()) if since is None or line.at >= since]
        return found[-limit:]

    def forget(self, login: str) -> None:
        self._lines.pop(login, None)

    def on_event(self, event: BrokerEvent) -> None:
        """Listen to the server's events; those of users are not for this log."""
        text = _text(event)
        name = getattr(event, "name", "")
        if text is None or "/" not in name:
            return
        lines = self._lines.pop(name, None) or deque(maxlen=MOST_LINES)
        while len(self._lines) >= MOST_OWNERS:
            del self._lines[next(iter(self._lines))]
        lines.append(Line(self._clock.now(), text))
        self._lines[name] = lines


def _text(event: BrokerEvent) -> str | None:
    match event:
        case ClientConnected(client_id=client_id, address=address):
            return f'connected, address: "{address}", clientID: {client_id!r}'
        case ClientDisconnected(client_id=client_id, reason=reason):
            return f"disconnected: {reason}, clientID: {client_id!r}"
        case PublishDenied(topic=topic, reason=reason):
            return f"publish to topic {topic!r}: {reason}"
        case SubscribeDenied(filter=filter, reason=reason):
            return f"subscribe to {filter!r}: {reason}"
        case _:
            return None
