"""Take connections that need something before MQTT can begin: a PROXY header, a TLS handshake, or both."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
import ssl
from collections.abc import Callable
from typing import Protocol

from hub.broker.doors import Network
from hub.broker.events import LogInRefused
from hub.broker.parts import Parts
from hub.broker.proxy import read_header
from hub.broker.tls import Certificates
from hub.broker.wire import ProtocolError

log = logging.getLogger(__name__)

BREATH = 0.5
"""Seconds to wait when the system has no room for another connection."""


class Guest(Protocol):
    """A connection to be. It is counted from `admit` on, until it ends or is dismissed before it began."""

    def admit(self, address: str) -> bool: ...

    def dismiss(self) -> None: ...


class Acceptor:
    """Accepts on one socket. Who has not shaken hands yet is counted, and has only so much time."""

    def __init__(
        self,
        sock: socket.socket,
        parts: Parts,
        name: str,
        make: Callable[[], tuple[Guest, asyncio.Protocol]],
        certificates: Certificates | None,
        proxies: tuple[Network, ...],
    ) -> None:
        self._socket = sock
        self._parts = parts
        self._name = name
        self._make = make
        self._certificates = certificates
        self._proxies = proxies
        self._greetings: set[asyncio.Task[None]] = set()
        self._task = asyncio.get_running_loop().create_task(self._run(), name=f"MQTT listener {name}")

    def close(self) -> None:
        self._task.cancel()
        self._task.add_done_callback(lambda _: self._socket.close())
        for task in self._greetings:
            task.cancel()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                sock, peer = await loop.sock_accept(self._socket)
            except OSError as error:  # no file descriptor is left: there will be one again
                log.error("MQTT listener %s can't take a connection: %s", self._name, error)
                await asyncio.sleep(BREATH)
                continue
            if len(self._greetings) >= self._parts.limits.connections:
                sock.close()
                continue
            address = str(peer[0]) if isinstance(peer, tuple) else ""
            task = loop.create_task(self._greet(sock, address))
            self._greetings.add(task)
            task.add_done_callback(self._greetings.discard)

    async def _greet(self, sock: socket.socket, address: str) -> None:
        guest, protocol = self._make()
        handed_over = False
        try:
            if self._proxies:
                address = await self._introduce(sock, address)
            if guest.admit(address):
                handed_over = True  # from now on the socket belongs to its transport
                await self._shake_hands(sock, protocol)
        except (OSError, ProtocolError, TimeoutError) as error:
            self._refuse(address, error)
        finally:
            guest.dismiss()
            if not handed_over:
                sock.close()

    async def _introduce(self, sock: socket.socket, address: str) -> str:
        """Return the address that a trusted proxy tells."""
        ip = ipaddress.ip_address(address.partition("%")[0])
        if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        if not any(ip in network for network in self._proxies):
            raise ProtocolError("it is none of the proxies that are trusted here")
        async with asyncio.timeout(self._parts.limits.connect_timeout):
            return await read_header(sock) or address

    async def _shake_hands(self, sock: socket.socket, protocol: asyncio.Protocol) -> None:
        loop = asyncio.get_running_loop()
        if self._certificates is None:
            await loop.connect_accepted_socket(lambda: protocol, sock)
            return
        await loop.connect_accepted_socket(
            lambda: protocol,
            sock,
            ssl=self._certificates.context,
            ssl_handshake_timeout=self._parts.limits.connect_timeout,
        )

    def _refuse(self, address: str, error: Exception) -> None:
        if isinstance(error, ConnectionResetError | BrokenPipeError):  # nobody there any more
            log.debug("%s: %s", address, error)
            return
        reason = f"TLS: {_words(error)}" if isinstance(error, ssl.SSLError) else str(error) or "too slow"
        self._parts.stats.log_ins_refused += 1
        self._parts.watchers.tell(LogInRefused("", None, address, self._name, reason))


def _words(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not good: {error.verify_message}"
    return (error.reason or str(error)).replace("_", " ").lower()
