"""Load what a listener needs for TLS, also when its files change, and say clearly what is wrong with one."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hub.core.errors import HubError, Place

log = logging.getLogger(__name__)

Stamp = tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """How a listener proves who it is (PEM files), and what it asks of the clients."""

    certificate: Path
    key: Path | None = None
    """None if it is in the file of the certificate."""
    clients: Literal["off", "requested", "required", "any"] = "off"
    """Whether clients are asked for a certificate; one that is shown must be good, also if only requested.
    With `any` they need none, and every one is taken: the authenticator says whose it is."""
    client_ca: Path | None = None
    """The authorities whose clients are trusted."""
    crl: Path | None = None
    """The list of certificates that these authorities revoked: without it there is no such check."""
    pinned: Callable[[], Iterable[bytes]] | None = None
    """Return single certificates (DER) that are trusted whoever signed them; asked at each loading."""

    def context(self) -> ssl.SSLContext:
        """Load the files. Raises `HubError`."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._load_pair(context)
        if self.clients == "any":
            # Only now: its library takes long to import, and few need it.
            from hub.broker.any_certificate import AnyCertificateContext

            return AnyCertificateContext.of(self.certificate, self.key or self.certificate)
        if self.clients != "off":
            self._load_trust(context)
        return context

    def _load_pair(self, context: ssl.SSLContext) -> None:
        key = self.key or self.certificate
        for path in {self.certificate, key}:
            _load(path, lambda path=path: path.read_bytes())  # type: ignore[misc]  # bound, for the right name
        # It does not say which of the two is no good, so the certificate is tried by itself.
        probe = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        _load(self.certificate, lambda: probe.load_verify_locations(self.certificate))
        # Without a `password` OpenSSL would stop and ask at the terminal.
        _load(key, lambda: context.load_cert_chain(self.certificate, key, password=""))

    def _load_trust(self, context: ssl.SSLContext) -> None:
        context.verify_mode = ssl.CERT_REQUIRED if self.clients == "required" else ssl.CERT_OPTIONAL
        authority = self.client_ca
        if authority is None and self.pinned is None:
            raise HubError("clients are asked for certificates, but nothing says which are good")
        if authority is not None:
            _load(authority, authority.read_bytes)
            _load(authority, lambda: context.load_verify_locations(authority))
        if self.crl is not None:
            _load(self.crl, self.crl.read_bytes)
            _load(self.crl, lambda: context.load_verify_locations(self.crl))
            context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
        if self.pinned is not None:
            # A certificate in the list ends the chain, whether or not it signed itself.
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
            for certificate in self.pinned():
                context.load_verify_locations(cadata=certificate)

    def stamp(self) -> Stamp:
        """Return what is different when a file was changed or replaced."""
        paths = (self.certificate, self.key, self.client_ca, self.crl)
        return tuple(_stamp(path) for path in paths if path is not None)


class Certificates:
    """A listener's TLS context, the newest that could be loaded. Connections keep what they began with."""

    def __init__(self, source: TlsFiles | ssl.SSLContext) -> None:
        """Raises `HubError` if a file is not good."""
        self._files = source if isinstance(source, TlsFiles) else None
        self._stamp: Stamp = () if self._files is None else self._files.stamp()
        self.context = source.context() if isinstance(source, TlsFiles) else source

    async def refresh(self, *, force: bool = False) -> bool:
        """Load the files again if they changed; say whether a new context is in use.

        Files that are not good change nothing: who renews a certificate writes two files one by one.
        """
        if self._files is None:
            return False
        context = await asyncio.to_thread(self._look, self._files, force)
        if context is None:
            return False
        self.context = context
        return True

    def _look(self, files: TlsFiles, force: bool) -> ssl.SSLContext | None:
        stamp = files.stamp()
        if stamp == self._stamp and not force:
            return None
        self._stamp = stamp
        try:
            context = files.context()
        except HubError as error:
            log.error("the new certificate is not used, the old one stays: %s", error)
            return None
        log.info("%s: the certificate is loaded again", files.certificate)
        return context


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        status = path.stat()
    except OSError:
        return (0, 0, 0)
    return (status.st_mtime_ns, status.st_size, status.st_ino)


def _load(path: Path, act: Callable[[], object]) -> None:
    place = Place(str(path))
    try:
        act()
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            problem, remedy = "this key does not belong to the certificate", "Take both from the same place."
        else:
            problem = f"this can't be used for TLS ({(error.reason or str(error)).replace('_', ' ').lower()})"
            remedy = "It should be a PEM file, and a key without a pass phrase."
        raise HubError(problem, remedy=remedy, place=place) from None
    except OSError as error:
        raise HubError(
            f"can't be read: {error.strerror}", remedy="Look at the path and who may read it.", place=place
        ) from None
