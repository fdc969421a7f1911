"""The doors of the MQTT server as `listeners:` describes them, from the outside and with Paho's client."""

from __future__ import annotations

import asyncio
import signal
import socket
import ssl
import struct
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from pydantic import ValidationError

from hub.mqtt import EmbeddedEngine
from hub.mqtt.listening import ListenerModel
from tests.mqtt.conftest import free_port

ANN = {"name": "ann", "password": "secret", "admin": True}
TLS = {"certificate": "cert.pem", "key": "key.pem"}


def engine(**listener: Any) -> EmbeddedEngine:
    return EmbeddedEngine.model_validate({"listeners": [{"port": 0, **listener}], "users": [ANN]})


@pytest.fixture
def authority(tmp_path: Path) -> trustme.CA:
    ca = trustme.CA()
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    issue(ca, tmp_path)
    ca.issue_cert("me").private_key_and_cert_chain_pem.write_to_path(tmp_path / "client.pem")
    trustme.CA().issue_cert("me").private_key_and_cert_chain_pem.write_to_path(tmp_path / "stranger.pem")
    return ca


def issue(ca: trustme.CA, folder: Path) -> bytes:
    """Write a new certificate for the server; return it as a client sees it."""
    server = ca.issue_cert("localhost")
    server.private_key_pem.write_to_path(folder / "key.pem")
    server.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    return ssl.PEM_cert_to_DER_cert(server.cert_chain_pems[0].bytes().decode())


async def say(door: Any, **more: Any) -> None:
    """Log in and publish something. Raises `aiomqtt.MqttError`."""
    port = door.listening[0].port
    place: Any = {"hostname": "localhost", "port": port, "username": "ann", "password": "secret"}
    async with aiomqtt.Client(**place, timeout=3, **more) as client:
        await client.publish("home/x", "y", qos=1)


def web(origin: str | None = None) -> dict[str, Any]:
    """Return what a client over WebSocket needs; Paho names an origin by itself."""

    def headers(usual: dict[str, str]) -> dict[str, str]:
        return {
            **{name: usual[name] for name in usual if name != "Origin"},
            **({"Origin": origin} if origin else {}),
        }

    return {"transport": "websockets", "websocket_path": "/mqtt", "websocket_headers": headers}


def trusting(folder: Path, certificate: str | None = None) -> dict[str, Any]:
    shown = None if certificate is None else str(folder / certificate)
    return {"tls_params": aiomqtt.TLSParameters(str(folder / "ca.pem"), certfile=shown)}


async def test_a_web_page_of_a_listed_origin_is_served_and_no_other(opened: Any) -> None:
    door = await opened(engine(websocket={"origins": "http://home.example"}))

    await say(door, **web("http://home.example"))
    await say(door, **web())
    assert await status(door, "http://evil.example") == b"403"


async def status(door: Any, origin: str) -> bytes:
    """Return what a page of that origin is answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", door.listening[0].port)
    writer.write(
        b"GET /mqtt HTTP/1.1\r\nHost: home.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        b"Sec-WebSocket-Protocol: mqtt\r\nOrigin: " + origin.encode() + b"\r\n\r\n"
    )
    answer = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return answer.split()[1]


async def test_websocket_is_served_over_tls(opened: Any, authority: trustme.CA, tmp_path: Path) -> None:
    door = await opened(engine(websocket=True, tls=TLS))

    await say(door, **web(), **trusting(tmp_path))


@pytest.mark.parametrize(
    ("clients", "welcome"),
    [
        ("off", {None: True, "client.pem": True, "stranger.pem": True}),
        ("requested", {None: True, "client.pem": True, "stranger.pem": False}),
        ("required", {None: False, "client.pem": True, "stranger.pem": False}),
    ],
)
async def test_clients_are_asked_for_certificates_as_it_says(
    opened: Any, authority: trustme.CA, tmp_path: Path, clients: str, welcome: dict[str | None, bool]
) -> None:
    door = await opened(engine(tls={**TLS, "clients": clients, "client_ca": "ca.pem"}))

    served = {}
    for shown in welcome:
        try:
            await say(door, **trusting(tmp_path, shown))
        except aiomqtt.MqttError:
            served[shown] = False
        else:
            served[shown] = True

    assert served == welcome


async def test_a_certificate_on_the_revocation_list_is_refused(
    opened: Any, authority: trustme.CA, tmp_path: Path
) -> None:
    kept = authority.issue_cert("kept")
    kept.private_key_and_cert_chain_pem.write_to_path(tmp_path / "kept.pem")
    revoke(authority, tmp_path)
    door = await opened(engine(tls={**TLS, "clients": "required", "client_ca": "ca.pem", "crl": "crl.pem"}))
    await say(door, **trusting(tmp_path, "client.pem"))

    revoke(authority, tmp_path, "client.pem")
    await door.reload_certificates()

    with pytest.raises(aiomqtt.MqttError):
        await say(door, **trusting(tmp_path, "client.pem"))
    await say(door, **trusting(tmp_path, "kept.pem"))


def revoke(authority: trustme.CA, folder: Path, *certificates: str) -> None:
    """Write a revocation list with these certificates' numbers into crl.pem."""
    now = datetime.now(UTC)
    builder = x509.CertificateRevocationListBuilder(
        authority._certificate.subject, now, now + timedelta(days=1)
    )
    for name in certificates:
        number = x509.load_pem_x509_certificate((folder / name).read_bytes()).serial_number
        builder = builder.add_revoked_certificate(x509.RevokedCertificateBuilder(number, now).build())
    revoked = builder.sign(authority._private_key, hashes.SHA256())
    (folder / "crl.pem").write_bytes(revoked.public_bytes(serialization.Encoding.PEM))


