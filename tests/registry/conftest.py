"""A cheap hash of "correct horse", a count of hashes that are worked out, and registries to work with."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiomqtt
import argon2
import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from hub.building import build_house
from hub.core.clock import SystemClock
from hub.core.settings import Settings
from hub.loader import Catalogs
from hub.mqtt import EmbeddedEngine
from hub.mqtt.closed import ClosedMqtt
from hub.registry import Broker, Device, Directory, Registrar, Registry, credentials
from hub.registry.owners import Password, Token

MOMENT = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def cheap_hash() -> str:
    return argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("correct horse")


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hashes that were verified, in order."""
    seen: list[str] = []
    verify = credentials._matches

    def count(hash: str, password: bytes) -> bool:
        seen.append(hash)
        return verify(hash, password)

    monkeypatch.setattr(credentials, "_matches", count)
    return seen


# Owners as they stand in a directory. Each has a password whose id is "key".


def _key(id: str) -> tuple[Password, ...]:
    return (Password(f"key of {id}", Token(b""), MOMENT),)


def registry(id: str, **more: Any) -> Registry:
    return Registry(**{"id": id, "name": id, "created_at": MOMENT, "passwords": _key(id), **more})


def device(id: str, registry_id: str, **more: Any) -> Device:
    given = {"id": id, "name": id, "created_at": MOMENT, "passwords": _key(id), **more}
    return Device(**given, registry_id=registry_id)


def broker(id: str, **more: Any) -> Broker:
    return Broker(**{"id": id, "name": id, "created_at": MOMENT, "passwords": _key(id), **more})


@pytest.fixture
def make() -> SimpleNamespace:
    """Make owners: `make.registry(id)`, `make.device(id, registry_id)`, `make.broker(id)`."""
    return SimpleNamespace(registry=registry, device=device, broker=broker)


@pytest.fixture
def directory() -> Directory:
    """Two registries: `north` with `n1` and `n2`, `south` with `s1`; and a broker `shop`."""
    found = Directory()
    for owner in (
        registry("north"),
        registry("south"),
        device("n1", "north", aliases={"my/": "$devices/n1/", "warm": "$devices/n1/events/warm"}),
        device("n2", "north", aliases={"deep/er/est": "$devices/n2/commands/a/b"}),
        device("s1", "south", aliases={"my/": "$devices/s1/", "do": "$devices/s1/commands"}),
        broker("shop"),
    ):
        found.put(owner)
    return found


# The server with a register beside its users, and clients that come over a socket.


class Site:
    """A running server. `clients` are told apart by who logs in: a user name and a password, or files."""

    def __init__(self, registrar: Registrar, door: Any) -> None:
        self.registrar = registrar
        self.door = door
        self.events: list[Any] = []
        door.broker.listen_events(self.events.append)

    @property
    def port(self) -> int:
        return int(self.door.listening[0].port)

    def client(self, username: str | None = None, password: str | None = None, **more: Any) -> aiomqtt.Client:
        given = {"port": self.port, "username": username, "password": password, **more}
        return aiomqtt.Client("localhost", **given)

    async def ended(self, client: aiomqtt.Client) -> bool:
        """Wait until the server ends a connection."""
        with pytest.raises(aiomqtt.MqttError):
            async for _ in client.messages:
                pass
        return True

    async def until(self, happened: Callable[[], object]) -> None:
        """Let the loop turn until something is true; the test's own time limit is the only one."""
        while not happened():  # noqa: ASYNC110 - what it waits for has no event of its own
            await asyncio.sleep(0)


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    """Start a server, with more keys of `broker:` if need be."""
    opened: list[Site] = []

    async def start(declared: Any = (), **keys: Any) -> Site:
        clock = SystemClock()
        settings = Settings(config_dir=tmp_path, data_dir=tmp_path)
        house = build_house(clock, settings, Catalogs(), ClosedMqtt())
        registrar = await Registrar.open(tmp_path, house.clock, declared)
        engine = EmbeddedEngine.model_validate({"listeners": [{"port": 0}], **keys})
        opened.append(Site(registrar, await engine.knowing(registrar).open(house)))
        return opened[-1]

    yield start
    for site in opened:
        await site.door.close()
        await site.registrar.close()


@dataclass(frozen=True)
class Tls:
    """What a listener with TLS needs, and what clients need to trust it."""

    keys: dict[str, Any]
    authority: trustme.CA
    folder: Path

    def context(self, certificate: tuple[str, str] | None = None) -> ssl.SSLContext:
        """Return a client's context, with its certificate and key (PEM) if there is one."""
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        if certificate is not None:
            path = self.folder / f"client-{len(list(self.folder.iterdir()))}.pem"
            path.write_text("".join(certificate))
            context.load_cert_chain(path)
        return context


@pytest.fixture
def tls(tmp_path: Path) -> Tls:
    authority = trustme.CA()
    server = authority.issue_cert("localhost", "127.0.0.1")
    (tmp_path / "server.crt").write_bytes(b"".join(blob.bytes() for blob in server.cert_chain_pems))
    server.private_key_pem.write_to_path(str(tmp_path / "server.key"))
    files = {"certificate": "server.crt", "key": "server.key"}
    return Tls({"listeners": [{"port": 0, "tls": files}]}, authority, tmp_path)


@pytest.fixture
def self_signed() -> Callable[[], tuple[str, str]]:
    """Make a certificate as the original's pages do, always for the same name, and its key."""

    def make() -> tuple[str, str]:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        # It is long past its time: devices outlive the certificates that were made for them.
        period = builder.not_valid_before(MOMENT - timedelta(700)).not_valid_after(MOMENT - timedelta(335))
        certificate = period.serial_number(x509.random_serial_number()).sign(key, hashes.SHA256())
        text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        return certificate.public_bytes(Encoding.PEM).decode(), text

    return make
