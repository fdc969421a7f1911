"""Read certificates, tell one from another, and issue them: the hub's own authority."""

from __future__ import annotations

import base64
import hashlib
import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hub.core.errors import HubError, Place

BEGIN, END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
AUTHORITY_YEARS = 20
ISSUED_DAYS = 3_650
_BEFORE = timedelta(minutes=5)
"""How much earlier a certificate begins to hold, for devices whose clocks are a little behind."""


def fingerprint_of(der: bytes) -> str:
    """Return the SHA-256 of a certificate's DER form, in hex: what it is known by."""
    return hashlib.sha256(der).hexdigest()


def read_certificate(text: str) -> tuple[str, str]:
    """Return the fingerprint and the PEM of the first certificate in a text, and nothing else of it.

    Raises `HubError`. Whether it is in its time, and who signed it, does not matter: it is known by itself.
    """
    start = text.find(BEGIN)
    end = text.find(END, start)
    if start < 0 or end < 0:
        raise HubError("this is no certificate", remedy=f"It should be a PEM text that has {BEGIN}.")
    try:
        certificate = x509.load_pem_x509_certificate(text[start : end + len(END)].encode())
    except ValueError as error:
        raise HubError(f"this certificate can't be read: {error}") from error
    return fingerprint_of(certificate.public_bytes(serialization.Encoding.DER)), _pem(certificate)


def read_certificate_file(path: Path) -> tuple[str, str]:
    """Read a certificate from a PEM file. Raises `HubError`."""
    try:
        text = path.read_text(encoding="ascii", errors="replace")
    except OSError as error:
        raise HubError(
            f"{path} can't be read: {error.strerror}", remedy="Look at the path and who may read the file."
        ) from error
    try:
        return read_certificate(text)
    except HubError as error:
        raise HubError(error.problem, remedy=error.remedy, place=Place(str(path))) from error


def ends_at(pem: str) -> datetime:
    """Return until when a certificate holds. Raises `HubError`."""
    try:
        return x509.load_pem_x509_certificate(pem.encode()).not_valid_after_utc
    except ValueError as error:
        raise HubError(f"this certificate can't be read: {error}") from error


def der_of(pem: str) -> bytes:
    """Return the DER form of a certificate that was read before."""
    return base64.b64decode(pem.replace(BEGIN, "").replace(END, ""))


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


@dataclass(frozen=True, slots=True)
class Issued:
    """A new certificate and its key, which is nowhere else."""

    fingerprint: str
    pem: str
    key: str = field(repr=False)


class Authority:
    """The hub's own certificate authority: a key that only its owner can read, in the data folder."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> None:
        self._key = key
        self._certificate = certificate

    @property
    def pem(self) -> str:
        return _pem(self._certificate)

    @classmethod
    def load(cls, folder: Path) -> Authority | None:
        """Return the authority kept in a folder, None if there is none yet. Raises `HubError`."""
        path = folder / "ca.key"
        try:
            data = path.read_bytes()
            key = serialization.load_pem_private_key(data, None)
            certificate = x509.load_pem_x509_certificate(data[data.index(BEGIN.encode()) :])
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise HubError(
                f"the hub's certificate authority can't be read: {error}",
                remedy="Put a backup back, or move the file away: certificates that it issued stay good.",
                place=Place(str(path)),
            ) from error
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return cls(key, certificate)

    @classmethod
    def create(cls, folder: Path, now: datetime) -> Authority:
        """Make an authority and keep it in a folder."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Hearth devices")])
        certificate = (
            _unsigned(name, name, key, now, timedelta(days=365 * AUTHORITY_YEARS))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        _write_owner_only(folder / "ca.key", _key_pem(key) + _pem(certificate))
        return cls(key, certificate)

    def issue(self, common_name: str, now: datetime, days: int = ISSUED_DAYS) -> Issued:
        """Issue a client certificate for a new key."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        certificate = (
            _unsigned(name, self._certificate.subject, key, now, timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
            .add_extension(identifier, critical=False)
            .sign(self._key, hashes.SHA256())
        )
        der = certificate.public_bytes(serialization.Encoding.DER)
        return Issued(fingerprint_of(der), _pem(certificate), _key_pem(key))


def _unsigned(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, period: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BEFORE)
        .not_valid_after(now + period)
    )


def _key_pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _write_owner_only(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
