"""Take what a client publishes: under which topic, whether it may, and what is kept of it."""

from __future__ import annotations

import logging
from typing import Final

from hub.broker.changes import SessionKey
from hub.broker.events import PublishDenied
from hub.broker.exchange import Exchange
from hub.broker.limits import Limits
from hub.broker.messages import Message
from hub.broker.ports import Access
from hub.broker.space import Renamed, Route, Space
from hub.broker.topics import check_topic, is_reserved
from hub.broker.watchers import Watchers
from hub.broker.wheel import Wheel
from hub.broker.wire import ProtocolError, decode_text

log = logging.getLogger(__name__)

MOST_ROUTES = 4_096
TELL_AGAIN_AFTER = 10


class Publisher:
    """A logged-in client's right to publish, remembered by the bytes of the topic it says.

    `routes` are the topics that may be passed on as they are, or under another name; all others go the longer
    way.
    """

    __slots__ = (
        "_detours",
        "_exchange",
        "_kept",
        "_told",
        "_watchers",
        "_wheel",
        "access",
        "key",
        "limits",
        "routes",
        "space",
    )

    def __init__(
        self,
        access: Access,
        key: SessionKey,
        limits: Limits,
        exchange: Exchange,
        watchers: Watchers,
        wheel: Wheel,
    ) -> None:
        self.access: Final = access
        self.key: Final = key
        self.limits: Final = limits
        self.space: Final[Space] = exchange.space(access.space)
        self.routes: dict[bytes, Route] = {}
        self._detours: dict[bytes, Route | None] = {}
        self._kept: set[bytes] = set()
        self._told: dict[str, int] = {}
        self._exchange = exchange
        self._watchers = watchers
        self._wheel = wheel

    def forget_routes(self) -> None:
        """Ask for all permissions again."""
        self.routes.clear()
        self._detours.clear()
        self._kept.clear()

    def route(self, raw: bytes) -> Route | None:
        """Return the way of a message to the topic with these bytes, None if it is refused."""
        route = self.routes.get(raw)
        if route is not None:
            return route
        if raw in self._detours:
            return self._detours[raw]
        return self._find(raw)

    def _find(self, raw: bytes) -> Route | None:
        topic = decode_text(raw)
        check_topic(topic)
        if len(raw) > self.limits.topic or topic.count("/") >= self.limits.topic_levels:
            raise ProtocolError("a topic that is too long")
        canonical = self._canonical(topic)
        if len(self.routes) + len(self._detours) >= MOST_ROUTES:
            self.forget_routes()
        if canonical is None:
            self._detours[raw] = None
            return None
        route = self.space.route(canonical)
        if self._keeps(canonical):
            self._kept.add(raw)
        if raw not in self._kept and self.access.on_publish is None:
            self.routes[raw] = route if canonical == topic else Renamed(route, raw)
        else:
            self._detours[raw] = route
        return route

    def _canonical(self, topic: str) -> str | None:
        if is_reserved(topic):
            return None
        try:
            return self.access.publish_topic(topic)
        except Exception:  # a broken check is a refusal
            log.exception("%s: the check of a message failed", self.access.name)
            return None

    def _keeps(self, topic: str) -> bool:
        try:
            return self.access.keeps(topic) is True
        except Exception:  # a broken answer keeps nothing
            log.exception("%s: cannot say whether %s is kept", self.access.name, topic)
            return False

    def is_kept(self, raw: bytes) -> bool:
        """Say whether messages to that topic are retained without being asked for."""
        return raw in self._kept

    def publish(self, raw: bytes, message: Message, route: Route, *, retain: bool) -> None:
        """Route a message of this client."""
        if self.access.on_publish is not None:
            self.access.on_publish(route.name)
        if retain or raw in self._kept:
            quota = self.limits.retained_per_client
            owner = self.access.name or self.key[2]
            if not self._exchange.retain(self.space, message, owner, quota):
                self.tell(raw, "no room for another retained message")
        self._exchange.publish(self.space, route, message)

    def tell(self, raw: bytes, reason: str) -> None:
        """Tell of a refusal, not more often than anybody could read."""
        self._exchange.stats.publishes_denied += 1
        topic = raw.decode()
        now = self._wheel.now
        last = self._told.get(topic)
        if last is not None and now - last < TELL_AGAIN_AFTER:
            return
        if len(self._told) >= MOST_ROUTES:
            self._told.clear()
        self._told[topic] = now
        space, name, client_id = self.key
        self._watchers.tell(PublishDenied(client_id, name, space, topic, reason))
