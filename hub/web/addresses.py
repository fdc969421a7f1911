"""Where a request really comes from, and whether its path is one that can be taken at its word."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hub.config.web import Network
from hub.core.errors import HubError

LONGEST_PATH = 2_048
_AT_HOME: tuple[Network, ...] = tuple(
    ipaddress.ip_network(text)
    for text in (
        *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"),
        *("::1/128", "fc00::/7", "fe80::/10"),
    )
)
# What has two readings is refused, and not read in one of them: a proxy may read it in the other.
_ENCODED = re.compile(rb"%(2e|2f|5c|00|25)", re.IGNORECASE)
_PLAIN = re.compile(rb"[\x21-\x7e]*")


def is_plain_path(raw: bytes) -> bool:
    """Tell whether a path, as it came, has one reading only."""
    path = raw.partition(b"?")[0]
    if not path.startswith(b"/") or len(path) > LONGEST_PATH or not _PLAIN.fullmatch(path):
        return False
    if b"//" in path or b"\\" in path or _ENCODED.search(path):
        return False
    return not any(part in (b".", b"..") for part in path.split(b"/"))


@dataclass(frozen=True, slots=True)
class Caller:
    """The address of whoever asks, and the scheme they used."""

    address: str
    scheme: str

    @property
    def is_local(self) -> bool:
        """Whether it is this machine or a network at home."""
        try:
            ip = _plain_ip(self.address)
        except ValueError:
            return False
        return any(ip in network for network in _AT_HOME)


def caller_of(peer: str, scheme: str, headers: Mapping[str, str], proxies: Iterable[Network]) -> Caller:
    """Return who asks, past the proxies that are trusted. Raises `HubError` for one that is not.

    A proxy that nobody declared would make every stranger look as if they were at home.
    """
    forwarded = headers.get("x-forwarded-for")
    trusted = tuple(proxies)
    scheme = {"ws": "http", "wss": "https"}.get(scheme, scheme)
    if not _is_of(peer, trusted):
        if forwarded is not None or "forwarded" in headers:
            raise HubError(
                f"this came through a proxy ({peer}) that is not trusted",
                remedy="Add its address under `web: trusted_proxies:`.",
            )
        return Caller(peer, scheme)
    address = peer
    for one in reversed((forwarded or "").split(",")):
        if one.strip():
            address = one.strip()
            if not _is_of(address, trusted):
                break
    told = headers.get("x-forwarded-proto", "").rpartition(",")[2].strip().lower()
    return Caller(_checked(address), told if told in ("http", "https") else scheme)


def _is_of(address: str, networks: tuple[Network, ...]) -> bool:
    try:
        ip = _plain_ip(address)
    except ValueError:
        return False
    return any(ip in network for network in networks)


def _checked(address: str) -> str:
    try:
        return str(_plain_ip(address))
    except ValueError:
        raise HubError(f"X-Forwarded-For says {address[:50]!r}, which is no address") from None


def _plain_ip(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    ip = ipaddress.ip_address(address.partition("%")[0].strip("[]"))
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    return ip


def is_same_origin(origin: str, host: str, scheme: str) -> bool:
    """Tell whether a page of `origin` is one of this server, as it was called."""
    return origin.lower() == f"{scheme}://{host}".lower()
