"""A listener may ask for a certificate and take any: the handshake proves its key, and no more."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme

from hub.broker.any_certificate import AnyCertificateContext

GREAT = b"x" * 300_000


class Echo(asyncio.Protocol):
    """Says everything again, and remembers the certificates that were shown."""

    def __init__(self, shown: list[bytes | None]) -> None:
        self._shown = shown

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._shown.append(transport.get_extra_info("ssl_object").getpeercert(True))

    def data_received(self, data: bytes) -> None:
        self._transport.write(data)


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
async def server(tmp_path: Path, authority: trustme.CA) -> Any:
    """An echo with TLS: its port and the certificates it was shown."""
    own = authority.issue_cert("localhost")
    own.cert_chain_pems[0].write_to_path(str(tmp_path / "crt"))
    own.private_key_pem.write_to_path(str(tmp_path / "key"))
    shown: list[bytes | None] = []
    context = AnyCertificateContext.of(tmp_path / "crt", tmp_path / "key")
    running = await asyncio.get_running_loop().create_server(lambda: Echo(shown), "127.0.0.1", 0, ssl=context)
    yield running.sockets[0].getsockname()[1], shown
    running.close()


def trusting(authority: trustme.CA, version: ssl.TLSVersion) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    context.minimum_version = context.maximum_version = version
    return context


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("known", [True, False, None], ids=["known", "unknown", "none"])
async def test_whatever_is_shown_is_told_and_everything_passes(
    server: Any, authority: trustme.CA, version: ssl.TLSVersion, known: bool | None
) -> None:
    port, shown = server
    context = trusting(authority, version)
    expected = None
    if known is not None:
        paper = (authority if known else trustme.CA()).issue_cert("device")
        paper.configure_cert(context)
        expected = ssl.PEM_cert_to_DER_cert(paper.cert_chain_pems[0].bytes().decode())
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=context, server_hostname="localhost"
    )
    writer.write(GREAT)
    assert await reader.readexactly(len(GREAT)) == GREAT
    assert shown == [expected]
    writer.close()
    await writer.wait_closed()


async def test_what_is_no_tls_ends_the_connection(server: Any) -> None:
    port, shown = server
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x3c\x00\x00")
    await reader.read()
    assert shown == []
    writer.close()


def test_what_comes_in_together_is_told_to_be_there(tmp_path: Path, authority: trustme.CA) -> None:
    """uvloop reads on only while something is said to be pending."""
    own = authority.issue_cert("localhost")
    own.cert_chain_pems[0].write_to_path(str(tmp_path / "crt"))
    own.private_key_pem.write_to_path(str(tmp_path / "key"))
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = AnyCertificateContext.of(tmp_path / "crt", tmp_path / "key").wrap_bio(to_server, to_client)
    client = trusting(authority, ssl.TLSVersion.TLSv1_3).wrap_bio(
        to_client, to_server, server_hostname="localhost"
    )
    for side in (client, server):
        with pytest.raises(ssl.SSLWantReadError):
            side.do_handshake()
    client.do_handshake()
    client.write(b"first")
    client.write(b"second")

    server.do_handshake()

    read = []
    while server.pending():
        try:
            read.append(server.read())
        except ssl.SSLWantReadError:
            continue
    assert read == [b"first", b"second"]
    assert server.pending() == 0
