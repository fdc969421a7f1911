"""What the program around the server supplies: who a client is, what it may do, where things are kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from hub.broker.changes import Change, Snapshot
from hub.broker.limits import Limits, SpaceLimits
from hub.broker.stats import Traffic


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client shows at the door. `address` is its IP address, empty for a Unix socket."""

    client_id: str
    username: str | None
    password: bytes | None = field(repr=False)
    address: str
    listener: str
    certificate: bytes | None = field(default=None, repr=False)
    """The client's certificate (DER) if the TLS handshake verified one."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A filter as it is really subscribed.

    Topics that start with `canonical` reach the client with `shown` in its place, so that a client that
    asked for `$me/device/commands` hears of `$me/device/commands`.
    """

    filter: str
    canonical: str = ""
    shown: str = ""

    def rename(self, topic: str) -> str:
        if self.canonical == self.shown or not topic.startswith(self.canonical):
            return topic
        return self.shown + topic[len(self.canonical) :]


class Access:
    """What one logged-in client may do; this one may do nothing, subclasses allow.

    Answers are remembered per client and topic until `Broker.permissions_changed`, so they may cost
    something, but must depend on nothing else. An exception is a refusal.
    """

    name: str = ""
    """Who it is. Sessions belong to a name: two names may use the same client id without meeting."""
    space: str = ""
    """Clients of different spaces never meet: each has its own topics, retained messages and sessions."""
    on_denied_publish: Literal["drop", "disconnect"] = "drop"
    """`drop` acknowledges and forgets, `disconnect` ends the connection."""
    limits: Limits | None = None
    """This client's own limits; None means the broker's."""
    space_limits: SpaceLimits | None = None
    """What holds for all of its space together; the space has those that came last."""
    traffic: Traffic | None = None
    """Where it is added what its connections send and get, now and then and when they end."""
    on_active: Callable[[], None] | None = None
    """Called within a second after something was published, and before the connection ends."""
    on_publish: Callable[[str], None] | None = None
    """Called with the topic of each message as it is routed; without it messages are passed on faster."""

    def publish_topic(self, topic: str) -> str | None:
        """Return the topic under which a message to `topic` is routed, None if it is refused."""
        return None

    def subscribe_filters(self, filter: str) -> Sequence[Grant] | None:
        """Return the filters to subscribe for `filter`, None if it is refused."""
        return None

    def may_receive(self, topic: str) -> bool:
        """Say whether a message routed under `topic` may reach the client, asked at delivery."""
        return False

    def keeps(self, topic: str) -> bool:
        """Say whether a message routed under `topic` is retained although the client does not ask for it."""
        return False


class Authenticator(Protocol):
    """Decides who comes in."""

    def authenticate(self, credentials: Credentials) -> Access | Awaitable[Access | None] | None:
        """Return what the client may do, None if it may not come in. An exception is a refusal."""
        ...


class Store(Protocol):
    """Keeps what must outlive a restart. Acknowledgements wait for `commit` when they promise storage."""

    async def load(self) -> Snapshot:
        """Return everything kept so far."""
        ...

    async def commit(self, changes: Sequence[Change]) -> None:
        """Make the changes of one turn durable, in their order and all together; return when they are.

        What raises is tried again with the same changes, so it must do no harm to do them twice.
        """
        ...

    async def close(self) -> None:
        """Let go of everything; nothing is committed after this."""
        ...


class FullAccess(Access):
    """May publish and subscribe everything in its space."""

    def __init__(self, name: str = "", *, space: str = "", limits: Limits | None = None) -> None:
        self.name = name
        self.space = space
        self.limits = limits

    def publish_topic(self, topic: str) -> str | None:
        return topic

    def subscribe_filters(self, filter: str) -> Sequence[Grant] | None:
        return (Grant(filter),)

    def may_receive(self, topic: str) -> bool:
        return True


class AllowAll:
    """Lets everybody do everything: for tests and benchmarks, never for a listener others can reach."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits

    def authenticate(self, credentials: Credentials) -> Access | None:
        return FullAccess(credentials.username or "", limits=self._limits)
