"""Open the doors through which clients come: TCP, TLS and Unix sockets."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Listener:
    """One door: a TCP address, with TLS if `tls` is given, or a Unix socket if `path` is given."""

    name: str = "tcp"
    host: str = "127.0.0.1"
    port: int = 1883
    """0 takes any free port; `Listening.port` tells which."""
    tls: ssl.SSLContext | None = None
    path: Path | None = None


async def open_listener(listener: Listener, protocol: Callable[[], asyncio.Protocol]) -> asyncio.Server:
    """Start to accept connections and speak `protocol` on each."""
    loop = asyncio.get_running_loop()
    if listener.path is not None:
        return await loop.create_unix_server(protocol, str(listener.path), ssl=listener.tls)
    return await loop.create_server(
        protocol, listener.host or None, listener.port, ssl=listener.tls, backlog=1_024
    )
