"""Open the doors through which clients come: TCP, TLS, WebSocket and Unix sockets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from hub.broker.acceptor import Acceptor
from hub.broker.connection import Connection
from hub.broker.doors import Listener
from hub.broker.parts import Parts
from hub.broker.tls import Certificates

BACKLOG = 1_024


@dataclass(frozen=True, slots=True)
class Listening:
    """An open door; `port` is the real one, 0 for a Unix socket."""

    listener: Listener
    port: int
    certificates: Certificates | None = field(repr=False)
    stops: tuple[Callable[[], None], ...] = field(repr=False)

    def close(self) -> None:
        """Let nobody else in; those inside stay."""
        for stop in self.stops:
            stop()


async def open_listener(listener: Listener, parts: Parts) -> Listening:
    """Start to accept connections. Raises OSError if the address is taken, HubError for a bad certificate."""
    certificates = None if listener.tls is None else await asyncio.to_thread(Certificates, listener.tls)
    sockets = await _bind(listener)
    port = 0 if listener.path is not None else sockets[0].getsockname()[1]
    make = partial(_guest, listener, parts)
    stops: list[Callable[[], None]] = []
    for sock in sockets:
        if certificates is not None or listener.proxies:
            sock.listen(BACKLOG)
            stops.append(Acceptor(sock, parts, listener.name, make, certificates, listener.proxies).close)
        else:
            stops.append((await _serve(sock, lambda: make()[1])).close)
    return Listening(listener, port, certificates, tuple(stops))


def _guest(listener: Listener, parts: Parts) -> tuple[Connection, asyncio.Protocol]:
    connection = Connection(parts, listener.name)
    if listener.websocket is None:
        return connection, connection
    # Only now: its library takes long to import, and not every house needs it.
    from hub.broker.websocket import WebSocket

    return connection, WebSocket(connection, listener.websocket)


async def _serve(sock: socket.socket, make: Callable[[], asyncio.Protocol]) -> asyncio.Server:
    loop = asyncio.get_running_loop()
    if sock.family == socket.AF_UNIX:
        return await loop.create_unix_server(make, sock=sock, backlog=BACKLOG)
    return await loop.create_server(make, sock=sock, backlog=BACKLOG)


async def _bind(listener: Listener) -> list[socket.socket]:
    if listener.path is not None:
        return [await asyncio.to_thread(_bind_unix, listener.path, listener.mode)]
    found = await asyncio.get_running_loop().getaddrinfo(
        listener.host or None, listener.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    sockets: list[socket.socket] = []
    port = listener.port
    try:
        for family, address in dict.fromkeys((family, address) for family, _, _, _, address in found):
            sock = socket.socket(family, socket.SOCK_STREAM)
            sockets.append(sock)
            # Two families that take any free port take the same one.
            _bind_tcp(sock, (address[0], port, *address[2:]))
            port = sock.getsockname()[1]
    except OSError:
        for sock in sockets:
            sock.close()
        raise
    return sockets


def _bind_tcp(sock: socket.socket, address: tuple[str | int, ...]) -> None:
    sock.setblocking(False)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if sock.family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    sock.bind(address)


def _bind_unix(path: Path, mode: int) -> socket.socket:
    """Take the path; what another process listens on is not taken away from it."""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        if path.is_socket() and not _is_served(path):
            path.unlink()  # left behind by a server that was killed
        sock.bind(str(path))
        path.chmod(mode)  # before it listens, nobody gets in
    except OSError:
        sock.close()
        raise
    sock.setblocking(False)
    return sock


def _is_served(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True
