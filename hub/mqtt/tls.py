"""Read certificates and keys, and say clearly what is wrong with one."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from hub.broker.any_certificate import AnyCertificateContext
from hub.config.scalars import Word
from hub.core.errors import HubError
from hub.fields import Bool


class ServerTls(BaseModel):
    """How a listener proves who it is, and whether it asks clients for a certificate too."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    certificate: Path
    key: Path
    client_ca: Path | None = None
    """Only clients with a certificate of this authority are let in; they need a password none the less."""

    def context(self, folder: Path) -> ssl.SSLContext:
        """Load the files, relative to `folder`. Raises `HubError`."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        _load_pair(context, folder / self.certificate, folder / self.key)
        if self.client_ca is None:
            return AnyCertificateContext.of(folder / self.certificate, folder / self.key)
        _load_authority(context, folder / self.client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
        return context


class ClientTls(BaseModel):
    """How the hub makes sure of a server, and shows a certificate of its own if that is wanted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ca: Path | None = None
    """The authority to trust; without it those that the system trusts."""
    certificate: Path | None = None
    key: Path | None = None
    verify_name: Bool = True
    """Whether the server's certificate must be for the host name; off for a server known by its number."""

    def context(self, folder: Path) -> ssl.SSLContext:
        """Load the files, relative to `folder`. Raises `HubError`."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.check_hostname = self.verify_name
        if self.ca is not None:
            _load_authority(context, folder / self.ca)
        else:
            context.load_default_certs()
        if self.certificate is not None:
            _load_pair(context, folder / self.certificate, folder / (self.key or self.certificate))
        return context


def maybe_tls(value: Any) -> Any:
    """`tls: true` is TLS with the authorities that the system trusts."""
    truth = value.truth if isinstance(value, Word) else value
    return {True: {}, False: None}[truth] if isinstance(truth, bool) else value


def _load_pair(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    for path in (certificate, key):
        _load(path, lambda path=path: path.read_bytes())  # type: ignore[misc]  # bound, for the right name
    # Without a `password` OpenSSL would stop and ask at the terminal.
    _load(key, lambda: context.load_cert_chain(certificate, key, password=""))


def _load_authority(context: ssl.SSLContext, path: Path) -> None:
    _load(path, path.read_bytes)
    _load(path, lambda: context.load_verify_locations(path))


def _load(path: Path, act: Callable[[], object]) -> None:
    try:
        act()
    except ssl.SSLError as error:
        raise HubError(f"{path}: {_words(error)}", remedy=_remedy(error)) from None
    except OSError as error:
        raise HubError(
            f"{path} can't be read: {error.strerror}", remedy="Look at the path and who may read the file."
        ) from None


def _words(error: ssl.SSLError) -> str:
    if error.reason == "KEY_VALUES_MISMATCH":
        return "this key does not belong to the certificate"
    return f"this can't be used for TLS ({(error.reason or str(error)).replace('_', ' ').lower()})"


def _remedy(error: ssl.SSLError) -> str:
    if error.reason == "KEY_VALUES_MISMATCH":
        return "Take both from the same place."
    return "It should be a PEM file, and a key without a pass phrase."
