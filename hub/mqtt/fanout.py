"""Pass on what comes from a server to those here who want it."""

from __future__ import annotations

import logging

from hub.broker.trie import FilterTrie
from hub.core.ports import Message, MessageListener

log = logging.getLogger(__name__)

MOST_TOPICS = 50_000


class Receiver:
    """One subscription here. `seen` are the topics of which it has had a message over this connection."""

    __slots__ = ("callback", "filter", "qos", "seen")

    def __init__(self, filter: str, callback: MessageListener, qos: int) -> None:
        self.filter = filter
        self.callback: MessageListener | None = callback
        self.qos = qos
        self.seen: set[str] = set()


class Fanout:
    """Receivers by filter.

    Retained messages are asked for again for each new receiver, and come for all: whoever has had a message
    of the topic knows better and is not told.
    """

    def __init__(self) -> None:
        self._filters: FilterTrie[Receiver] = FilterTrie()
        self._receivers: dict[Receiver, None] = {}
        self._plans: dict[str, tuple[Receiver, ...]] = {}

    def add(self, receiver: Receiver) -> None:
        self._filters.add(receiver.filter, receiver)
        self._receivers[receiver] = None
        self._plans.clear()

    def remove(self, receiver: Receiver) -> None:
        receiver.callback = None  # a message may be on its way through the receivers
        self._filters.remove(receiver.filter, receiver)
        self._receivers.pop(receiver, None)
        self._plans.clear()

    def begin(self) -> None:
        """Forget what was seen: the server's retained messages are news to everybody."""
        for receiver in self._receivers:
            receiver.seen.clear()

    def deliver(self, topic: str, payload: bytes, qos: int, retain: bool) -> None:
        """Call all whose filter matches."""
        for receiver in self._plans.get(topic) or self._plan(topic):
            if topic not in receiver.seen:
                if len(receiver.seen) >= MOST_TOPICS:
                    receiver.seen.clear()
                receiver.seen.add(topic)
            elif retain:
                continue
            callback = receiver.callback
            if callback is None:
                continue
            try:
                callback(Message(topic, payload, min(qos, receiver.qos), retain))
            except Exception:  # one subscriber's bug must not keep the message from the others
                log.exception("a subscriber to %s failed on %s", receiver.filter, topic)

    def _plan(self, topic: str) -> tuple[Receiver, ...]:
        if len(self._plans) >= MOST_TOPICS:
            self._plans.clear()
        plan = self._plans[topic] = tuple(self._filters.match(topic.split("/")))
        return plan
