"""TLS: who is trusted, what is refused, and certificates that change while the server runs."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from hub.broker import Credentials, FullAccess, Limits, Listener, LogInRefused, TlsFiles
from hub.broker.packets import Connack, Connect, Publish, encode
from hub.core.errors import HubError


class Judge:
    def __init__(self) -> None:
        self.seen: list[Credentials] = []

    def authenticate(self, credentials: Credentials) -> FullAccess:
        self.seen.append(credentials)
        return FullAccess()


class Pki:
    """An authority and its files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authority = trustme.CA()
        self.certificate, self.key = folder / "server.crt", folder / "server.key"
        self.ca, self.crl = folder / "ca.crt", folder / "ca.crl"
        self.authority.cert_pem.write_to_path(self.ca)
        self.renew()
        self.revoke()

    def renew(self) -> None:
        issued = self.authority.issue_cert("localhost", "127.0.0.1")
        issued.private_key_pem.write_to_path(self.key)
        self.certificate.write_bytes(b"".join(pem.bytes() for pem in issued.cert_chain_pems))
        self.touch()

    def touch(self) -> None:
        """A file written twice within one tick of the file system's clock looks the same otherwise."""
        self._time = getattr(self, "_time", 1_000_000_000) + 1
        os.utime(self.certificate, (self._time, self._time))

    def revoke(self, *certificates: trustme.LeafCert) -> None:
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.authority._certificate.subject)
            .last_update(datetime.now(UTC) - timedelta(days=1))
            .next_update(datetime.now(UTC) + timedelta(days=1))
        )
        for certificate in certificates:
            number = x509.load_pem_x509_certificate(certificate.cert_chain_pems[0].bytes()).serial_number
            revoked = x509.RevokedCertificateBuilder().serial_number(number)
            builder = builder.add_revoked_certificate(
                revoked.revocation_date(datetime.now(UTC) - timedelta(hours=1)).build()
            )
        crl = builder.sign(self.authority._private_key, hashes.SHA256())
        self.crl.write_bytes(crl.public_bytes(serialization.Encoding.PEM))

    def files(self, **options: Any) -> TlsFiles:
        return TlsFiles(self.certificate, self.key, **options)

    def client(self, certificate: trustme.LeafCert | None = None) -> ssl.SSLContext:
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        if certificate is not None:
            certificate.configure_cert(context)
        return context


@pytest.fixture
def pki(tmp_path: Path) -> Pki:
    return Pki(tmp_path)


def self_signed(folder: Path) -> tuple[Path, bytes]:
    """Make a certificate that no authority knows; return its file and its DER."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "device")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{made.serial_number}.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path, made.public_bytes(serialization.Encoding.DER)


async def log_in(port: int, context: ssl.SSLContext) -> bytes:
    """Return what the server presents, once it has let a client in."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    try:
        writer.write(encode(Connect("client")))
        assert await reader.readexactly(4) == encode(Connack())
        return writer.get_extra_info("ssl_object").getpeercert(True)
    finally:
        writer.transport.abort()
        await asyncio.sleep(0)


async def is_refused(house: Any, port: int, context: ssl.SSLContext) -> str:
    """Expect a failed handshake; return the reason that the server told."""
    with pytest.raises((ssl.SSLError, ConnectionError, asyncio.IncompleteReadError)):
        await log_in(port, context)
    await house.until(lambda: [event for event in house.events if isinstance(event, LogInRefused)])
    return house.events.pop().reason


Open = Callable[..., Any]


@pytest.fixture
async def opened(start: Any) -> Open:
    async def go(tls: TlsFiles | ssl.SSLContext, **options: Any) -> tuple[Any, int]:
        house = await start(Judge(), **options)
        door = await house.broker.listen(Listener("tls", port=0, tls=tls))
        return house, door.port

    return go


async def test_serves_and_asks_no_client_for_a_certificate(opened: Open, pki: Pki) -> None:
    house, port = await opened(pki.files())
    await log_in(port, pki.client(pki.authority.issue_cert("device@example.org")))
    assert house.broker._parts.authenticator.seen[0].certificate is None


