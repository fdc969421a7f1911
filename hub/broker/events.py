"""What the server tells those who watch it: who came, who went, what was refused."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClientConnected:
    """A client logged in."""

    client_id: str
    name: str
    space: str
    address: str
    listener: str
    session_present: bool


@dataclass(frozen=True, slots=True)
class ClientDisconnected:
    """A logged-in client is gone; `orderly` if it said so itself (DISCONNECT)."""

    client_id: str
    name: str
    space: str
    reason: str
    orderly: bool


@dataclass(frozen=True, slots=True)
class LogInRefused:
    """A client was not let in."""

    client_id: str
    username: str | None
    address: str
    listener: str
    reason: str


@dataclass(frozen=True, slots=True)
class PublishDenied:
    """A message was not routed, or not retained; told at most once in ten seconds per client and topic."""

    client_id: str
    name: str
    space: str
    topic: str
    reason: str


@dataclass(frozen=True, slots=True)
class SubscribeDenied:
    """A subscription was refused, or taken away when permissions changed."""

    client_id: str
    name: str
    space: str
    filter: str
    reason: str


@dataclass(frozen=True, slots=True)
class StoringFailed:
    """The store takes nothing any more: what is to be kept is not acknowledged until it does again."""

    reason: str


@dataclass(frozen=True, slots=True)
class StoringResumed:
    """Everything is stored again."""


BrokerEvent = (
    ClientConnected
    | ClientDisconnected
    | LogInRefused
    | PublishDenied
    | SubscribeDenied
    | StoringFailed
    | StoringResumed
)
