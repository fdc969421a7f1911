"""Make an authority of one's own, and certificates with which the hub's listeners prove who they are."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hub.core.errors import HubError

AUTHORITY_DAYS = 20 * 365
_BEFORE = timedelta(minutes=5)
"""How much earlier a certificate begins to hold, for clients whose clocks are a little behind."""


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A certificate and its key, both as PEM."""

    certificate: bytes
    key: bytes = field(repr=False)


def make_authority(name: str, now: datetime) -> KeyPair:
    """Make an authority: who trusts its certificate trusts all that its key signs."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(name)
    builder = (
        _unsigned(subject, subject, key.public_key(), now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
    )
    return KeyPair(_pem(builder.sign(key, hashes.SHA256())), _key_pem(key))


def issue_server(authority: KeyPair, names: Sequence[str], now: datetime, days: int) -> KeyPair:
    """Issue a certificate for host names and IP addresses. Raises `HubError`."""
    issuer, issuer_key = _read(authority)
    key = ec.generate_private_key(ec.SECP256R1())
    issuer_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    builder = (
        _unsigned(_name(names[0]), issuer.subject, key.public_key(), now, days)
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(issuer_id, critical=False)
    )
    return KeyPair(_pem(builder.sign(issuer_key, hashes.SHA256())), _key_pem(key))


@dataclass(frozen=True, slots=True)
class Trust:
    """What a client must trust to believe a server: a PEM text, None for what the system trusts anyway; and
    the names under which it may reach the server."""

    authority: str | None
    names: tuple[str, ...]


def trust_in(path: Path) -> Trust:
    """Find who signed a server's certificate: itself, another in its file, or a `ca.crt` beside it.

    Raises `HubError`.
    """
    try:
        chain = x509.load_pem_x509_certificates(path.read_bytes())
        beside = path.with_name("ca.crt")
        known = [*chain, *(x509.load_pem_x509_certificates(beside.read_bytes()) if beside.exists() else ())]
    except (OSError, ValueError) as error:
        raise HubError(f"{path} can't be read: {error}") from error
    roots = [one for one in known if one.issuer == one.subject and _leads_to(one, known)]
    text = _pem(roots[-1]).decode("ascii") if roots else None
    return Trust(text, _names_of(chain[0]))


def _leads_to(root: x509.Certificate, known: Sequence[x509.Certificate]) -> bool:
    at, steps = known[0], 0
    while at != root and steps < len(known):
        at = next((one for one in known if one.subject == at.issuer), at)
        steps += 1
    return at == root


def _names_of(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    names = found.get_values_for_type(x509.DNSName)
    return (*names, *(str(one) for one in found.get_values_for_type(x509.IPAddress)))


def _read(pair: KeyPair) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    try:
        certificate = x509.load_pem_x509_certificate(pair.certificate)
        key = serialization.load_pem_private_key(pair.key, None)
    except (ValueError, TypeError) as error:
        raise HubError(f"the authority can't be read: {error}", remedy=_BOTH) from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise HubError("the authority's key does not belong to its certificate", remedy=_BOTH)
    return certificate, key


_BOTH = "Both files should be those that `hub cert create` made."


def _unsigned(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BEFORE)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        pass
    try:
        return x509.DNSName(name)
    except ValueError:
        raise HubError(
            f"{name!r} is neither a host name nor an IP address", remedy="Write it in its ASCII form."
        ) from None


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
