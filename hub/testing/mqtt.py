"""Stand in for the MQTT server: deliver what a test says, record what the house publishes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from hub.broker.topics import matches
from hub.core.clock import Detach, nothing
from hub.core.ports import Message, MessageListener

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RecordedMessage:
    """A message that the house published."""

    topic: str
    payload: bytes
    qos: int
    retain: bool


class SimulatedMqtt:
    """An MQTT port that stores nothing; with `echoes` what the house publishes comes back to it."""

    def __init__(self) -> None:
        self.echoes = False
        self.published: list[RecordedMessage] = []
        self._listeners: list[tuple[str, MessageListener]] = []

    def publish(self, topic: str, payload: str | bytes, *, qos: int = 0, retain: bool = False) -> None:
        data = payload.encode() if isinstance(payload, str) else payload
        self.published.append(RecordedMessage(topic, data, qos, retain))
        if self.echoes:
            loop = asyncio.get_running_loop()
            loop.call_soon(lambda: self.deliver(topic, data, qos=qos))

    def subscribe(self, filter: str, callback: MessageListener, *, qos: int = 0) -> Detach:
        entry = (filter, callback)
        self._listeners.append(entry)

        def detach() -> None:
            if entry in self._listeners:
                self._listeners.remove(entry)

        return detach

    def deliver(self, topic: str, payload: bytes, *, qos: int = 0, retain: bool = False) -> None:
        """Let a message arrive; `retain` as if the server had kept it."""
        for filter, callback in list(self._listeners):
            if not matches(filter, topic):
                continue
            try:
                callback(Message(topic, payload, qos, retain))
            except Exception:  # as the real port does: the others still get it
                log.exception("a listener for %s failed", filter)

    @property
    def connected(self) -> bool:
        return True

    def listen_connection(self, callback: Callable[[bool], None]) -> Detach:
        return nothing
