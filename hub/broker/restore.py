"""Build sessions and retained messages again from what a store kept."""

from __future__ import annotations

from hub.broker.changes import SavedSession, Snapshot
from hub.broker.exchange import Exchange
from hub.broker.messages import Message, Topic
from hub.broker.ports import Grant
from hub.broker.retained import Retained
from hub.broker.sessions import Sessions
from hub.broker.subscriptions import Subscription
from hub.broker.topics import parse_shared
from hub.broker.wire import encode_text


def restore(snapshot: Snapshot, exchange: Exchange, sessions: Sessions) -> None:
    """Call it before a journal is set: what comes from the store need not go there."""
    for kept in snapshot.retained:
        retained = Retained(kept.topic, kept.payload, kept.qos, kept.owner)
        exchange.restore(exchange.space(kept.space), retained)
    for saved in snapshot.sessions:
        _restore_session(saved, sessions)


def _restore_session(saved: SavedSession, sessions: Sessions) -> None:
    session = sessions.take_up(saved.key, saved.at)
    for subscribed in saved.subscriptions:
        shared = parse_shared(subscribed.asked)
        grants = tuple(Grant(grant.filter, grant.canonical, grant.shown) for grant in subscribed.grants)
        group = None if shared is None else shared.group
        sessions.replace(session, Subscription(subscribed.asked, subscribed.qos, grants, group))
    for owed in saved.owed:
        message = Message(Topic(owed.topic), owed.payload, owed.qos)
        shown = encode_text(owed.shown) if owed.shown else None
        session.owe(message, owed, shown, released=owed.number in saved.released)
    session.received = dict.fromkeys(saved.received, (0, 0))
