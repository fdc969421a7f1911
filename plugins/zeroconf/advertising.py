"""Say over mDNS what is open, and take it back when it is not any more."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket

import ifaddr

from hub.api import Opening, Openings, slugify
from zeroconf import Error, InterfaceChoice, IPVersion, ServiceInfo
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

    def __init__(
        self, openings: Openings, name: str, interfaces: list[str] | InterfaceChoice, *, ipv6: bool
    ) -> None:
        self._ipv6 = ipv6
        self._openings = openings
        self._name = name
        self._interfaces = interfaces
        self._told: dict[Opening, ServiceInfo] = {}
        self.changed = asyncio.Event()
        self.changed.set()

    async def run(self) -> None:
        """Tell until cancelled; then all of it is taken back, so that nobody looks for it any longer."""
        try:
            mdns = self._speak()
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

    def _speak(self) -> AsyncZeroconf:
        versions = [IPVersion.All, IPVersion.V4Only] if self._ipv6 else [IPVersion.V4Only]
        if not isinstance(self._interfaces, InterfaceChoice):  # addresses say themselves what they are
            return AsyncZeroconf(interfaces=self._interfaces)
        try:
            return AsyncZeroconf(interfaces=self._interfaces, ip_version=versions[0])
        except (OSError, Error):
            if len(versions) == 1:
                raise
            return AsyncZeroconf(interfaces=self._interfaces, ip_version=versions[1])

    async def _follow(self, mdns: AsyncZeroconf) -> None:
        there = self._openings.all()
        for opening in [one for one in self._told if one not in there]:
            await (await mdns.async_unregister_service(self._told.pop(opening)))
        for opening in [one for one in there if one not in self._told]:
            info = await asyncio.to_thread(service, opening, self._name, ipv6=self._ipv6)
            try:
                await (await mdns.async_register_service(info, allow_name_change=True))
            except (OSError, Error) as error:
                log.error("%s is not told over mDNS: %r", info.name, error)
            else:
                self._told[opening] = info


def advertise(
    openings: Openings, name: str, interfaces: list[str], *, default: bool, ipv6: bool
) -> Advertiser:
    usual = InterfaceChoice.Default if default else InterfaceChoice.All
    return Advertiser(openings, name, interfaces or usual, ipv6=ipv6)


def service(opening: Opening, name: str, *, ipv6: bool = True) -> ServiceInfo:
    """Return what is told of an address. It asks the system for names: to be called outside the loop."""
    kind = _TYPES[opening.kind, opening.tls]
    return ServiceInfo(
        kind,
        f"{name.replace('.', ' ')} {opening.port}.{kind}",
        port=opening.port,
        properties=_TOLD[opening.kind],
        parsed_addresses=addresses(opening.host, ipv6=ipv6),
        server=f"{slugify(name).replace('_', '-') or 'hearth'}.local.",
    )


def addresses(host: str, *, ipv6: bool = True) -> list[str]:
    """Return the addresses of a host, for every address all that this machine has but loopback.

    `0.0.0.0` is every address of IPv4 only. Those of IPv6 that need to be told an interface are left out.
    """
    if host in _ANY:
        found = [
            ip.ip if isinstance(ip.ip, str) else ip.ip[0] for one in ifaddr.get_adapters() for ip in one.ips
        ]
    else:
        found = [str(one[4][0]) for one in socket.getaddrinfo(host.strip("[]"), None)]
    versions = (4, 6) if ipv6 and host != "0.0.0.0" else (4,)
    known = {one: ipaddress.ip_address(one) for one in found}
    return [
        one
        for one, number in known.items()
        if number.version in versions
        and not number.is_loopback
        and not (number.version == 6 and number.is_link_local)
    ]
