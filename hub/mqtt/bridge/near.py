"""The near side of a bridge: what leaves the hub's own server over it, and what comes to the server."""

from __future__ import annotations

import logging
from collections.abc import Callable, Container

from hub.broker import Broker
from hub.core.clock import Detach, together
from hub.mqtt.bridge.outbox import Outbox
from hub.mqtt.bridge.rules import Rule, Rules

log = logging.getLogger(__name__)


class Crossed(bytes):
    """The payload of a message that came over a bridge: it tells over which, so that it does not go back."""

    by: object = None


class NearSide:
    """Subscribes at the server what goes out, into the outbox; publishes there what comes in."""

    def __init__(self, broker: Broker, rules: Rules, outbox: Outbox) -> None:
        self._broker = broker
        self._rules = rules
        self._outbox = outbox

    def attach(self) -> Detach:
        """Begin to listen for what is to go out."""
        return together([self._listen(rule) for rule in self._rules.outgoing])

    def _listen(self, rule: Rule) -> Detach:
        return self._broker.subscribe(rule.local, self._sender(rule), qos=2)

    def _sender(self, rule: Rule) -> Callable[[str, bytes, int, bool], None]:
        def send(topic: str, payload: bytes, qos: int, is_kept: bool) -> None:
            crossings = self._rules.out_of(topic)
            # Several rules may match; the subscription of the first one sends for all.
            if is_kept or self._is_mine(payload) or not crossings or crossings[0].rule is not rule:
                return
            retain = self._is_retained(topic, payload)
            for crossing in crossings:
                way = crossing.rule
                crossing_qos = min(qos, way.qos)
                self._outbox.put(crossing.name, payload, crossing_qos, retain and way.retain)
                if crossing_qos:
                    # Whoever published it is told so only when the bridge's file has it.
                    self._broker.wait_for_stores()

        return send

    def tell_retained(self, known: Container[str]) -> None:
        """Send all that is retained here, but for the topics that the other side has told us of itself."""
        for rule in self._rules.outgoing:
            for kept in self._broker.retained(rule.local):
                for crossing in self._rules.out_of(kept.topic):
                    if crossing.rule is not rule or not rule.retain or self._is_mine(kept.payload):
                        continue
                    if crossing.name not in known and not self._outbox.has_state_of(crossing.name):
                        self._outbox.put(crossing.name, kept.payload, min(kept.qos, rule.qos), True)

    def listens(self, topic: str) -> bool:
        """Tell whether what the other side says under a topic comes here."""
        return bool(self._rules.into(topic))

    def receive(self, topic: str, payload: bytes, qos: int, retain: bool) -> None:
        """Publish here what the other side says."""
        for crossing in self._rules.into(topic):
            way = crossing.rule
            self._publish(crossing.name, payload, min(qos, way.qos), retain and way.retain)

    def catch_up(self, topic: str, payload: bytes, qos: int, retain: bool) -> None:
        """Take what was said during a cut, but for a state that has changed here meanwhile."""
        if not self._outbox.has_state_of(topic):
            self.receive(topic, payload, qos, retain)

    def compare(self, topic: str, payload: bytes, qos: int) -> None:
        """Take over what is retained on the other side, told again because we subscribed.

        What we know is no news, and what changed here during a cut wins over what was there.
        """
        if self._outbox.has_state_of(topic):
            return
        for crossing in self._rules.into(topic):
            known = self._broker.retained(crossing.name)
            if crossing.rule.retain and (not known or known[0].payload != payload):
                self._publish(crossing.name, payload, min(qos, crossing.rule.qos), True)

    def _publish(self, topic: str, payload: bytes, qos: int, retain: bool) -> None:
        marked = Crossed(payload)
        marked.by = self
        self._broker.publish(topic, marked, qos, retain)

    def _is_mine(self, payload: bytes) -> bool:
        return isinstance(payload, Crossed) and payload.by is self

    def _is_retained(self, topic: str, payload: bytes) -> bool:
        """Tell whether a message is the one that its topic keeps, or the empty one that ended that.

        The server does not say so of live messages; but it keeps the very object that it passes on.
        """
        kept = self._broker.retained(topic)
        return kept[0].payload is payload if kept else not payload
