"""Say over mDNS what is open, and take it back when it is not any more."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket

import ifaddr

from hub.api import Opening, Openings, slugify
from zeroconf import Error, InterfaceChoice, ServiceInfo
from zeroconf.asyncio import AsyncZeroconf

log = logging.getLogger(__name__)
_TYPES = {
    ("mqtt", False): "_mqtt._tcp.local.",
    ("mqtt", True): "_secure-mqtt._tcp.local.",
    ("http", False): "_http._tcp.local.",
    ("http", True): "_https._tcp.local.",
}
_TOLD = {"mqtt": {"software": "hearth", "protocol": "3.1.1"}, "http": {"software": "hearth", "path": "/"}}
_ANY = ("", "0.0.0.0", "::", "[::]")


class Advertiser:
    """Keeps what is told equal to what is open."""

    def __init__(self, openings: Openings, name: str, interfaces: list[str] | InterfaceChoice) -> None:
        self._openings = openings
        self._name = name
        self._interfaces = interfaces
        self._told: dict[Opening, ServiceInfo] = {}
        self.changed = asyncio.Event()
        self.changed.set()

    async def run(self) -> None:
        """Tell until cancelled; then all of it is taken back."""
        try:
            mdns = AsyncZeroconf(interfaces=self._interfaces)
        except (OSError, Error) as error:
            log.error("mDNS can't be spoken here: %s", error)
            return
        try:
            while True:
                await self.changed.wait()
                self.changed.clear()
                await self._follow(mdns)
        finally:
            await mdns.async_unregister_all_services()
            await mdns.async_close()

    async def _follow(self, mdns: AsyncZeroconf) -> None:
        there = self._openings.all()
        for opening in [one for one in self._told if one not in there]:
            await (await mdns.async_unregister_service(self._told.pop(opening)))
        for opening in [one for one in there if one not in self._told]:
            info = await asyncio.to_thread(service, opening, self._name)
            try:
                await (await mdns.async_register_service(info, allow_name_change=True))
            except (OSError, Error) as error:
                log.error("%s is not told over mDNS: %r", info.name, error)
            else:
                self._told[opening] = info


def advertise(openings: Openings, name: str, interfaces: list[str], default: bool) -> Advertiser:
    return Advertiser(
        openings, name, interfaces or (InterfaceChoice.Default if default else InterfaceChoice.All)
    )


def service(opening: Opening, name: str) -> ServiceInfo:
    """Return what is told of an address. It asks the system for names: to be called outside the loop."""
    kind = _TYPES[opening.kind, opening.tls]
    return ServiceInfo(
        kind,
        f"{name.replace('.', ' ')} {opening.port}.{kind}",
        port=opening.port,
        properties=_TOLD[opening.kind],
        parsed_addresses=addresses(opening.host),
        server=f"{slugify(name).replace('_', '-') or 'hearth'}.local.",
    )


def addresses(host: str) -> list[str]:
    """Return the addresses of a host, for every address all that this machine has but loopback."""
    if host in _ANY:
        found = [
            ip.ip if isinstance(ip.ip, str) else ip.ip[0] for one in ifaddr.get_adapters() for ip in one.ips
        ]
    else:
        found = [str(one[4][0]) for one in socket.getaddrinfo(host.strip("[]"), None)]
    return [one for one in dict.fromkeys(found) if not ipaddress.ip_address(one).is_loopback]
