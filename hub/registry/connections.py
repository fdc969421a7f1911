"""Keep, for each registry, device and broker, who came and went lately: the connection log."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime

from hub.broker import (
    BrokerEvent,
    ClientConnected,
    ClientDisconnected,
    Credentials,
    PublishDenied,
    SubscribeDenied,
)
from hub.core.clock import Clock
from hub.registry.access import OwnerAccess
from hub.registry.following import Feed
from hub.registry.owners import Owner

MOST_LINES = 200
"""Lines kept of each."""
MOST_OWNERS = 2_000
_MOST_COMING = 10_000


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happened to a client; names in it come from strangers."""

    login: str
    at: datetime
    text: str


class ConnectionLog:
    """The latest lines by log-in name; whoever was quiet for longest is forgotten first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lines: dict[str, deque[Line]] = {}
        self._unsaved: list[Line] = []
        self._feed: Feed[Line] = Feed()
        self._coming: dict[tuple[str, str], str] = {}

    def of(
        self,
        login: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = MOST_LINES,
    ) -> list[Line]:
        """Return the latest lines of a period, the newest last."""
        found = [
            line
            for line in self._lines.get(login, ())
            if (since is None or line.at >= since) and (until is None or line.at <= until)
        ]
        return found[-limit:]

    def follow(self, login: str) -> AsyncGenerator[Line, None]:
        """Return the lines that come from now on."""
        return self._of(login, self._feed.follow())

    async def _of(self, login: str, lines: AsyncGenerator[Line, None]) -> AsyncGenerator[Line, None]:
        async with aclosing(lines):
            async for line in lines:
                if line.login == login:
                    yield line

    def restore(self, lines: Iterable[Line]) -> None:
        """Take up what was kept, the oldest first."""
        for line in lines:
            self._keep(line)

    def unsaved(self) -> list[Line]:
        """Return, once, what came since the last time."""
        unsaved, self._unsaved = self._unsaved, []
        return unsaved

    def forget(self, login: str) -> None:
        self._lines.pop(login, None)
        self._unsaved = [line for line in self._unsaved if line.login != login]

    # What happens.

    def logged_in(self, access: OwnerAccess, credentials: Credentials) -> None:
        """Somebody proved who it is; the line is written when it is in."""
        if len(self._coming) >= _MOST_COMING:
            self._coming.clear()
        how = "cert" if credentials.password is None else "password"
        self._coming[access.name, credentials.client_id] = f"{how}: {_quoted(access.credential)}"

    def refused(self, owner: Owner, credentials: Credentials, reason: str) -> None:
        self._add(
            owner.login,
            f"refused: {reason}, address: {_quoted(credentials.address)}, "
            f"clientID: {_quoted(credentials.client_id)}",
        )

    def on_event(self, event: BrokerEvent) -> None:
        """Listen to the server's events; those of users are not for this log."""
        text = self._text(event)
        name = getattr(event, "name", "")
        if text is not None and "/" in name:
            self._add(name, text)

    def _add(self, login: str, text: str) -> None:
        line = Line(login, self._clock.now(), text)
        self._keep(line)
        self._unsaved.append(line)
        del self._unsaved[:-MOST_OWNERS]
        self._feed.tell(line)

    def _keep(self, line: Line) -> None:
        lines = self._lines.pop(line.login, None) or deque(maxlen=MOST_LINES)
        while len(self._lines) >= MOST_OWNERS:
            del self._lines[next(iter(self._lines))]
        lines.append(line)
        self._lines[line.login] = lines

    def _text(self, event: BrokerEvent) -> str | None:
        match event:
            case ClientConnected(client_id=client_id, name=name, address=address):
                how = self._coming.pop((name, client_id), "")
                shown = f"{how}, " if how else ""
                return f"connected, {shown}address: {_quoted(address)}, clientID: {_quoted(client_id)}"
            case ClientDisconnected(client_id=client_id, reason=reason, orderly=orderly):
                why = "client disconnected" if orderly else reason
                return f"disconnected: {why}, clientID: {_quoted(client_id)}"
            case PublishDenied(topic=topic, reason=reason):
                return f"publish to topic {_quoted(topic)} {reason}"
            case SubscribeDenied(filter=filter, reason=reason):
                return f"some of subscriptions failed: {reason} to subscribe: [{_quoted(filter)}]"
            case _:
                return None


def _quoted(text: str) -> str:
    """Write a text that comes from a stranger: what orders a terminal about is written as a code."""
    return json.dumps(text)
