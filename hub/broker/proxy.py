"""Read the header by which a proxy tells whose connection it brings (PROXY protocol, version 2)."""

from __future__ import annotations

import asyncio
import ipaddress
import socket

from hub.broker.wire import ProtocolError

SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"
HEAD = 16
LONGEST = 4_096
"""Bytes of addresses and other information that are read; proxies send a few hundred at most."""

LOCAL, PROXY = 0x20, 0x21
TCP4, TCP6 = 0x11, 0x21


def body_length(head: bytes) -> int:
    """Return how many bytes follow the first sixteen."""
    if len(head) != HEAD or head[:12] != SIGNATURE or head[12] not in (LOCAL, PROXY):
        raise ProtocolError("no PROXY header")
    length = int.from_bytes(head[14:16], "big")
    if length > LONGEST:
        raise ProtocolError("a PROXY header that is too long")
    return length


def client_address(head: bytes, body: bytes) -> str | None:
    """Return the address of the client, None if the proxy speaks for itself or does not say."""
    if head[12] == LOCAL:
        return None
    if head[13] == TCP4 and len(body) >= 12:
        return str(ipaddress.IPv4Address(body[:4]))
    if head[13] == TCP6 and len(body) >= 36:
        return str(ipaddress.IPv6Address(body[:16]))
    if head[13] in (TCP4, TCP6):
        raise ProtocolError("a PROXY header without an address")
    return None


async def read_header(sock: socket.socket) -> str | None:
    """Take the header off a connection, and not one byte more: what follows may be TLS."""
    head = await _read(sock, HEAD)
    return client_address(head, await _read(sock, body_length(head)))


async def _read(sock: socket.socket, count: int) -> bytes:
    loop = asyncio.get_running_loop()
    data = b""
    while len(data) < count:
        piece = await loop.sock_recv(sock, count - len(data))
        if not piece:
            raise ProtocolError("no PROXY header")
        data += piece
    return data
