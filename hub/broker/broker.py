"""The server as the program around it sees it: start, stop, publish, subscribe, watch."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from hub.broker.admission import Admission
from hub.broker.connection import Connection
from hub.broker.doors import Listener
from hub.broker.events import BrokerEvent
from hub.broker.exchange import Exchange
from hub.broker.flusher import Flusher
from hub.broker.journal import Journal
from hub.broker.limits import Limits
from hub.broker.listeners import Listening, open_listener
from hub.broker.messages import Message
from hub.broker.parts import Parts
from hub.broker.ports import Access, Authenticator, Store
from hub.broker.restore import restore
from hub.broker.retained import Retained
from hub.broker.sessions import Sessions
from hub.broker.stats import Stats
from hub.broker.subscriptions import Receive
from hub.broker.tls import Certificates
from hub.broker.topics import check_filter, check_topic
from hub.broker.watchers import Listen, Watchers
from hub.broker.wheel import Wheel
from hub.broker.wire import ProtocolError
from hub.core.clock import Clock, Detach, SystemClock, nothing
from hub.core.errors import HubError

CERTIFICATE_TICKS = 10
"""Seconds between two looks at the files of certificates."""
PATIENCE = 0.5
"""Seconds connections may take to close in order when the server stops."""


@dataclass(frozen=True, slots=True)
class Client:
    """A client with a session, as lists of clients show it."""

    client_id: str
    name: str
    space: str
    online: bool
    subscriptions: tuple[str, ...]
    queued: int = 0
    """Messages that wait until it is here again, or takes more."""


class Broker:
    """An MQTT 3.1.1 server. Everything but start, listen and stop is synchronous, on the loop's thread."""

    def __init__(
        self,
        authenticator: Authenticator,
        limits: Limits | None = None,
        clock: Clock | None = None,
        store: Store | None = None,
    ) -> None:
        limits = limits or Limits()
        clock = clock or SystemClock()
        self.limits = limits
        self.stats = Stats()
        self._store = store
        self._clock = clock
        self._watchers = Watchers()
        self._exchange = Exchange(limits, self.stats)
        self._sessions = Sessions(self._exchange, self._watchers, limits, clock)
        self._wheel = Wheel(clock)
        self._wheel.every_tick(self._sessions.expire)
        self._parts = Parts(
            authenticator=authenticator,
            limits=limits,
            clock=clock,
            stats=self.stats,
            watchers=self._watchers,
            exchange=self._exchange,
            sessions=self._sessions,
            admission=Admission(limits, clock),
            flusher=Flusher(),
            wheel=self._wheel,
        )
        self._wheel.every_tick(self._watch_certificates)
        self._wheel.every_tick(self.settle_traffic)
        self._doors: list[Listening] = []
        self._ticks = 0
        self._looking: asyncio.Task[None] | None = None
        self._started = False

    # Start and stop.

    async def start(self) -> None:
        """Take up what the store kept, and begin to watch for silence. `listen` does it if need be."""
        if self._started:
            return
        if self._store is not None:
            restore(await self._store.load(), self._exchange, self._sessions)
            journal = Journal(self._store, self.stats, self._watchers, self._clock)
            self._exchange.journal = journal
            self._sessions.record(journal)
        self._wheel.start()
        self._started = True

    async def listen(self, listener: Listener) -> Listening:
        """Open a door. Raises OSError if its address is taken, HubError for certificates that are no good."""
        await self.start()
        door = await open_listener(listener, self._parts)
        self._doors.append(door)
        return door

    def guest(self, listener: str) -> Connection:
        """Return the protocol of a connection that comes by a way of the program's own; admit it first."""
        return Connection(self._parts, listener)

    async def reload_certificates(self) -> None:
        """Load the certificates of all doors anew, for instance on SIGHUP; one that is no good is not used.

        They are loaded anyway when their files change.
        """
        for door in self._doors:
            if door.certificates is not None:
                await door.certificates.refresh(force=True)

    def _watch_certificates(self) -> None:
        self._ticks += 1
        if self._ticks % CERTIFICATE_TICKS or self._looking is not None:
            return
        changing = [door.certificates for door in self._doors if door.certificates is not None]
        if changing:
            self._looking = asyncio.get_running_loop().create_task(self._look(changing))

    async def _look(self, changing: list[Certificates]) -> None:
        try:
            for certificates in changing:
                await certificates.refresh()
        finally:
            self._looking = None

    async def stop(self) -> None:
        """Close the doors, send what is left, end all connections (without wills), commit the rest."""
        for door in self._doors:
            door.close()
        self._doors.clear()
        for connection in tuple(self._parts.open):
            connection.end("the server stops", will=False)
        await self._wait_for_the_last()
        self._wheel.stop()
        if self._looking is not None:
            await self._looking
        if self._exchange.journal is not None:
            await self._exchange.journal.close()
        if self._store is not None:
            await self._store.close()
        self._started = False

    async def _wait_for_the_last(self) -> None:
        step = 0.01
        for _ in range(int(PATIENCE / step)):
            if not self._parts.open:
                return
            await asyncio.sleep(step)
        for connection in tuple(self._parts.open):
            connection.abort()
        await asyncio.sleep(step)

    # The program as a client without a socket.

    def publish(
        self, topic: str, payload: bytes, qos: int = 0, retain: bool = False, space: str = ""
    ) -> None:
        """Publish a message. Called from a subscriber's callback, it is routed after the present one."""
        place = self._exchange.space(space)
        route = place.known(topic)
        if route is None:
            try:
                check_topic(topic)
            except ProtocolError as error:
                raise HubError(f"cannot publish to {topic!r}: {error}") from None
            route = place.route(topic)
        message = Message(route, payload, qos)
        if retain:
            self._exchange.retain(place, message, "", self.limits.retained)
        self._exchange.publish(place, route, message)

    def subscribe(self, filter: str, callback: Receive, qos: int = 2, space: str = "") -> Detach:
        """Call `callback(topic, payload, qos, retain)` for each message, synchronously as it is routed.

        Retained messages come before `subscribe` returns, with retain true; live ones have it false. An
        exception in a callback is logged and reaches nobody else.
        """
        try:
            check_filter(filter)
        except ProtocolError as error:
            raise HubError(f"cannot subscribe {filter!r}: {error}") from None
        return self._exchange.subscribe(self._exchange.space(space), filter, callback, qos)

    def retained(self, filter: str = "#", space: str = "") -> list[Retained]:
        """Return the retained messages of the topics that match `filter`."""
        kept = self._exchange.space(space).retained
        return [message for name in kept.names(filter) if (message := kept.get(name)) is not None]

    def owed(self) -> tuple[int, int]:
        """Return how many messages of QoS 1 and 2 are owed to clients, on-line or not, and how many bytes."""
        return self._sessions.owed()

    def clear_retained(self, filter: str, space: str = "") -> None:
        """Forget the retained messages of the topics that match `filter`; nobody is told."""
        place = self._exchange.space(space)
        for name in list(place.retained.names(filter)):
            self._exchange.retain(place, Message(place.route(name), b""), "", 0)

    # What is stored.

    def when_stored(self, act: Callable[[], object]) -> None:
        """Call `act` when all that is kept of what happened so far is on the disk."""
        if self._exchange.journal is None:
            act()
        else:
            self._exchange.journal.then(act)

    def add_store(self, commit: Callable[[], Awaitable[None]]) -> Detach:
        """Let another store keep a part of what clients say: `commit` returns when it has done so.

        It is called after `wait_for_stores`, and must not raise.
        """
        if self._exchange.journal is None:
            return nothing
        self._exchange.journal.others.append(commit)
        return partial(self._exchange.journal.others.remove, commit)

    def wait_for_stores(self) -> None:
        """Let the message that is being routed be acknowledged when the stores that were added have it."""
        if self._exchange.journal is not None:
            self._exchange.journal.note_elsewhere()

    # Watching and ruling.

    def settle_traffic(self) -> None:
        """Bring what is counted of those who are in up to date."""
        for connection in self._parts.open:
            connection.settle_traffic()

    def listen_events(self, listen: Listen) -> Detach:
        """Be told of each `BrokerEvent`, synchronously."""
        return self._watchers.add(listen)

    def tell(self, event: BrokerEvent) -> None:
        """Tell those who listen of an event that happened outside, such as in a bridge."""
        self._watchers.tell(event)

    def clients(self, name: str | None = None, space: str | None = None) -> list[Client]:
        """Return all clients that have a session, on-line or not."""
        return [
            Client(
                session.key[2],
                session.key[1],
                session.key[0],
                session.outbox is not None,
                tuple(session.subscriptions),
                session.queued,
            )
            for session in self._sessions.find(name=name, client_id=None, space=space)
        ]

    def permissions_changed(self, name: str | None = None) -> None:
        """Ask again what clients of that name (None: all) may do, and drop what they may no longer have."""
        for session in self._sessions.find(name=name, client_id=None, space=None):
            live = self._sessions.live(session)
            if live is not None:
                live.forget_routes()
            if session.access is not None:
                self._sessions.settle(session)

    def disconnect(
        self, *, name: str | None = None, client_id: str | None = None, space: str | None = None
    ) -> int:
        """End the connections of a name, client id and space (None: any); return how many."""
        ended = 0
        for session in self._sessions.find(name=name, client_id=client_id, space=space):
            live = self._sessions.live(session)
            if live is not None:
                live.end("disconnected by the server")
                ended += 1
        return ended

    def disconnect_where(self, unwanted: Callable[[Access], bool]) -> int:
        """End the connections whose access is unwanted; return how many."""
        ended = 0
        for session in self._sessions.find(name=None, client_id=None, space=None):
            live = self._sessions.live(session)
            if live is not None and session.access is not None and unwanted(session.access):
                live.end("disconnected by the server")
                ended += 1
        return ended

    def forget(
        self, *, name: str | None = None, client_id: str | None = None, space: str | None = None
    ) -> None:
        """End connections and sessions, with all that is owed to them: for an identity that is deleted."""
        self.disconnect(name=name, client_id=client_id, space=space)
        for session in self._sessions.find(name=name, client_id=client_id, space=space):
            self._sessions.drop(session)
