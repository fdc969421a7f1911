"""The certificate of the web server: given files, or one that the hub's own authority issues and renews."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509

from hub.config.web import WebModel
from hub.core.errors import HubError
from hub.registry.server_certificates import KeyPair, issue_server, make_authority

DAYS = 397
"""The longest that browsers accept."""
RENEW_BEFORE = timedelta(days=30)
FOLDER = "web"
"""Where in the data folder authority and certificate are."""


def context_of(model: WebModel, config_dir: Path, data_dir: Path, now: datetime) -> ssl.SSLContext | None:
    """Return what to serve with, None without TLS. Raises `HubError` for files that are no good."""
    if model.tls is None:
        return None
    if model.tls.certificate is not None and model.tls.key is not None:
        files = (config_dir / model.tls.certificate, config_dir / model.tls.key)
    else:
        files = own_certificate(data_dir / FOLDER, list(_names(model)), now)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        # Without a `password` OpenSSL would stop and ask at the terminal.
        context.load_cert_chain(*files, password="")
    except ssl.SSLError as error:
        reason = (error.reason or str(error)).replace("_", " ").lower()
        raise HubError(
            f"{files[0]} can't be used for TLS ({reason})",
            remedy="Under `web: tls:` name a PEM file with the certificate and one with its key.",
        ) from None
    except OSError as error:
        raise HubError(f"{error.filename or files[0]} can't be read: {error.strerror}") from None
    return context


def own_certificate(folder: Path, names: list[str], now: datetime) -> tuple[Path, Path]:
    """Return the files of a certificate of the hub's own authority, made anew when it is due."""
    certificate, key = folder / "server.crt", folder / "server.key"
    if not _is_good(certificate, names, now):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = issue_server(_authority(folder, now), names, now, DAYS)
        _write(key, made.key)
        _write(certificate, made.certificate)
    return certificate, key


def _authority(folder: Path, now: datetime) -> KeyPair:
    certificate, key = folder / "ca.crt", folder / "ca.key"
    try:
        return KeyPair(certificate.read_bytes(), key.read_bytes())
    except FileNotFoundError:
        made = make_authority(f"Hearth pages on {socket.gethostname()}", now)
        _write(key, made.key)
        _write(certificate, made.certificate)
        return made


def _is_good(path: Path, names: list[str], now: datetime) -> bool:
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        told = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    present = {*told.get_values_for_type(x509.DNSName)}
    present |= {str(ip) for ip in told.get_values_for_type(x509.IPAddress)}
    return certificate.not_valid_after_utc - now > RENEW_BEFORE and set(names) <= present


def _names(model: WebModel) -> Iterator[str]:
    """Yield under which names browsers come."""
    seen = ["localhost", "127.0.0.1", "::1"]
    host = socket.gethostname().partition(".")[0].lower()
    if host.replace("-", "").isalnum():
        seen += [host, f"{host}.local"]
    if not model.is_local and model.host not in ("", "0.0.0.0", "::"):
        seen.append(model.host)
    if model.external_url is not None:
        seen.append(urlsplit(model.external_url).hostname or "")
    yield from dict.fromkeys(name for name in seen if name)


def _write(path: Path, data: bytes) -> None:
    """Write a file for its owner only, whole or not at all."""
    aside = path.with_name(f"{path.name}.new")
    with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