async def test_a_proxy_says_for_whom_it_connects(opened: Any, caplog: pytest.LogCaptureFixture) -> None:
    door = await opened(engine(proxies="127.0.0.0/8"))
    reader, writer = await asyncio.open_connection("127.0.0.1", door.listening[0].port)
    addresses = socket.inet_aton("203.0.113.9") + socket.inet_aton("127.0.0.1") + struct.pack("!HH", 1, 2)
    writer.write(b"\r\n\r\n\0\r\nQUIT\n\x21\x11" + struct.pack("!H", len(addresses)) + addresses)
    body = b"\0\4MQTT\4\xc2\0\x3c\0\1c\0\3ann\0\5wrong"
    writer.write(bytes((0x10, len(body))) + body)

    assert await reader.read(10) == b"\x20\x02\x00\x05"
    assert "203.0.113.9" in caplog.text
    with pytest.raises(aiomqtt.MqttError):
        await say(door)
    writer.close()
    await writer.wait_closed()


async def test_a_new_certificate_is_used_when_it_is_told_so(
    opened: Any, authority: trustme.CA, tmp_path: Path
) -> None:
    door = await opened(engine(tls=TLS))
    port = door.listening[0].port
    issued = issue(authority, tmp_path)

    await door.reload_certificates()

    assert await asyncio.to_thread(certificate_of, port) == issued


def certificate_of(port: int) -> bytes:
    return ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", port)))


def test_the_hub_loads_certificates_anew_on_sighup(authority: trustme.CA, tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "config.yaml").write_text(
        f"broker:\n  listeners:\n    - port: {port}\n      tls: {{certificate: cert.pem, key: key.pem}}\n"
        "  users:\n    - {name: ann, password: secret, admin: true}\n"
    )
    command = [sys.executable, "-m", "hub", "run", "--config", str(tmp_path / "config.yaml")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as hub:
        try:
            assert hub.stdout is not None
            assert any(f"127.0.0.1:{port} with TLS" in line for line in hub.stdout)
            issued = issue(authority, tmp_path)
            hub.send_signal(signal.SIGHUP)
            assert any("the certificate is loaded again" in line for line in hub.stdout)
            # The file's change is noticed, too: whichever comes last, it is the new one that is shown.
            while certificate_of(port) != issued:
                hub.send_signal(signal.SIGHUP)
        finally:
            hub.terminate()
            hub.communicate()
        assert hub.returncode == 0


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ({"tls": {**TLS, "clients": "required"}}, "nothing says which are good"),
        ({"tls": {**TLS, "clients": "maybe"}}, "'off', 'requested' or 'required'"),
        ({"tls": {**TLS, "crl": "crl.pem"}}, "whose they are"),
        ({"websocket": {"path": "mqtt"}}, "is no path"),
        ({"websocket": {"origins": "home.example"}}, "is no origin"),
        ({"proxies": "proxy.example"}, "is no address of a proxy"),
        ({"path": "mqtt.sock", "proxies": "10.0.0.1"}, "a Unix socket has no proxies"),
    ],
)
def test_a_door_that_cannot_be_meant_is_refused(keys: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        ListenerModel.model_validate(keys)
