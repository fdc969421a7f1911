"""Carry MQTT in WebSocket frames (MQTT 3.1.1, 6): browsers can speak no other way."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Ping,
    Pong,
    RejectConnection,
    Request,
)
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import LocalProtocolError, RemoteProtocolError

from hub.broker.doors import WebSocketDoor

SUBPROTOCOL = "mqtt"
LONGEST_REQUEST = 8_192
METHOD, HEAD_END = b"GET ", b"\r\n\r\n"
SLICE = 8_192
"""Bytes understood in one turn of the loop: frames may be tiny, and the others wait meanwhile."""
MOST_IDLE_FRAMES = 100
"""Pings and empty frames in a row after which a client only keeps us busy."""
MOST_UNSENT = 64 * 1024
"""Unsent bytes above which a ping is not answered: the client does not read the answers."""


def _refusal(door: WebSocketDoor, request: Request) -> int:
    """Return the HTTP status for a request that is not served, 0 for one that is."""
    if request.target.partition("?")[0] != door.path:
        return 404
    if SUBPROTOCOL not in request.subprotocols:
        return 400
    origins = [value.decode("latin-1") for name, value in request.extra_headers if name == b"origin"]
    if not all(door.is_welcome(origin, request.host) for origin in origins):
        return 403
    return 0


class WebSocket(asyncio.Protocol):
    """Stands between a transport and the protocol that sees only what is in the frames."""

    def __init__(self, inner: asyncio.Protocol, door: WebSocketDoor) -> None:
        self._inner = inner
        self._door = door
        self._frames = WSConnection(ConnectionType.SERVER)
        self._open = self._over = self._held = False
        self._idle = 0
        self._backlog = bytearray()

    # The transport's side.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports have the methods of asyncio's, but not its classes.
        self._transport = cast(asyncio.Transport, transport)
        self._inner.connection_made(FramedTransport(self, self._transport))

    def connection_lost(self, exc: Exception | None) -> None:
        self._over = True
        self._backlog.clear()
        self._inner.connection_lost(exc)

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()

    def data_received(self, data: bytes) -> None:
        if self._over:
            return
        self._backlog += data
        if self._open or self._has_asked():
            self._understand()

    def _has_asked(self) -> bool:
        """Understand the request once it is whole; what comes behind it are frames."""
        end = self._backlog.find(HEAD_END) + len(HEAD_END)
        if end < len(HEAD_END):
            if len(self._backlog) > LONGEST_REQUEST or not METHOD.startswith(self._backlog[: len(METHOD)]):
                self._hang_up()
            return False
        request = bytes(self._backlog[:end])
        del self._backlog[:end]
        self._take(request)
        return self._open

    def _understand(self) -> None:
        """Understand a slice of what came, and come back for the rest."""
        if self._over or self._held:
            return
        piece = bytes(self._backlog[:SLICE])
        del self._backlog[:SLICE]
        self._take(piece)
        if self._over or self._held:
            return
        if self._backlog:
            self._transport.pause_reading()
            asyncio.get_running_loop().call_soon(self._understand)
        elif not self._transport.is_reading():
            self._transport.resume_reading()

    def _take(self, data: bytes) -> None:
        try:
            self._frames.receive_data(data)
            for event in self._frames.events():
                if not self._over:
                    self._act(event)
        except (LocalProtocolError, RemoteProtocolError) as error:
            self._fail(error)
        except ValueError:  # a header that is no text: the library leaves that to us
            self._hang_up()

    def _act(self, event: Event) -> None:
        if isinstance(event, BytesMessage):
            self._idle = 0 if event.data else self._idle + 1
            self._inner.data_received(bytes(event.data))
        elif isinstance(event, Request):
            self._answer(event)
        elif isinstance(event, Ping | Pong):
            self._idle += 1
            if isinstance(event, Ping) and self._transport.get_write_buffer_size() < MOST_UNSENT:
                self._say(event.response())
        elif isinstance(event, CloseConnection):
            self._say(event.response())
            self._hang_up()
        else:  # text: only binary frames carry MQTT (6.0.0-1)
            self.close(CloseReason.UNSUPPORTED_DATA)
        if self._idle > MOST_IDLE_FRAMES:
            self.close(CloseReason.POLICY_VIOLATION)

    def _answer(self, request: Request) -> None:
        status = _refusal(self._door, request)
        if status:
            headers = [(b"content-length", b"0"), (b"connection", b"close")]
            self._say(RejectConnection(status_code=status, headers=headers))
            self._hang_up()
        else:
            self._say(AcceptConnection(subprotocol=SUBPROTOCOL))
            self._open = True

    def _fail(self, error: LocalProtocolError | RemoteProtocolError) -> None:
        hint = getattr(error, "event_hint", None)
        if hint is not None:
            self._say(hint)
        self._hang_up()

    def _say(self, event: Event) -> None:
        try:
            self._transport.write(self._frames.send(event))
        except LocalProtocolError:  # it is no time to say anything any more
            self._over = True

    def _hang_up(self) -> None:
        self._over = True
        self._transport.close()

    # The inner protocol's side.

    def send(self, data: bytes) -> None:
        if self._open and not self._over:
            self._say(BytesMessage(data))

    def close(self, reason: CloseReason = CloseReason.NORMAL_CLOSURE) -> None:
        if self._open and not self._over:
            self._say(CloseConnection(reason))
        self._hang_up()

    def hold(self) -> None:
        """Let nothing more through for a while."""
        self._held = True
        self._transport.pause_reading()

    def release(self) -> None:
        self._held = False
        asyncio.get_running_loop().call_soon(self._understand)

    @property
    def held(self) -> bool:
        return self._held


class FramedTransport(asyncio.Transport):
    """The transport as the inner protocol sees it."""

    def __init__(self, socket: WebSocket, transport: asyncio.Transport) -> None:
        super().__init__()
        self._socket = socket
        self._transport = transport

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._transport.get_extra_info(name, default)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._socket.send(bytes(data))

    def close(self) -> None:
        self._socket.close()

    def abort(self) -> None:
        self._transport.abort()

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def is_reading(self) -> bool:
        return not self._socket.held

    def pause_reading(self) -> None:
        self._socket.hold()

    def resume_reading(self) -> None:
        self._socket.release()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self._transport.set_write_buffer_limits(high, low)

    def get_write_buffer_size(self) -> int:
        return self._transport.get_write_buffer_size()
