"""The sections `registries:` and `brokers:`: what the YAML declares, as the directory knows it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, TypeAdapter

from hub.core.errors import HubError
from hub.fields import Bool, OneOrMany, Text, refuse
from hub.registry.aliases import check_aliases
from hub.registry.credentials import ARGON2ID, Secret
from hub.registry.directory import Directory
from hub.registry.names import (
    check_description,
    check_id,
    check_labels,
    check_name,
    check_password,
    derived_id,
)
from hub.registry.owners import Broker, Certificate, Device, Owner, Password, Registry

UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)
"""When something was declared stands in no YAML: the registrar knows when it was first seen."""

# Hashes of other programs: taken for a password they would let in whoever has read the file.
_OTHER_HASH = re.compile(r"\$(?:[1567y]|2[abxy]?|argon2(?:i|d)|pbkdf2[\w-]*|scrypt)\$")

_PEM = "-----BEGIN CERTIFICATE-----"

Key = str | int
Locate = Callable[[tuple[Key, ...]], str]
"""Says in which file and line something stands, given its path in the configuration."""


def _checked(check: Callable[[Any], Any]) -> AfterValidator:
    """Let pydantic say what `check` refuses."""

    def validate(value: Any) -> Any:
        try:
            return check(value)
        except HubError as error:
            raise refuse(error.problem, error.remedy) from error

    return AfterValidator(validate)


def _secret(value: Any) -> Secret:
    """Take a password so that its text is not kept; no message says what it was."""
    if isinstance(value, Secret):
        return value
    if not isinstance(value, str):
        raise refuse("a password should be a text", "Put it in quotes.")
    if _OTHER_HASH.match(value):
        raise refuse("this hash is of a kind that is not known here", "Make one with `hub user hash`.")
    try:
        return Secret(str(value) if value.startswith(ARGON2ID) else check_password(str(value)))
    except HubError as error:
        raise refuse(error.problem, error.remedy) from error


def _certificate(text: str) -> str:
    """Leave a path as it is, and check a certificate that is written out."""
    return _read(text)[1] if _PEM in text else text


def _read(text: str) -> tuple[str, str]:
    # Only now: its library takes long to import, and few houses have certificates in their YAML.
    from hub.registry.certificates import read_certificate

    return read_certificate(text)


Name = Annotated[Text, _checked(check_name)]
Id = Annotated[Text, _checked(check_id)]
Description = Annotated[Text, _checked(check_description)]
Labels = Annotated[Mapping[Text, Text], _checked(check_labels)]
SecretField = Annotated[Secret, PlainValidator(_secret, json_schema_input_type=str)]
CertificateField = Annotated[Text, _checked(_certificate)]


class OwnerModel(BaseModel):
    """What registries, devices and brokers have in common."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    id: Id | None = None
    """Its id for ever; without it the id follows from the names."""
    description: Description = ""
    labels: Labels = Field(default_factory=dict)
    certificates: OneOrMany[CertificateField] = ()
    """Files, relative to the configuration, or PEM texts."""
    passwords: OneOrMany[SecretField] = Field(default=(), repr=False)

    def common(self, id: str, name: str, folder: Path, source: str) -> dict[str, Any]:
        """Return the fields that every owner has. Raises `HubError` for a certificate that can't be read."""
        certificates = [_loaded(text, folder) for text in self.certificates]
        return {
            "id": id,
            "name": name,
            "description": self.description,
            "labels": self.labels,
            "created_at": UNKNOWN,
            "source": source,
            "certificates": tuple(Certificate(*one, UNKNOWN, source) for one in certificates),
            "passwords": tuple(
                Password(derived_id("password", id, secret.mark), secret, UNKNOWN, source)
                for secret in dict.fromkeys(self.passwords)
            ),
        }


def _loaded(text: str, folder: Path) -> tuple[str, str]:
    if _PEM in text:
        return _read(text)
    from hub.registry.certificates import read_certificate_file

    return read_certificate_file(folder / text)


class DeviceModel(OwnerModel):
    """A device of a registry."""

    aliases: Mapping[Text, Text] = Field(default_factory=dict)
    """Other names for the beginnings of its topics; `{id}` in them is its id."""
    entities: Mapping[Text, Any] = Field(default_factory=dict)
    """What of it is in the house: entities by domain, read by whoever offers them."""

    def device(self, name: str, registry: Registry, folder: Path, source: str) -> Device:
        id = self.id or derived_id("device", registry.id, name)
        aliases = check_aliases(self.aliases, id)
        common = self.common(id, name, folder, source)
        return Device(**common, registry_id=registry.id, aliases=aliases)


class RegistryModel(OwnerModel):
    """A registry and its devices by name."""

    enabled: Bool = True
    devices: Mapping[Name, DeviceModel | None] = Field(default_factory=dict)

    def registry(self, name: str, folder: Path, source: str) -> Registry:
        id = self.id or derived_id("registry", name)
        return Registry(**self.common(id, name, folder, source), enabled=self.enabled)


class BrokerModel(OwnerModel):
    """A topic space of its own."""

    def broker(self, name: str, folder: Path, source: str) -> Broker:
        id = self.id or derived_id("broker", name)
        return Broker(**self.common(id, name, folder, source))


Registries = TypeAdapter(Mapping[Name, RegistryModel | None])
Brokers = TypeAdapter(Mapping[Name, BrokerModel | None])


class Declaration:
    """Puts what the sections declare into a directory; each mistake is told with its path, and left out."""

    def __init__(
        self,
        directory: Directory,
        folder: Path,
        locate: Locate,
        complain: Callable[[tuple[Key, ...], HubError], None],
    ) -> None:
        self._directory = directory
        self._folder = folder
        self._locate = locate
        self._complain = complain

    def registries(self, models: Mapping[str, RegistryModel | None]) -> None:
        for name, found in models.items():
            model = found or RegistryModel()
            path = ("registries", name)
            registry = self._put(path, partial(model.registry, name))
            if isinstance(registry, Registry):
                for device_name, device in model.devices.items():
                    make = partial((device or DeviceModel()).device, device_name, registry)
                    self._put((*path, "devices", device_name), make)

    def brokers(self, models: Mapping[str, BrokerModel | None]) -> None:
        for name, found in models.items():
            self._put(("brokers", name), partial((found or BrokerModel()).broker, name))

    def _put(self, path: tuple[Key, ...], make: Callable[[Path, str], Owner]) -> Owner | None:
        try:
            owner = make(self._folder, self._locate(path))
            if self._directory.get(owner.id) is not None:
                raise HubError(f"the id {owner.id} is taken by the {self._directory.get(owner.id)}")
            self._directory.put(owner)
        except HubError as error:
            self._complain(path, error)
            return None
        return owner