async def test_shows_the_authenticator_a_certificate_that_was_requested(opened: Open, pki: Pki) -> None:
    house, port = await opened(pki.files(clients="requested", client_ca=pki.ca))
    device = pki.authority.issue_cert("device@example.org")
    await log_in(port, pki.client(device))
    await log_in(port, pki.client())
    seen = [credentials.certificate for credentials in house.broker._parts.authenticator.seen]
    assert seen == [ssl.PEM_cert_to_DER_cert(device.cert_chain_pems[0].bytes().decode()), None]


async def test_a_certificate_may_be_required(opened: Open, pki: Pki) -> None:
    house, port = await opened(pki.files(clients="required", client_ca=pki.ca))
    await log_in(port, pki.client(pki.authority.issue_cert("device@example.org")))
    assert "peer did not return a certificate" in await is_refused(house, port, pki.client())


@pytest.mark.parametrize("clients", ["requested", "required"])
async def test_a_strangers_certificate_is_refused(opened: Open, pki: Pki, clients: Any) -> None:
    house, port = await opened(pki.files(clients=clients, client_ca=pki.ca))
    stranger = trustme.CA().issue_cert("device@example.org")
    assert "its certificate is not good" in await is_refused(house, port, pki.client(stranger))


async def test_a_certificate_that_is_over_is_refused(opened: Open, pki: Pki) -> None:
    house, port = await opened(pki.files(clients="requested", client_ca=pki.ca))
    old = pki.authority.issue_cert("d@example.org", not_after=datetime(2020, 1, 1, tzinfo=UTC))
    assert "expired" in await is_refused(house, port, pki.client(old))


async def test_a_revoked_certificate_is_refused(opened: Open, pki: Pki) -> None:
    good, bad = (pki.authority.issue_cert(f"{name}@example.org") for name in ("good", "bad"))
    pki.revoke(bad)
    house, port = await opened(pki.files(clients="required", client_ca=pki.ca, crl=pki.crl))
    await log_in(port, pki.client(good))
    assert "revoked" in await is_refused(house, port, pki.client(bad))


async def test_a_certificate_revoked_while_the_server_runs_is_refused(opened: Open, pki: Pki) -> None:
    bad = pki.authority.issue_cert("bad@example.org")
    house, port = await opened(pki.files(clients="required", client_ca=pki.ca, crl=pki.crl))
    await log_in(port, pki.client(bad))
    pki.revoke(bad)
    await house.broker.reload_certificates()
    assert "revoked" in await is_refused(house, port, pki.client(bad))


async def test_a_pinned_certificate_needs_no_authority(opened: Open, pki: Pki, tmp_path: Path) -> None:
    pinned: list[bytes] = []
    (known, der), (unknown, _) = self_signed(tmp_path), self_signed(tmp_path)
    pinned.append(der)
    house, port = await opened(pki.files(clients="required", pinned=lambda: pinned))
    context = pki.client()
    context.load_cert_chain(known)
    await log_in(port, context)
    assert house.broker._parts.authenticator.seen[0].certificate == der
    other = pki.client()
    other.load_cert_chain(unknown)
    assert "its certificate is not good" in await is_refused(house, port, other)

    pinned.clear()
    await house.broker.reload_certificates()
    assert await is_refused(house, port, context)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
async def test_old_versions_of_tls_are_refused(opened: Open, pki: Pki, version: ssl.TLSVersion) -> None:
    house, port = await opened(pki.files())
    context = pki.client()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    assert "TLS: " in await is_refused(house, port, context)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_new_versions_of_tls_are_served(opened: Open, pki: Pki, version: ssl.TLSVersion) -> None:
    _, port = await opened(pki.files())
    context = pki.client()
    context.minimum_version = context.maximum_version = version
    await log_in(port, context)


async def test_a_renewed_certificate_is_used_without_a_break(opened: Open, pki: Pki) -> None:
    house, port = await opened(pki.files())
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=pki.client())
    writer.write(encode(Connect("stays")))
    await reader.readexactly(4)
    before = await log_in(port, pki.client())

    pki.renew()
    house.pass_seconds(10)
    await house.until(lambda: house.broker._looking is None)

    assert await log_in(port, pki.client()) != before
    writer.write(b"\xc0\x00")
    assert await reader.readexactly(2) == b"\xd0\x00"
    writer.close()
    await writer.wait_closed()


