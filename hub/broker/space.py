"""One isolated topic space: its filters, its retained messages, and who gets a message of each topic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from hub.broker.allowance import Allowance
from hub.broker.messages import Message, Topic
from hub.broker.outbox import Outbox
from hub.broker.ports import Grant
from hub.broker.retained import RetainedMessages
from hub.broker.session import Session
from hub.broker.subscriptions import Local, Subscription
from hub.broker.trie import FilterTrie
from hub.broker.wire import encode_text

MOST_ROUTES = 50_000

Member = tuple[Session, Subscription, Grant]


class Group:
    """The members of one shared subscription; each message goes to the next of them."""

    __slots__ = ("_turn", "members")

    def __init__(self) -> None:
        self.members: dict[Member, None] = {}
        self._turn = 0

    def pick(self, topic: str) -> Member | None:
        """Return whose turn it is: of those who may have it one that is on-line, if there is any."""
        allowed = [member for member in self.members if member[0].may_receive(topic)]
        online = [member for member in allowed if member[0].outbox is not None]
        candidates = online or allowed
        if not candidates:
            return None
        self._turn += 1
        return candidates[self._turn % len(candidates)]


Wish = Member | Group | Local


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Who gets a message of one topic, settled once until a subscription or a permission changes."""

    direct: bool
    """Whether `outboxes` are all who want it: then a QoS 0 message needs nothing but its bytes passed on."""
    outboxes: tuple[Outbox, ...]
    """On-line clients that get it under its own name."""
    receivers: tuple[tuple[Session, int, bytes | None], ...]
    """Every client with the QoS it asked for, and the topic it is shown if that is another."""
    groups: tuple[Group, ...]
    locals: tuple[Local, ...]
    renamed: tuple[bytes, bytes] | None = None
    """The topic as the publisher says it and as it is, if these differ; encoded."""


NOBODY = Plan(True, (), (), (), ())


class Route(Topic):
    """A topic in use and its plan, which holds while `stamp` is its space's."""

    __slots__ = ("plan", "stamp")

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.plan = NOBODY
        self.stamp: object = None


class Renamed(Route):
    """A topic in use under another name, `spoken`, as a publisher's packets begin with it."""

    __slots__ = ("spoken",)

    def __init__(self, route: Route, spoken: bytes) -> None:
        super().__init__(route.name)
        self.spoken = len(spoken).to_bytes(2, "big") + spoken


class Space:
    """Topics, filters and retained messages that belong together. `stamp` is new when a plan may differ."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.allowance: Allowance | None = None
        """How fast all of its clients together may speak; None as fast as each may."""
        self.retained = RetainedMessages()
        self.stamp = object()
        self._filters: FilterTrie[Wish] = FilterTrie()
        self._groups: dict[tuple[str, str], Group] = {}
        self._routes: dict[str, Route] = {}
        self._plans: dict[tuple[object, ...], Plan] = {}

    def known(self, name: str) -> Route | None:
        """Return the object for a topic if it is in use: then its name is a right one."""
        return self._routes.get(name)

    def route(self, name: str) -> Route:
        """Return the one object for a topic in use."""
        route = self._routes.get(name)
        if route is None:
            if len(self._routes) >= MOST_ROUTES:
                self._routes.clear()
            route = self._routes[name] = Route(name)
        return route

    def changed(self) -> None:
        """Let all plans be made anew."""
        self.stamp = object()
        self._plans.clear()

    # Filters.

    def add(self, session: Session, subscription: Subscription) -> None:
        for grant in subscription.grants:
            member = (session, subscription, grant)
            if subscription.group is None:
                self._filters.add(grant.filter, member)
            else:
                self._join(subscription.group, member)
        self.changed()

    def remove(self, session: Session, subscription: Subscription) -> None:
        for grant in subscription.grants:
            member = (session, subscription, grant)
            if subscription.group is None:
                self._filters.remove(grant.filter, member)
            else:
                self._leave(subscription.group, member)
        self.changed()

    def add_local(self, local: Local) -> None:
        self._filters.add(local.filter, local)
        self.changed()

    def remove_local(self, local: Local) -> None:
        self._filters.remove(local.filter, local)
        self.changed()

    def _join(self, name: str, member: Member) -> None:
        filter = member[2].filter
        group = self._groups.get((name, filter))
        if group is None:
            group = self._groups[name, filter] = Group()
            self._filters.add(filter, group)
        group.members[member] = None

    def _leave(self, name: str, member: Member) -> None:
        filter = member[2].filter
        group = self._groups.get((name, filter))
        if group is None:
            return
        group.members.pop(member, None)
        if not group.members:
            del self._groups[name, filter]
            self._filters.remove(filter, group)

    # Plans.

    def plan(self, route: Route) -> Plan:
        """Return who gets a message that goes this way."""
        if route.stamp is not self.stamp:
            plan = self._make_plan(route)
            if isinstance(route, Renamed):
                plan = replace(plan, renamed=(route.spoken, route.encoded))
            route.plan = plan
            route.stamp = self.stamp
        return route.plan

    def _make_plan(self, topic: Route) -> Plan:
        wanted: dict[tuple[Session, str], int] = {}
        groups: list[Group] = []
        locals_: list[Local] = []
        for wish in self._filters.match(topic.name.split("/")):
            if isinstance(wish, Local):
                locals_.append(wish)
            elif isinstance(wish, Group):
                groups.append(wish)
            else:
                session, subscription, grant = wish
                # Filters that overlap give one message, with the highest QoS of them (3.3.5).
                key = (session, grant.rename(topic.name))
                wanted[key] = max(wanted.get(key, 0), subscription.qos)
        receivers = tuple(
            (session, qos, None if shown == topic.name else encode_text(shown))
            for (session, shown), qos in wanted.items()
            if session.may_receive(topic.name)
        )
        return self._share_plan(receivers, tuple(groups), tuple(locals_))

    def _share_plan(
        self,
        receivers: tuple[tuple[Session, int, bytes | None], ...],
        groups: tuple[Group, ...],
        locals_: tuple[Local, ...],
    ) -> Plan:
        # Topics with the same receivers have the same plan, so that messages of several topics that come
        # in one after the other can be passed on together.
        key = (receivers, groups, locals_)
        plan = self._plans.get(key)
        if plan is None:
            outboxes = tuple(
                session.outbox
                for session, _, shown in receivers
                if shown is None and session.outbox is not None
            )
            direct = not groups and not locals_ and all(shown is None for _, _, shown in receivers)
            plan = self._plans[key] = Plan(direct, outboxes, receivers, groups, locals_)
        return plan

    # Retained messages.

    def told(
        self, session: Session, subscription: Subscription
    ) -> Iterator[tuple[Message, int, bytes | None] | None]:
        """Go through the retained messages of a new subscription, each as it is when its turn comes; None is
        one that the client does not get."""
        for grant in subscription.grants:
            for name in self.retained.names(grant.filter):
                kept = self.retained.get(name)
                present = session.subscriptions.get(subscription.asked)
                if present is None or present.grants != subscription.grants:
                    return  # it was given up or taken away meanwhile
                if kept is None or not session.may_receive(name):
                    yield None
                    continue
                shown = grant.rename(name)
                encoded = None if shown == name else encode_text(shown)
                yield Message(Topic(name), kept.payload, kept.qos), min(kept.qos, subscription.qos), encoded
