"""A server without sockets: what a client says goes straight into its connection, byte for byte."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from hub.broker import Access, Broker, Credentials, FullAccess, Limits, Store, WebSocketDoor
from hub.broker.changes import Change, Snapshot
from hub.broker.connection import Connection
from hub.broker.decoder import Decoder
from hub.broker.packets import Packet
from hub.broker.websocket import WebSocket
from hub.core.clock import SimulatedClock


class Line(asyncio.Transport):
    """A transport that leads nowhere and remembers what was written."""

    def __init__(self) -> None:
        super().__init__({"peername": ("192.0.2.1", 50_000)})
        self.written: list[bytes] = []
        self.closing = self.paused = False
        self.protocol: asyncio.Protocol | None = None

    def write(self, data: Any) -> None:
        if not self.closing:
            self.written.append(bytes(data))

    def close(self) -> None:
        if not self.closing:
            self.closing = True
            asyncio.get_running_loop().call_soon(self._lost)

    def _lost(self) -> None:
        if self.protocol is not None:
            self.protocol.connection_lost(None)
            self.protocol = None

    def abort(self) -> None:
        self.close()

    def is_closing(self) -> bool:
        return self.closing

    def pause_reading(self) -> None:
        self.paused = True

    def resume_reading(self) -> None:
        self.paused = False

    def is_reading(self) -> bool:
        return not self.paused

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def get_write_buffer_size(self) -> int:
        return 0


class Client:
    """A client on such a line."""

    def __init__(self, broker: Broker, websocket: WebSocketDoor | None = None) -> None:
        connection = Connection(broker._parts, "line")
        self.line = Line()
        self.line.protocol = self._protocol = (
            connection if websocket is None else WebSocket(connection, websocket)
        )
        self._decoder = Decoder()
        self._protocol.connection_made(self.line)

    def say(self, data: bytes, cuts: Sequence[int] = ()) -> None:
        """Say bytes, in pieces that end at `cuts`; nobody listens to a line that is closed."""
        edges = [0, *sorted(cut for cut in cuts if cut < len(data)), len(data)]
        for at, end in itertools.pairwise(edges):
            if not self.line.closing:
                self._protocol.data_received(data[at:end])

    def raw(self) -> bytes:
        """Return what was written since the last call."""
        written, self.line.written = b"".join(self.line.written), []
        return written

    def heard(self) -> list[Packet]:
        return self._decoder.feed(self.raw())


class Doorkeeper:
    """Lets everybody in, but for those who are to wait and those who are not."""

    def __init__(self) -> None:
        self.waiting: list[asyncio.Future[Access | None]] = []

    def authenticate(self, credentials: Credentials) -> Any:
        if credentials.client_id == "refused":
            return None
        if credentials.client_id == "waits":
            self.waiting.append(asyncio.get_running_loop().create_future())
            return self.waiting[-1]
        return FullAccess(credentials.username or "")


class Memory:
    """A store that forgets everything at once."""

    async def load(self) -> Snapshot:
        return Snapshot()

    async def commit(self, changes: Sequence[Change]) -> None:
        await asyncio.sleep(0)

    async def close(self) -> None:
        pass


def make_broker(
    limits: Limits | None = None, authenticator: Any = None, store: Store | None = None
) -> tuple[Broker, SimulatedClock]:
    clock = SimulatedClock(datetime(2026, 5, 6, 12, tzinfo=UTC))
    return Broker(authenticator or Doorkeeper(), limits, clock, store), clock


async def settle(turns: int = 5) -> None:
    for _ in range(turns):
        await asyncio.sleep(0)
