"""Say who wants what: a client's subscription, and one from inside the program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hub.broker.ports import Grant

Receive = Callable[[str, bytes, int, bool], None]
"""Called with topic, payload, QoS and whether it is a retained message."""


@dataclass(frozen=True, slots=True, eq=False)
class Subscription:
    """What a client asked for and what it was granted; `group` if it shares the messages with others."""

    asked: str
    qos: int
    grants: tuple[Grant, ...]
    group: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Local:
    """A subscription from inside the program."""

    filter: str
    receive: Receive
    qos: int
