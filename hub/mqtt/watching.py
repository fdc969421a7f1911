"""Write to the log who was refused at the MQTT server, not more often than anybody could read."""

from __future__ import annotations

import logging

from hub.broker import (
    BrokerEvent,
    ClientConnected,
    ClientDisconnected,
    LogInRefused,
    PublishDenied,
    SubscribeDenied,
)
from hub.core.clock import Clock

log = logging.getLogger(__name__)

AGAIN_AFTER = 60.0
MOST_REMEMBERED = 1_000


class Watch:
    """A listener for the server's events. Names come from strangers, so they are logged as literals."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._told: dict[tuple[str | None, ...], float] = {}

    def __call__(self, event: BrokerEvent) -> None:
        match event:
            case LogInRefused():
                self._refused(event)
            case PublishDenied(client_id, name, _, topic, reason):
                log.warning(
                    "MQTT client %r of user %r may not publish %r: %s", client_id, name, topic, reason
                )
            case SubscribeDenied(client_id, name, _, filter, reason):
                log.warning(
                    "MQTT client %r of user %r may not subscribe %r: %s", client_id, name, filter, reason
                )
            case ClientConnected(client_id, name, _, address, listener):
                log.debug("MQTT client %r of user %r is here: %s on %s", client_id, name, address, listener)
            case ClientDisconnected(client_id, name, _, reason):
                log.debug("MQTT client %r of user %r is gone: %s", client_id, name, reason)

    def _refused(self, event: LogInRefused) -> None:
        if not self._is_news((event.address, event.username)):
            return
        log.warning(
            "MQTT client %r with user name %r from %s is not let in on %s: %s",
            event.client_id,
            event.username,
            event.address or "this machine",
            event.listener,
            event.reason,
        )

    def _is_news(self, what: tuple[str | None, ...]) -> bool:
        now = self._clock.monotonic()
        last = self._told.get(what)
        if last is not None and now - last < AGAIN_AFTER:
            return False
        if len(self._told) >= MOST_REMEMBERED:
            self._told.clear()
        self._told[what] = now
        return True