async def test_a_half_renewed_certificate_is_not_used_until_it_is_whole(
    opened: Open, pki: Pki, caplog: Any
) -> None:
    house, port = await opened(pki.files())
    before = await log_in(port, pki.client())
    key = pki.key.read_bytes()
    pki.renew()
    renewed, _ = pki.key.read_bytes(), pki.key.write_bytes(key)
    for _ in range(3):
        house.pass_seconds(10)
        await house.until(lambda: house.broker._looking is None)
    assert await log_in(port, pki.client()) == before
    errors = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert ["does not belong to the certificate" in record.getMessage() for record in errors] == [True]

    pki.key.write_bytes(renewed)
    pki.touch()
    house.pass_seconds(10)
    await house.until(lambda: house.broker._looking is None)
    assert await log_in(port, pki.client()) != before


async def test_unchanged_files_are_not_loaded_again(opened: Open, pki: Pki) -> None:
    house, _ = await opened(pki.files())
    context = house.broker._doors[-1].certificates.context
    house.pass_seconds(30)
    await house.until(lambda: house.broker._looking is None)
    assert house.broker._doors[-1].certificates.context is context


async def test_who_does_not_shake_hands_is_let_go(opened: Open, pki: Pki) -> None:
    house, port = await opened(pki.files(), limits=Limits(connect_timeout=0.2))
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    assert await reader.read() == b""
    assert house.broker._parts.admission._open == 0
    writer.close()
    await writer.wait_closed()


async def test_plain_text_at_a_tls_listener_is_refused(opened: Open, pki: Pki) -> None:
    house, port = await opened(pki.files())
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(encode(Connect("client")))
    heard = await reader.read()
    assert encode(Connack()) not in heard
    await house.until(lambda: house.events)
    assert house.events[0].reason.startswith("TLS: ")
    assert house.broker._parts.admission._open == 0
    writer.close()


async def test_those_who_shake_hands_are_counted(opened: Open, pki: Pki) -> None:
    house, port = await opened(pki.files(), limits=Limits(connections=2))
    waiting = [socket.create_connection(("127.0.0.1", port)) for _ in range(2)]
    await house.until(lambda: house.broker._parts.admission._open == 2)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await log_in(port, pki.client())
    waiting.pop().close()
    await house.until(lambda: house.broker._parts.admission._open == 1)
    await log_in(port, pki.client())
    waiting.pop().close()
    await house.until(lambda: house.broker._parts.admission._open == 0)


async def test_the_server_stops_in_the_middle_of_a_handshake(opened: Open, pki: Pki) -> None:
    house, port = await opened(pki.files())
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await house.until(lambda: house.broker._parts.admission._open)
    await house.broker.stop()
    assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()
    assert house.broker._parts.admission._open == 0


def break_certificate(pki: Pki) -> TlsFiles:
    pki.certificate.write_text("nonsense")
    return pki.files()


def break_key(pki: Pki) -> TlsFiles:
    trustme.CA().issue_cert("x").private_key_pem.write_to_path(pki.key)
    return pki.files()


def break_authority(pki: Pki) -> TlsFiles:
    pki.ca.write_text("")
    return pki.files(clients="required", client_ca=pki.ca)


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (break_certificate, "server.crt: this can't be used for TLS"),
        (break_key, "server.key: this key does not belong to the certificate"),
        (break_authority, "ca.crt: this can't be used for TLS"),
        (lambda pki: pki.files(clients="required"), "nothing says which are good"),
        (lambda pki: TlsFiles(pki.folder / "none.crt"), "none.crt: can't be read: No such file"),
        (lambda pki: pki.files(clients="required", client_ca=pki.ca, crl=pki.key), "server.key: this can't"),
    ],
)
def test_a_file_that_is_no_good_is_named(pki: Pki, make: Any, problem: str) -> None:
    with pytest.raises(HubError, match=problem):
        make(pki).context()


async def test_an_encrypted_message_arrives_whole(opened: Open, pki: Pki) -> None:
    house, port = await opened(pki.files())
    heard: list[bytes] = []
    house.broker.subscribe("a", lambda topic, payload, *_: heard.append(payload))
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=pki.client())
    payload = bytes(range(256)) * 800
    writer.write(encode(Connect("client")) + encode(Publish("a", payload)) + b"\xc0\x00")
    await reader.readexactly(6)
    assert heard == [payload]
    writer.close()
    await writer.wait_closed()
