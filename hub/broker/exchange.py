"""Route messages: from whoever publishes to sockets, queues, retained messages and callbacks alike."""

from __future__ import annotations

import asyncio
import logging
from collections import deque

from hub.broker.allowance import Allowance
from hub.broker.changes import RetainedCleared, RetainedSet
from hub.broker.journal import Journal
from hub.broker.limits import Limits, SpaceLimits
from hub.broker.messages import Message
from hub.broker.retained import Retained
from hub.broker.space import Group, Plan, Route, Space
from hub.broker.stats import Stats
from hub.broker.subscriptions import Local, Receive
from hub.broker.wire import encode_text
from hub.core.clock import Clock, Detach

log = logging.getLogger(__name__)

MOST_IN_A_ROW = 1_000


class Exchange:
    """All spaces, and the way of a message through one of them.

    A callback may publish: its message waits until the present one has reached everybody, so that all
    receivers see the same order.
    """

    def __init__(self, limits: Limits, stats: Stats) -> None:
        self.limits = limits
        self.stats = stats
        self.journal: Journal | None = None
        self._spaces: dict[str, Space] = {}
        self._calling = False
        self._waiting: deque[tuple[Space, Route, Message]] = deque()

    def space(self, name: str) -> Space:
        """Return the space of that name, made when first asked for."""
        space = self._spaces.get(name)
        if space is None:
            space = self._spaces[name] = Space(name)
        return space

    def spaces(self) -> tuple[Space, ...]:
        return tuple(self._spaces.values())

    def limit(self, space: Space, limits: SpaceLimits, clock: Clock) -> None:
        """Let all clients of a space together say no more than that."""
        rate, burst = limits.messages_per_second, limits.message_burst
        if rate is None:
            space.allowance = None
        elif space.allowance is None or not space.allowance.is_of(rate, burst):
            space.allowance = Allowance(rate, burst, clock)

    def publish(self, space: Space, route: Route, message: Message) -> None:
        """Bring a message to everybody who wants it."""
        if self._calling or self._waiting:
            self._waiting.append((space, route, message))
        else:
            self._deliver(space, route, message)

    def retain(self, space: Space, message: Message, owner: str, quota: int) -> bool:
        """Keep a message for later subscribers; an empty one clears. False if there is no room."""
        name = message.topic.name
        known = space.retained.get(name)
        if not message.payload:
            self._clear(space, name)
            return True
        retained = Retained(name, message.payload, message.qos, owner)
        if not self._has_room(space, retained, known, quota):
            self._clear(space, name)  # what it replaces is no longer true (3.3.1-7)
            return False
        space.retained.set(retained)
        self.stats.retained_bytes += retained.size() - (known.size() if known else 0)
        self.stats.retained += known is None
        if self.journal is not None:
            change = RetainedSet(space.name, name, message.payload, message.qos, owner)
            self.journal.note(change, len(message.payload))
        return True

    def restore(self, space: Space, retained: Retained) -> None:
        """Take up what a store kept, whatever the limits are now."""
        space.retained.set(retained)
        self.stats.retained_bytes += retained.size()
        self.stats.retained += 1

    def must_store(self, space: Space, route: Route, qos: int) -> bool:
        """Say whether a message would be kept for anybody."""
        plan = space.plan(route)
        kept = (qos and asked for session, asked, _ in plan.receivers if session.journal is not None)
        return any(kept) or bool(qos and plan.groups)

    def _clear(self, space: Space, name: str) -> None:
        known = space.retained.clear(name)
        if known is None:
            return
        self.stats.retained_bytes -= known.size()
        self.stats.retained -= 1
        if self.journal is not None:
            self.journal.note(RetainedCleared(space.name, name))

    def _has_room(self, space: Space, retained: Retained, known: Retained | None, quota: int) -> bool:
        if self.journal is not None and self.journal.full:
            return False
        growth = retained.size() - (known.size() if known else 0)
        if growth > 0 and self.stats.retained_bytes + growth > self.limits.retained_bytes:
            return False
        if known is None and self.stats.retained >= self.limits.retained:
            return False
        mine = known is not None and known.owner == retained.owner
        return mine or space.retained.count_of(retained.owner) < quota

    def _deliver(self, space: Space, route: Route, message: Message) -> None:
        plan = route.plan if route.stamp is space.stamp else space.plan(route)
        if plan.receivers:
            if message.qos:
                for session, qos, shown in plan.receivers:
                    session.deliver(message, qos if qos < message.qos else message.qos, shown)
            else:
                self._deliver_plain(plan, message)
        for group in plan.groups:
            self._to_group(group, message)
        if plan.locals:
            self._call(plan.locals, route.name, message.payload, message.qos)

    def _deliver_plain(self, plan: Plan, message: Message) -> None:
        outboxes = plan.outboxes
        if outboxes:
            raw = message.plain()
            size = len(message.payload)
            for outbox in outboxes:
                outbox.push(raw, 1, size)
            self.stats.messages_sent += len(outboxes)
            self.stats.payloads_sent += len(outboxes) * size
        if not plan.direct:
            for session, _, shown in plan.receivers:
                if shown is not None:
                    session.deliver(message, 0, shown)

    def _to_group(self, group: Group, message: Message) -> None:
        member = group.pick(message.topic.name)
        if member is None:
            return
        session, subscription, grant = member
        shown = grant.rename(message.topic.name)
        encoded = None if shown == message.topic.name else encode_text(shown)
        session.deliver(message, min(message.qos, subscription.qos), encoded)

    # Callbacks inside the program.

    def subscribe(self, space: Space, filter: str, receive: Receive, qos: int) -> Detach:
        """Call `receive` for each message that matches, first for the retained ones."""
        local = Local(filter, receive, qos)
        space.add_local(local)
        for name in list(space.retained.names(filter)):
            kept = space.retained.get(name)
            if kept is not None:
                self._call((local,), name, kept.payload, kept.qos, retain=True)
        return lambda: space.remove_local(local)

    def _call(
        self, locals_: tuple[Local, ...], topic: str, payload: bytes, qos: int, *, retain: bool = False
    ) -> None:
        outermost = not self._calling
        self._calling = True
        for local in locals_:
            try:
                local.receive(topic, payload, qos if qos < local.qos else local.qos, retain)
            except Exception:  # one subscriber's bug must not keep the message from the others
                log.exception("a subscriber to %s failed on %s", local.filter, topic)
        if outermost:
            self._calling = False
            if self._waiting:
                self._catch_up()

    def _catch_up(self) -> None:
        # While these are routed callbacks add to the end of the same line, so it may never become empty:
        # after a good many the loop gets its turn.
        self._calling = True
        for _ in range(MOST_IN_A_ROW):
            if not self._waiting:
                break
            self._deliver(*self._waiting.popleft())
        self._calling = False
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._catch_up)
