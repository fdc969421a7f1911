"""Find out where amqtt's configuration listens, and where the hub may connect to it."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.api import refuse

LOOPBACK = "127.0.0.1"
# amqtt's own default is every address.
DEFAULT: Mapping[str, Any] = {"type": "tcp", "bind": f"{LOOPBACK}:1883"}


@dataclass(frozen=True, slots=True)
class Place:
    """One of amqtt's listeners; an empty host is every address."""

    name: str
    host: str
    port: int
    plain: bool
    """TCP without TLS: the hub can connect to it."""

    @property
    def is_local(self) -> bool:
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def reach(self) -> str:
        """The address at which this machine reaches it."""
        return LOOPBACK if self.host in ("", "0.0.0.0", "::") else self.host


def places(listeners: Mapping[str, Any]) -> list[Place]:
    """Return where these listeners listen; as in amqtt, what one does not say is as in `default`."""
    default = {**DEFAULT, **(listeners.get("default") or {})}
    return [_place(str(name), {**default, **(listener or {})}) for name, listener in listeners.items()]


def _place(name: str, listener: Mapping[str, Any]) -> Place:
    kind = listener["type"]
    if kind not in ("tcp", "ws"):
        raise refuse(f"the hub can't run a listener of type {kind!r} for amqtt", "Take tcp or ws.")
    host, _, port = str(listener["bind"]).rpartition(":")
    if not port.isdecimal() or not 0 < int(port) < 65_536:
        raise refuse(f"{listener['bind']!r} is no address to listen on", "Write such as 127.0.0.1:1883.")
    plain = kind == "tcp" and not listener.get("ssl")
    return Place(name, host.strip("[]"), int(port), plain)
