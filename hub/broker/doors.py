"""The doors through which clients may come, as somebody wants them: `listeners` opens them."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path

from hub.broker.tls import TlsFiles

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class WebSocketDoor:
    """Where, and for whom, a listener speaks WebSocket."""

    path: str = "/mqtt"
    origins: tuple[str, ...] = ()
    """The pages that may connect, such as `https://home.example.org`; `*` is any page. Programs, which name
    no origin or just the address they call, always may: no stranger borrows somebody's browser there."""

    def is_welcome(self, origin: str, host: str) -> bool:
        if "*" in self.origins or origin in self.origins:
            return True
        # A name could be any stranger's who lets it point here (DNS rebinding), a number could not.
        return origin.partition("://")[2] == host and _is_number(host)


def _is_number(host: str) -> bool:
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return name == "localhost"
    return True


@dataclass(frozen=True, slots=True)
class Listener:
    """One door: a TCP address, with TLS if `tls` is given, or a Unix socket if `path` is given."""

    name: str = "tcp"
    host: str = "127.0.0.1"
    """An empty one is every address, IPv4 and IPv6."""
    port: int = 1883
    """0 takes any free port; `Listening.port` tells which."""
    tls: TlsFiles | ssl.SSLContext | None = None
    """From files the certificate is renewed while the server runs."""
    path: Path | None = None
    mode: int = 0o600
    """Who may connect to the Unix socket, as for a file."""
    websocket: WebSocketDoor | None = None
    """Speak MQTT over WebSocket here, and only so."""
    proxies: tuple[Network, ...] = ()
    """The proxies that connect here and tell, with the PROXY protocol (version 2), for whom. When there are
    any, nobody else is let in."""
