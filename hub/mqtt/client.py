"""The hub as a client of an MQTT server: what is said and wanted here, whether or not the server is there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from hub.broker.topics import check_filter, check_topic
from hub.broker.wire import ProtocolError
from hub.core.clock import Detach
from hub.core.errors import HubError
from hub.core.ports import MessageListener
from hub.mqtt.fanout import Fanout, Receiver
from hub.mqtt.interest import Interest
from hub.mqtt.outbox import Outbox, Outgoing

log = logging.getLogger(__name__)


class ClientMqtt:
    """The port. All is synchronous; `due` is set when there is something for a connection to do."""

    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox
        self.interest = Interest()
        self.fanout = Fanout()
        self.due = asyncio.Event()
        self.sent = asyncio.Event()
        """Set while nothing waits to be sent or acknowledged."""
        self.sent.set()
        self._connected = False
        self._watchers: dict[object, Callable[[bool], None]] = {}

    @property
    def connected(self) -> bool:
        return self._connected

    def publish(self, topic: str, payload: str | bytes, *, qos: int = 0, retain: bool = False) -> None:
        try:
            check_topic(topic)
        except ProtocolError as error:
            raise HubError(f"cannot publish to {topic!r}: {error}") from None
        self.outbox.put(topic, payload.encode() if isinstance(payload, str) else payload, qos, retain)
        self.sent.clear()
        self.due.set()

    def subscribe(self, filter: str, callback: MessageListener, *, qos: int = 0) -> Detach:
        """Retained messages come soon after, also for a filter that others have: they are asked for again."""
        try:
            check_filter(filter)
        except ProtocolError as error:
            raise HubError(f"cannot subscribe {filter!r}: {error}") from None
        receiver = Receiver(filter, callback, qos)
        self.fanout.add(receiver)
        self.interest.add(filter, qos)
        self.due.set()

        def detach() -> None:
            if receiver.callback is None:
                return
            self.fanout.remove(receiver)
            self.interest.remove(filter, qos)
            self.due.set()

        return detach

    def listen_connection(self, callback: Callable[[bool], None]) -> Detach:
        """Call `callback(True)` when the server is there and has all subscriptions, False when it is gone."""
        handle = object()
        self._watchers[handle] = callback

        def detach() -> None:
            self._watchers.pop(handle, None)

        return detach

    # For the connection.

    def begin(self) -> None:
        """A connection is there; the server knows nothing of us."""
        self.interest.begin()
        self.fanout.begin()

    def opened(self) -> None:
        """All subscriptions are made."""
        self.outbox.back()
        self._tell(connected=True)

    def closed(self, unsent: list[Outgoing]) -> None:
        """The connection is gone, and these were not acknowledged."""
        self.outbox.away(unsent)
        self._tell(connected=False)

    def _tell(self, *, connected: bool) -> None:
        if connected == self._connected:
            return
        self._connected = connected
        for callback in tuple(self._watchers.values()):
            try:
                callback(connected)
            except Exception:  # one listener's bug must not keep it from the others
                log.exception("a listener for the connection to the MQTT server failed")
