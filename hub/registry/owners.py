"""What can log in beside users: registries, their devices, and brokers, with what proves who they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal

from hub.registry.credentials import Secret

Kind = Literal["registry", "device", "broker"]


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate that its owner may show; known by the SHA-256 of its DER form, in hex."""

    fingerprint: str
    pem: str = field(repr=False)
    created_at: datetime
    source: str = ""


@dataclass(frozen=True, slots=True)
class Token:
    """A password that the hub made up, as the digest that only the holder of the database's key can make."""

    digest: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Password:
    """One of an owner's passwords. Nothing tells what it is."""

    id: str
    proof: Secret | Token = field(repr=False)
    created_at: datetime
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """What has a name and credentials. `source` is the place in the YAML that declares it, empty if none."""

    kind: ClassVar[Kind]

    id: str
    name: str
    description: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    created_at: datetime
    source: str = ""
    certificates: tuple[Certificate, ...] = ()
    passwords: tuple[Password, ...] = ()

    @property
    def login(self) -> str:
        """The name under which the MQTT server knows its clients; no user can have it."""
        return f"{self.kind}/{self.id}"

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    def has(self, credential: str) -> bool:
        """Tell whether a certificate of this fingerprint, or a password of this id, is (still) its own."""
        return any(password.id == credential for password in self.passwords) or any(
            certificate.fingerprint == credential for certificate in self.certificates
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry(Owner):
    """Devices that belong together, and who reads and commands them. Disabled, it lets none of them in."""

    kind = "registry"

    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Device(Owner):
    """A device of one registry; `aliases` are other names for the beginnings of its topics."""

    kind = "device"

    registry_id: str
    aliases: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker(Owner):
    """A topic space of its own, in which its clients may do everything."""

    kind = "broker"
