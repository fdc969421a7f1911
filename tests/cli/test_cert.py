"""`hub cert create` makes what a listener needs for TLS, private, and never over another."""

from __future__ import annotations

import asyncio
import socket
import ssl
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from typer.testing import CliRunner, Result

from hub.building import build_house
from hub.cli.app import app
from hub.config.source import load_text
from hub.core.clock import SystemClock
from hub.core.errors import HubError
from hub.core.ports import House
from hub.core.settings import Settings
from hub.loader import Catalogs
from hub.mqtt import EmbeddedEngine
from hub.mqtt.closed import ClosedMqtt
from hub.registry.server_certificates import issue_server, make_authority

FILES = ["ca.crt", "ca.key", "server.crt", "server.key"]
NOW = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture
def create(tmp_path: Path) -> Callable[..., Result]:
    return lambda *words: CliRunner().invoke(app, ["cert", "create", "--config", str(tmp_path), *words])


@pytest.fixture
def house(tmp_path: Path) -> House:
    """What an engine needs of a house."""
    clock = SystemClock()
    settings = Settings(config_dir=tmp_path, data_dir=tmp_path)
    return build_house(clock, settings, Catalogs(), ClosedMqtt())


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def certificate(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def handshake(port: int, name: str, authority: Path) -> dict[str, object]:
    """Speak TLS with a server, and return what it shows. Raises `ssl.SSLError` if that is not trusted."""
    context = ssl.create_default_context(cafile=str(authority))
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        context.wrap_socket(plain, server_hostname=name) as secured,
    ):
        return dict(secured.getpeercert() or {})


def test_writes_an_authority_and_a_certificate(tmp_path: Path, create: Callable[..., Result]) -> None:
    result = create("hub.example")

    assert result.exit_code == 0, result.output
    assert list(contents(tmp_path / "tls")) == FILES


def test_only_the_owner_may_read_the_keys(tmp_path: Path, create: Callable[..., Result]) -> None:
    create("hub.example")

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "tls").glob("*.key")}
    assert modes == {"ca.key": 0o600, "server.key": 0o600}
    assert stat.S_IMODE((tmp_path / "tls").stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["hub.example", "192.168.7.9", "localhost", "127.0.0.1"])
async def test_a_client_that_knows_the_authority_trusts_the_server(
    tmp_path: Path, create: Callable[..., Result], house: House, name: str
) -> None:
    await asyncio.to_thread(create, "hub.example", "192.168.7.9")
    tls = {"certificate": "tls/server.crt", "key": "tls/server.key"}
    keys = {"listeners": [{"host": "127.0.0.1", "port": 0, "tls": tls}]}
    door = await EmbeddedEngine.model_validate(keys).open(house)

    try:
        shown = await asyncio.to_thread(handshake, door.listening[0].port, name, tmp_path / "tls" / "ca.crt")
    finally:
        await door.close()

    assert shown["subject"] == ((("commonName", "hub.example"),),)


def test_what_it_tells_to_write_is_right(tmp_path: Path, create: Callable[..., Result]) -> None:
    result = create("hub.example")
    shown = result.stdout.partition("configuration:\n")[2].partition("A client")[0]

    data = load_text(shown, "shown.yaml").data["broker"]

    made = EmbeddedEngine.model_validate(data).listeners[0]
    assert made.tls is not None
    made.tls.files(tmp_path)


def test_without_names_it_takes_those_of_this_machine(
    tmp_path: Path, create: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "Attic.lan")

    create()

    names = certificate(tmp_path / "tls" / "server.crt").extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    assert names.value.get_values_for_type(x509.DNSName) == ["attic", "attic.local", "localhost"]


@pytest.mark.parametrize("there", [["server.crt"], ["server.key"], ["ca.crt"], ["ca.key"], FILES])
def test_never_overwrites(tmp_path: Path, create: Callable[..., Result], there: list[str]) -> None:
    (tmp_path / "tls").mkdir()
    for name in there:
        (tmp_path / "tls" / name).write_text("mine")

    result = create("hub.example")

    assert isinstance(result.exception, HubError)
    assert contents(tmp_path / "tls") == dict.fromkeys(there, b"mine")


def test_the_next_certificate_is_of_the_same_authority(tmp_path: Path, create: Callable[..., Result]) -> None:
    create("hub.example")
    before = contents(tmp_path / "tls")
    for name in ("server.crt", "server.key"):
        (tmp_path / "tls" / name).unlink()

    result = create("other.example")

    after = contents(tmp_path / "tls")
    assert result.exit_code == 0, result.output
    assert {name: after[name] == before[name] for name in FILES} == {
        "ca.crt": True,
        "ca.key": True,
        "server.crt": False,
        "server.key": False,
    }
    issued = certificate(tmp_path / "tls" / "server.crt")
    issued.verify_directly_issued_by(certificate(tmp_path / "tls" / "ca.crt"))


@pytest.mark.parametrize("name", ["", "a b", "häuschen", "x/y", "-x.example", "a:b/c"])
def test_a_name_that_cannot_be_one_is_refused(
    tmp_path: Path, create: Callable[..., Result], name: str
) -> None:
    result = create("--", name)

    assert isinstance(result.exception, HubError)
    assert not (tmp_path / "tls").exists()


def test_keys_are_elliptic_curves_and_a_server_can_issue_nothing() -> None:
    authority = make_authority("Hearth", NOW)
    issued = x509.load_pem_x509_certificate(issue_server(authority, ["hub.example"], NOW, 30).certificate)

    key = issued.public_key()
    constraints = issued.extensions.get_extension_for_class(x509.BasicConstraints)
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert isinstance(key.curve, ec.SECP256R1)
    assert not constraints.value.ca
    assert issued.not_valid_after_utc == NOW + timedelta(days=30)


def test_a_key_of_another_authority_is_refused() -> None:
    one, other = make_authority("one", NOW), make_authority("other", NOW)
    mixed = type(one)(one.certificate, other.key)

    with pytest.raises(HubError, match="does not belong"):
        issue_server(mixed, ["hub.example"], NOW, 30)
