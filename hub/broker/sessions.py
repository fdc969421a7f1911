"""Keep every client's session, take one over when its client comes back, and settle what it subscribes."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Protocol

from hub.broker.changes import GrantSaved, SessionDropped, SessionKey, SessionSaved, Subscribed, Unsubscribed
from hub.broker.events import SubscribeDenied
from hub.broker.exchange import Exchange
from hub.broker.journal import Journal
from hub.broker.limits import Limits
from hub.broker.ports import Access, Grant
from hub.broker.session import Session
from hub.broker.subscriptions import Subscription
from hub.broker.topics import matches, parse_shared
from hub.broker.watchers import Watchers
from hub.core.clock import Clock

log = logging.getLogger(__name__)

EXPIRY_CHECK_TICKS = 60


class Live(Protocol):
    """A session's connection, as far as others may end it."""

    def end(self, reason: str, *, will: bool = True) -> None: ...

    def abort(self) -> None: ...

    def forget_routes(self) -> None: ...

    def settle_traffic(self) -> None: ...


class Sessions:
    """Sessions by space, name and client id, with the connections of those on-line."""

    def __init__(self, exchange: Exchange, watchers: Watchers, limits: Limits, clock: Clock) -> None:
        self._exchange = exchange
        self._watchers = watchers
        self._limits = limits
        self._clock = clock
        self._sessions: dict[SessionKey, Session] = {}
        self._live: dict[SessionKey, Live] = {}
        self._online: dict[str, int] = {}
        self._ticks = 0

    def find(self, *, name: str | None, client_id: str | None, space: str | None) -> list[Session]:
        """Return the sessions of a name, client id and space; None means any."""
        wanted = (space, name, client_id)
        return [
            session
            for key, session in self._sessions.items()
            if all(want is None or want == have for want, have in zip(wanted, key, strict=True))
        ]

    def owed(self) -> tuple[int, int]:
        """Return how many messages of QoS 1 and 2 are owed to all clients, and how many bytes."""
        owed = [session.owed() for session in self._sessions.values()]
        return sum(count for count, _ in owed), sum(size for _, size in owed)

    def live(self, session: Session) -> Live | None:
        """Return a session's connection while it has one."""
        return self._live.get(session.key)

    def online(self) -> list[Live]:
        return list(self._live.values())

    # Coming and going.

    def take_up(self, key: SessionKey, left_at: float) -> Session:
        """Make the off-line session that a store kept."""
        session = Session(key, self._limits, self._exchange.stats, clean=False)
        session.left_at = left_at
        self._sessions[key] = session
        self._exchange.stats.sessions += 1
        return session

    def record(self, journal: Journal) -> None:
        """Note from now on what happens to the sessions that a store kept."""
        for session in self._sessions.values():
            session.journal = journal

    def has_room(self, key: SessionKey) -> bool:
        """Say whether one more session may be kept beyond its connection."""
        if key in self._sessions:
            return True
        journal = self._exchange.journal
        if journal is not None and journal.full:
            return False
        return len(self._sessions) - len(self._live) < self._limits.sessions

    def is_full(self, key: SessionKey, most: int | None) -> bool:
        """Say whether a space has as many clients on-line as it may; one that takes over is none more."""
        return most is not None and key not in self._live and self._online.get(key[0], 0) >= most

    def open(self, key: SessionKey, live: Live, limits: Limits, *, clean: bool) -> tuple[Session, bool, bool]:
        """Return the session for a client that just logged in, whether it was there before, and whether to
        wait for the store before the client is told.

        A connection that still has it is ended first, with its will (3.1.4).
        """
        holder = self._live.get(key)
        if holder is not None:
            holder.end("taken over by a new connection")
        session = self._sessions.get(key)
        present = session is not None and not clean
        # After a crash a kept session must not come back that was ended, nor be lost that was begun.
        promise = (session is None) != clean
        if session is None or clean:
            if session is not None:
                self.drop(session)
            session = Session(key, limits, self._exchange.stats, clean=clean)
            self._sessions[key] = session
            self._exchange.stats.sessions += 1
        session.limits = limits
        session.journal = None if session.clean else self._exchange.journal
        session.forgive_repeats()
        self._live[key] = live
        self._online[key[0]] = self._online.get(key[0], 0) + 1
        self._note(session)
        return session, present, promise and self._exchange.journal is not None

    def leave(self, session: Session) -> None:
        """Let go of a connection that ended; a clean session ends with it."""
        del self._live[session.key]
        self._online[session.key[0]] -= 1
        session.outbox = None
        session.left_at = self._clock.timestamp()
        if session.clean:
            self.drop(session)
        else:
            self._note(session)
            self._exchange.space(session.key[0]).changed()

    def drop(self, session: Session) -> None:
        """End a session and all that is owed to it."""
        if self._sessions.get(session.key) is not session:
            return
        space = self._exchange.space(session.key[0])
        for subscription in session.subscriptions.values():
            space.remove(session, subscription)
            self._count(subscription, -1)
        self._exchange.stats.sessions -= 1
        session.subscriptions.clear()
        session.journal = None
        del self._sessions[session.key]
        space.changed()
        if not session.clean and self._exchange.journal is not None:
            self._exchange.journal.note(SessionDropped(session.key))

    def expire(self) -> None:
        """Once a minute, end the sessions whose clients stayed away for too long."""
        self._ticks += 1
        if self._ticks % EXPIRY_CHECK_TICKS:
            return
        oldest = self._clock.timestamp() - self._limits.session_expiry
        for session in list(self._sessions.values()):
            if session.outbox is None and session.left_at < oldest:
                self._exchange.stats.sessions_expired += 1
                self.drop(session)

    def _note(self, session: Session) -> None:
        if not session.clean and self._exchange.journal is not None:
            self._exchange.journal.note(SessionSaved(session.key, self._clock.timestamp()))

    # Subscriptions.

    def subscribe(self, session: Session, asked: str, qos: int) -> Subscription | None:
        """Subscribe a filter for a client, None if it is refused."""
        reason = self._over_limit(session, asked)
        shared = parse_shared(asked)
        grants = None
        if reason is None:
            grants = self._ask(session.access, asked if shared is None else shared.filter)
        if not grants:
            self._deny(session, asked, reason or "not allowed")
            return None
        subscription = Subscription(asked, qos, tuple(grants), None if shared is None else shared.group)
        self.replace(session, subscription)
        return subscription

    def unsubscribe(self, session: Session, asked: str) -> None:
        subscription = session.subscriptions.pop(asked, None)
        if subscription is None:
            return
        self._exchange.space(session.key[0]).remove(session, subscription)
        self._count(subscription, -1)
        if not session.clean and self._exchange.journal is not None:
            self._exchange.journal.note(Unsubscribed(session.key, asked))

    def settle(self, session: Session) -> None:
        """Ask again for everything a session has, and take away what it may no longer have."""
        session.forget_answers()
        revoked = []
        for asked, known in list(session.subscriptions.items()):
            shared = parse_shared(asked)
            grants = self._ask(session.access, asked if shared is None else shared.filter)
            if not grants:
                revoked.append(known)
                self.unsubscribe(session, asked)
                self._deny(session, asked, "no longer allowed")
            elif tuple(grants) != known.grants:
                revoked.append(known)
                self.replace(session, Subscription(asked, known.qos, tuple(grants), known.group))
        left = tuple(session.subscriptions.values())
        session.sift(
            lambda topic: session.may_receive(topic) and (_want(left, topic) or not _want(revoked, topic))
        )
        self._exchange.space(session.key[0]).changed()

    def _over_limit(self, session: Session, asked: str) -> str | None:
        limits = session.limits
        if asked not in session.subscriptions and len(session.subscriptions) >= limits.subscriptions:
            return f"more than {limits.subscriptions} subscriptions"
        if len(asked.encode()) > limits.topic or asked.count("/") >= limits.topic_levels:
            return "a filter that is too long"
        if session.journal is not None and session.journal.full:
            return "nothing can be stored at present"
        return None

    def replace(self, session: Session, subscription: Subscription) -> None:
        """Put a subscription in the place of what the session had under that name."""
        space = self._exchange.space(session.key[0])
        known = session.subscriptions.get(subscription.asked)
        if known is not None:
            space.remove(session, known)
        else:
            self._count(subscription, 1)
        session.subscriptions[subscription.asked] = subscription
        space.add(session, subscription)
        if not session.clean and self._exchange.journal is not None:
            grants = tuple(GrantSaved(g.filter, g.canonical, g.shown) for g in subscription.grants)
            note = Subscribed(session.key, subscription.asked, subscription.qos, grants)
            self._exchange.journal.note(note)

    def _count(self, subscription: Subscription, by: int) -> None:
        self._exchange.stats.subscriptions += by
        self._exchange.stats.shared_subscriptions += by * (subscription.group is not None)

    def _ask(self, access: Access | None, filter: str) -> Sequence[Grant] | None:
        if access is None:
            return None
        try:
            return access.subscribe_filters(filter)
        except Exception:  # a broken check is a refusal
            log.exception("%s: the check of a subscription failed", access.name)
            return None

    def _deny(self, session: Session, asked: str, reason: str) -> None:
        space, name, client_id = session.key
        self._watchers.tell(SubscribeDenied(client_id, name, space, asked, reason))


def _want(subscriptions: Iterable[Subscription], topic: str) -> bool:
    return any(matches(grant.filter, topic) for each in subscriptions for grant in each.grants)
