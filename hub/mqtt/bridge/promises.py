"""Keep what a bridge promises the other server: nothing is acknowledged before it is stored here."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hub.broker import Broker
from hub.mqtt.bridge.outbox import Outbox
from hub.mqtt.bridge.writer import Writer

Act = Callable[[], object]


class Received:
    """The packet ids of QoS 2 messages that came from the other server and that it has not released (4.3.3).

    An id goes into the file after its message is stored: what is killed in between is told again, not lost.
    """

    def __init__(self, kept: Iterable[int] = ()) -> None:
        self._known = set(kept)
        self._changes: dict[int, bool] = {}

    def is_new(self, packet_id: int) -> bool:
        if packet_id in self._known:
            return False
        self._known.add(packet_id)
        return True

    def keep(self, packet_id: int) -> None:
        """Its message is stored."""
        self._changes[packet_id] = True

    def forget(self, packet_id: int) -> None:
        self._known.discard(packet_id)
        self._changes[packet_id] = False

    def forget_all(self) -> None:
        """The other server knows of no session of ours: its ids mean other messages now."""
        for packet_id in tuple(self._known):
            self.forget(packet_id)

    def changes(self) -> dict[int, bool]:
        """Return what is to be written: of each id, whether it is known."""
        changes, self._changes = self._changes, {}
        return changes

    def give_back(self, changes: dict[int, bool]) -> None:
        """These could not be written."""
        self._changes = {**changes, **self._changes}


class Promises:
    """Says of each packet from the other server when it may be answered, and calls what answers it then."""

    def __init__(self, broker: Broker, outbox: Outbox, received: Received, writer: Writer) -> None:
        self._broker = broker
        self._outbox = outbox
        self._received = received
        self._writer = writer

    def begin(self, *, is_known: bool) -> None:
        """A connection is open; `is_known` if the other server has kept our session."""
        if not is_known:
            self._received.forget_all()

    async def written(self) -> None:
        """Return when what is to be sent is in the file as it is now."""
        await self._writer.flush()

    def is_new(self, packet_id: int) -> bool:
        """Say of a PUBLISH of QoS 2 whether it is one to take."""
        return self._received.is_new(packet_id)

    def taken(self, acknowledge: Act) -> None:
        """A message of QoS 1 was published here."""
        self._broker.when_stored(acknowledge)

    def received(self, packet_id: int, acknowledge: Act) -> None:
        """A message of QoS 2 was published here, now or earlier."""

        def stored() -> None:
            self._received.keep(packet_id)
            self._writer.when_written(acknowledge)

        self._broker.when_stored(stored)

    def released(self, packet_id: int, complete: Act) -> None:
        """PUBREL: the other server will not send that message again."""
        self._received.forget(packet_id)
        self._writer.when_written(complete)

    def recorded(self, packet_id: int, release: Act) -> None:
        """PUBREC: the other server has our message; it must not get it again, after a crash either."""
        self._outbox.release(packet_id)
        self._writer.when_written(release)
