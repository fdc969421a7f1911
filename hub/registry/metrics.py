"""Count for each registry (with its devices) and each broker what goes in and out, since the hub started."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from hub.broker import (
    BrokerEvent,
    ClientConnected,
    ClientDisconnected,
    Credentials,
    PublishDenied,
    SubscribeDenied,
    Traffic,
)
from hub.core.clock import Clock
from hub.core.figures import Figure
from hub.registry.access import OwnerAccess
from hub.registry.directory import Directory, registry_of
from hub.registry.owners import Broker, Owner


@dataclass(slots=True)
class Tally:
    """The numbers of one registry or broker; `connections` is how many clients are in now."""

    traffic: Traffic = field(default_factory=Traffic)
    connections: int = 0
    connects: int = 0
    disconnects: int = 0
    log_ins_refused: int = 0
    publishes_denied: int = 0
    subscribes_denied: int = 0

    def numbers(self) -> dict[str, int]:
        return {
            "connections": self.connections,
            "connects": self.connects,
            "disconnects": self.disconnects,
            "messages_received": self.traffic.messages_received,
            "messages_sent": self.traffic.messages_sent,
            "bytes_received": self.traffic.bytes_received,
            "bytes_sent": self.traffic.bytes_sent,
            "log_ins_refused": self.log_ins_refused,
            "publishes_denied": self.publishes_denied,
            "subscribes_denied": self.subscribes_denied,
        }


class Metrics:
    """The tallies by the id of the registry or broker. `settle()` brings the traffic up to date."""

    def __init__(self, directory: Directory, clock: Clock) -> None:
        self._directory = directory
        self._tallies: dict[str, Tally] = {}
        self.since = clock.now()
        self.settle: Callable[[], None] | None = None

    def of(self, id: str) -> dict[str, int]:
        """Return the numbers of a registry or broker by name."""
        if self.settle is not None:
            self.settle()
        return (self._tallies.get(id) or Tally()).numbers()

    def figures(self) -> Iterator[Figure]:
        """Yield the numbers of each registry and broker that anybody spoke to."""
        if self.settle is not None:
            self.settle()
        for id, tally in self._tallies.items():
            owner = self._directory.get(id)
            if owner is None:
                continue
            kind = "broker" if isinstance(owner, Broker) else "registry"
            labels = {"kind": kind, "id": id, "name": owner.name}
            for name, value in tally.numbers().items():
                text = f"{name.replace('_', ' ').capitalize()} of a registry or broker"
                yield Figure(f"iot_{name}", text, value, labels, grows=name != "connections")

    def forget(self, id: str) -> None:
        self._tallies.pop(id, None)

    # What happens.

    def logged_in(self, access: OwnerAccess, credentials: Credentials) -> None:
        """From now on the traffic of this client is counted with that of its registry or broker."""
        tally = self._tally(access.owner_id)
        if tally is not None:
            access.traffic = tally.traffic

    def refused(self, owner: Owner, credentials: Credentials, reason: str) -> None:
        tally = self._tally(owner.id)
        if tally is not None:
            tally.log_ins_refused += 1

    def on_event(self, event: BrokerEvent) -> None:
        """Listen to the server's events; users have no tally."""
        tally = self._tally(getattr(event, "name", "").partition("/")[2])
        if tally is None:
            return
        match event:
            case ClientConnected():
                tally.connections += 1
                tally.connects += 1
            case ClientDisconnected():
                tally.connections = max(0, tally.connections - 1)
                tally.disconnects += 1
            case PublishDenied():
                tally.publishes_denied += 1
            case SubscribeDenied():
                tally.subscribes_denied += 1

    def _tally(self, owner_id: str) -> Tally | None:
        """Return the tally of a registry or broker, or of the registry of a device."""
        owner = self._directory.get(owner_id)
        if owner is None:
            return None
        home = owner if isinstance(owner, Broker) else registry_of(self._directory, owner)
        return None if home is None else self._tallies.setdefault(home.id, Tally())
