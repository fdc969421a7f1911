"""Hold what all connections of one server share."""

from __future__ import annotations

from dataclasses import dataclass, field

from hub.broker.admission import Admission
from hub.broker.exchange import Exchange
from hub.broker.flusher import Flusher
from hub.broker.limits import Limits
from hub.broker.ports import Authenticator
from hub.broker.sessions import Live, Sessions
from hub.broker.stats import Stats
from hub.broker.watchers import Watchers
from hub.broker.wheel import Wheel
from hub.core.clock import Clock


@dataclass(frozen=True, slots=True)
class Parts:
    authenticator: Authenticator
    limits: Limits
    clock: Clock
    stats: Stats
    watchers: Watchers
    exchange: Exchange
    sessions: Sessions
    admission: Admission
    flusher: Flusher
    wheel: Wheel
    open: set[Live] = field(default_factory=set)
    """Every connection, logged in or not."""
