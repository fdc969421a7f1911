"""Boil a batch of changes down to the rows that differ when it is over: what comes and goes costs nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from hub.broker import schema
from hub.broker.changes import (
    Change,
    Done,
    Forgotten,
    Queued,
    Received,
    Released,
    RetainedCleared,
    RetainedSet,
    Sent,
    SessionDropped,
    SessionKey,
    SessionSaved,
    Subscribed,
    Unsubscribed,
)

Row = tuple[str | bytes | int | float, ...]


@dataclass(slots=True)
class SessionRows:
    """What becomes of the rows of one session; None is a row to delete."""

    dropped: bool = False
    at: float | None = None
    subscriptions: dict[str, Subscribed | None] = field(default_factory=dict)
    owed: dict[int, Queued | None] = field(default_factory=dict)
    sent: dict[int, int] = field(default_factory=dict)
    released: dict[int, None] = field(default_factory=dict)
    received: dict[int, bool] = field(default_factory=dict)

    def finish(self, number: int) -> None:
        """Forget a message; if it came in this very batch, nothing of it was ever written."""
        self.sent.pop(number, None)
        self.released.pop(number, None)
        if self.owed.pop(number, None) is None:
            self.owed[number] = None


class Batch:
    """The rows that a batch writes and deletes. Writing them a second time changes nothing."""

    def __init__(self, changes: Iterable[Change]) -> None:
        self._sessions: dict[SessionKey, SessionRows] = {}
        self._retained: dict[tuple[str, str], RetainedSet | None] = {}
        for change in changes:
            if isinstance(change, RetainedSet):
                self._retained[change.space, change.topic] = change
            elif isinstance(change, RetainedCleared):
                self._retained[change.space, change.topic] = None
            elif isinstance(change, SessionDropped):
                self._sessions[change.key] = SessionRows(dropped=True)
            else:
                _apply(self._sessions.setdefault(change.key, SessionRows()), change)

    def statements(self) -> list[tuple[str, list[Row]]]:
        """Return the statements with the rows to execute each for, parents before children."""
        found: list[tuple[str, list[Row]]] = [
            (schema.DROP_SESSION, self._each(lambda rows: [()] if rows.dropped else [])),
            (schema.SAVE_SESSION, self._each(lambda rows: [] if rows.at is None else [(rows.at,)])),
            (schema.DELETE_SUBSCRIPTION, self._each(lambda rows: _deleted(rows.subscriptions))),
            (schema.SAVE_SUBSCRIPTION, self._each(_subscriptions)),
            (schema.DELETE_OWED, self._each(lambda rows: _deleted(rows.owed))),
            (schema.SAVE_OWED, self._each(_owed)),
            (schema.SEND_OWED, self._each(lambda rows: rows.sent.items())),
            (schema.RELEASE_OWED, self._each(lambda rows: ((number,) for number in rows.released))),
            (schema.DELETE_RECEIVED, self._each(lambda rows: _received(rows, known=False))),
            (schema.SAVE_RECEIVED, self._each(lambda rows: _received(rows, known=True))),
            (schema.DELETE_RETAINED, [key for key, kept in self._retained.items() if kept is None]),
            (schema.SAVE_RETAINED, [_retained(kept) for kept in self._retained.values() if kept]),
        ]
        return [(statement, rows) for statement, rows in found if rows]

    def _each(self, of: Callable[[SessionRows], Iterable[Row]]) -> list[Row]:
        return [(*key, *row) for key, rows in self._sessions.items() for row in of(rows)]


def _apply(rows: SessionRows, change: Change) -> None:
    match change:
        case Queued():
            rows.owed[change.number] = change
        case Sent(number=number, packet_id=packet_id):
            rows.sent[number] = packet_id
        case Released(number=number):
            rows.released[number] = None
        case Done(number=number):
            rows.finish(number)
        case Received(packet_id=packet_id):
            rows.received[packet_id] = True
        case Forgotten(packet_id=packet_id):
            rows.received[packet_id] = False
        case SessionSaved(at=at):
            rows.at = at
        case Subscribed(asked=asked):
            rows.subscriptions[asked] = change
        case Unsubscribed(asked=asked):
            rows.subscriptions[asked] = None


def _deleted(rows: dict[str, Subscribed | None] | dict[int, Queued | None]) -> list[Row]:
    return [(key,) for key, row in rows.items() if row is None]


def _subscriptions(rows: SessionRows) -> list[Row]:
    return [
        (
            kept.asked,
            kept.qos,
            json.dumps([[grant.filter, grant.canonical, grant.shown] for grant in kept.grants]),
        )
        for kept in rows.subscriptions.values()
        if kept is not None
    ]


def _owed(rows: SessionRows) -> list[Row]:
    return [
        (kept.number, kept.topic, kept.shown, kept.payload, kept.qos, kept.retain, kept.packet_id)
        for kept in rows.owed.values()
        if kept is not None
    ]


def _received(rows: SessionRows, *, known: bool) -> list[Row]:
    return [(packet_id,) for packet_id, is_known in rows.received.items() if is_known is known]


def _retained(kept: RetainedSet) -> Row:
    return (kept.space, kept.topic, kept.payload, kept.qos, kept.owner)
