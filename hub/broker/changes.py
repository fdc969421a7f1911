"""Name what must outlive a restart: the changes a store is told, and the state it gives back.

A store keeps, for each session key, its subscriptions, its deliveries by number (in the order of their
numbers), and the packet ids of QoS 2 messages it has received; and the retained messages by space and topic.
"""

from __future__ import annotations

from dataclasses import dataclass, field

SessionKey = tuple[str, str, str]
"""Space, name, client id."""


@dataclass(frozen=True, slots=True)
class SessionSaved:
    """A session that outlives its connection began, or went on-line or off-line at `at` (since 1970)."""

    key: SessionKey
    at: float


@dataclass(frozen=True, slots=True)
class SessionDropped:
    """A session ended with all that belongs to it."""

    key: SessionKey


@dataclass(frozen=True, slots=True)
class GrantSaved:
    """One filter really subscribed for `asked`, and how its topics are shown (see `ports.Grant`)."""

    filter: str
    canonical: str = ""
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A session subscribed `asked`, replacing what it had under that name."""

    key: SessionKey
    asked: str
    qos: int
    grants: tuple[GrantSaved, ...]


@dataclass(frozen=True, slots=True)
class Unsubscribed:
    """A session gave up `asked`."""

    key: SessionKey
    asked: str


@dataclass(frozen=True, slots=True)
class Queued:
    """A message of QoS 1 or 2 is owed to a session; `packet_id` is 0 while it waits in the queue."""

    key: SessionKey
    number: int
    topic: str
    shown: str
    payload: bytes = field(repr=False)
    qos: int
    retain: bool
    packet_id: int = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """An owed message went out under a packet id."""

    key: SessionKey
    number: int
    packet_id: int


@dataclass(frozen=True, slots=True)
class Released:
    """The client has a QoS 2 message (PUBREC); only its release is still owed."""

    key: SessionKey
    number: int


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing more is owed for this message."""

    key: SessionKey
    number: int


@dataclass(frozen=True, slots=True)
class Received:
    """A QoS 2 message came in under a packet id that is not yet released."""

    key: SessionKey
    packet_id: int


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The client released a packet id (PUBREL)."""

    key: SessionKey
    packet_id: int


@dataclass(frozen=True, slots=True)
class RetainedSet:
    """A topic's retained message."""

    space: str
    topic: str
    payload: bytes = field(repr=False)
    qos: int
    owner: str


@dataclass(frozen=True, slots=True)
class RetainedCleared:
    """A topic has no retained message any more."""

    space: str
    topic: str


Change = (
    SessionSaved
    | SessionDropped
    | Subscribed
    | Unsubscribed
    | Queued
    | Sent
    | Released
    | Done
    | Received
    | Forgotten
    | RetainedSet
    | RetainedCleared
)


@dataclass(frozen=True, slots=True)
class SavedSession:
    """A session as a store gives it back; `owed` is in the order of the numbers."""

    key: SessionKey
    at: float
    subscriptions: tuple[Subscribed, ...] = ()
    owed: tuple[Queued, ...] = ()
    released: frozenset[int] = frozenset()
    """Numbers of owed messages that the client already has (`Released`)."""
    received: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything a store keeps."""

    sessions: tuple[SavedSession, ...] = ()
    retained: tuple[RetainedSet, ...] = ()
