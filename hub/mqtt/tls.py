"""Read certificates and keys, and say clearly what is wrong with one."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from hub.broker import TlsFiles
from hub.config.scalars import Word
from hub.core.errors import HubError
from hub.fields import Bool, refuse


class ServerTls(BaseModel):
    """How a listener proves who it is, and whether it asks clients for a certificate too."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    certificate: Path
    key: Path
    clients: Literal["off", "requested", "required"] | None = None
    """Whether clients need a certificate of `client_ca`, may show one, or are not asked. Usually they need
    one if there is a `client_ca`; without it they may show any, by which a registry knows its devices."""
    client_ca: Path | None = None
    """The authority whose clients are let in; they need a password none the less."""
    crl: Path | None = None
    """The list of certificates that this authority revoked."""

    @model_validator(mode="after")
    def _with_an_authority(self) -> Self:
        if self.client_ca is None and self.clients in ("requested", "required"):
            raise refuse(
                "clients are asked for certificates, but nothing says which are good",
                "Add `client_ca`, the authority that made them.",
            )
        if self.client_ca is None and self.crl is not None:
            raise refuse("a list of revoked certificates needs to know whose they are", "Add `client_ca`.")
        return self

    def files(self, folder: Path) -> TlsFiles:
        """Return the files, relative to `folder`; they were good a moment ago. Raises `HubError`."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate, key = folder / self.certificate, folder / self.key
        _load_pair(context, certificate, key)
        if self.client_ca is None:
            return TlsFiles(certificate, key, "off" if self.clients == "off" else "any")
        _load_authority(context, folder / self.client_ca)
        crl = folder / self.crl if self.crl is not None else None
        return TlsFiles(certificate, key, self.clients or "required", folder / self.client_ca, crl)


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
    # It does not say which of the two is no good, so the certificate is tried by itself.
    probe = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    _load(certificate, lambda: probe.load_verify_locations(certificate))
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
