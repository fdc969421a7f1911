"""What people do with registries, devices and brokers: create, change, delete, give and take credentials."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from hub.core.errors import NotFound, NotNow, Taken
from hub.registry.aliases import check_aliases
from hub.registry.certificates import Authority, Issued, read_certificate
from hub.registry.credentials import Secret, hash_device_password
from hub.registry.names import (
    check_description,
    check_id,
    check_labels,
    check_name,
    check_password,
    new_id,
    new_password,
)
from hub.registry.owners import Broker, Certificate, Device, Owner, Password, Registry
from hub.registry.registrar import Registrar

OwnerT = TypeVar("OwnerT", bound=Owner)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a new registry, device or broker is to be; without an id it gets one."""

    name: str
    id: str | None = None
    description: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    certificates: tuple[str, ...] = ()
    """PEM texts."""

    def common(self, registrar: Registrar) -> dict[str, Any]:
        now = registrar.clock.now()
        return {
            "id": check_id(self.id) if self.id is not None else new_id(),
            "name": check_name(self.name),
            "description": check_description(self.description),
            "labels": check_labels(self.labels),
            "created_at": now,
            "certificates": tuple(Certificate(*read_certificate(text), now) for text in self.certificates),
        }


class Operations:
    """Each either is done, and stored, when it returns, or raises `HubError` and nothing is."""

    def __init__(self, registrar: Registrar, by: str = "") -> None:
        """`by` says whose work it is, for the audit."""
        self._registrar = registrar
        self._by = by

    # Create, change, delete.

    async def create_registry(self, draft: Draft) -> Registry:
        return await self._create(Registry(**draft.common(self._registrar)))

    async def create_broker(self, draft: Draft) -> Broker:
        return await self._create(Broker(**draft.common(self._registrar)))

    async def create_device(
        self, draft: Draft, registry: str, aliases: Mapping[str, str] | None = None
    ) -> Device:
        """Create a device in a registry, given by id or name; `{id}` in the aliases is the device's id."""
        found = self._registrar.directory.find("registry", registry)
        common = draft.common(self._registrar)
        checked = check_aliases(aliases or {}, common["id"])
        return await self._create(Device(**common, registry_id=found.id, aliases=checked))

    async def update(
        self,
        owner: Owner,
        *,
        name: str | None = None,
        description: str | None = None,
        labels: Mapping[str, str] | None = None,
        aliases: Mapping[str, str] | None = None,
    ) -> Owner:
        """Change what is given, all of it or nothing; labels and aliases take the place of all there were."""
        _refuse_declared(owner)
        changed = replace(
            owner,
            name=owner.name if name is None else check_name(name),
            description=owner.description if description is None else check_description(description),
            labels=owner.labels if labels is None else check_labels(labels),
        )
        if aliases is not None and isinstance(changed, Device):
            changed = replace(changed, aliases=check_aliases(aliases, changed.id))
        return await self._save(changed)

    async def set_aliases(self, device: Device, aliases: Mapping[str, str]) -> Device:
        """Let these aliases take the place of all there were."""
        _refuse_declared(device)
        return await self._save(replace(device, aliases=check_aliases(aliases, device.id)))

    async def enable(self, registry: Registry, enabled: bool = True) -> Registry:
        """Let a registry and its devices in, or end their connections and let none in."""
        _refuse_declared(registry)
        return await self._save(replace(registry, enabled=enabled))

    async def delete(self, owner: Owner) -> None:
        """Delete it with its credentials and all that is kept for it; its connections end."""
        _refuse_declared(owner)
        if self._registrar.directory.has_devices(owner.id):
            raise NotNow(f"the {owner} still has devices", remedy="Delete them first.")
        await self._registrar.save([], [owner], by=self._by)

    # Credentials. They may be added to what the YAML declares, too.

    async def add_certificate(self, owner: Owner, pem: str) -> Certificate:
        certificate = Certificate(*read_certificate(pem), self._registrar.clock.now())
        await self._save(replace(owner, certificates=(*owner.certificates, certificate)))
        return certificate

    async def issue_certificate(self, owner: Owner) -> tuple[Issued, str]:
        """Issue a certificate of the hub's own authority; return it with its key, and the authority's."""
        registrar = self._registrar
        issued, authority = await asyncio.to_thread(
            _issued, registrar.folder, owner.id, registrar.clock.now()
        )
        await self.add_certificate(self._present(owner), issued.pem)
        return issued, authority

    async def delete_certificate(self, owner: Owner, fingerprint: str) -> None:
        """Delete a certificate, given by its fingerprint or the beginning of it."""
        wanted = fingerprint.lower().replace(":", "")
        found = [one for one in owner.certificates if one.fingerprint.startswith(wanted)]
        if len(found) != 1 or not wanted:
            raise NotFound(f"the {owner} has {len(found) or 'no'} certificates {fingerprint!r}")
        _refuse_declared_credential("certificate", found[0].source)
        await self._save(
            replace(owner, certificates=tuple(one for one in owner.certificates if one != found[0]))
        )

    async def add_password(self, owner: Owner, text: str) -> Password:
        """Add a password that somebody chose. Its hash is worked out beside the loop."""
        check_password(text)
        secret = Secret(await asyncio.to_thread(hash_device_password, text))
        return await self._add_password(owner, Password(new_id(), secret, self._registrar.clock.now()))

    async def generate_password(self, owner: Owner) -> tuple[Password, str]:
        """Make up a password, and return it: it can't be read again."""
        text = new_password()
        token = self._registrar.proofs.token(text)
        made = Password(new_id(), token, self._registrar.clock.now())
        return await self._add_password(owner, made), text

    async def delete_password(self, owner: Owner, password_id: str) -> None:
        found = next((one for one in owner.passwords if one.id == password_id), None)
        if found is None:
            raise NotFound(f"the {owner} has no password {password_id!r}")
        _refuse_declared_credential("password", found.source)
        await self._save(replace(owner, passwords=tuple(one for one in owner.passwords if one != found)))

    async def _add_password(self, owner: Owner, password: Password) -> Password:
        # While a hash was worked out the owner may have changed.
        present = self._present(owner)
        await self._save(replace(present, passwords=(*present.passwords, password)))
        return password

    def _present(self, owner: OwnerT) -> OwnerT:
        present = self._registrar.directory.get(owner.id)
        if not isinstance(present, type(owner)):
            raise NotFound(f"the {owner} is gone")
        return present

    async def _create(self, owner: OwnerT) -> OwnerT:
        if self._registrar.directory.get(owner.id) is not None:
            raise Taken(f"the id {owner.id} is taken", remedy="Take another, or none.")
        return await self._save(owner)

    async def _save(self, owner: OwnerT) -> OwnerT:
        await self._registrar.save([owner], by=self._by)
        return owner


def _issued(folder: Path, common_name: str, now: datetime) -> tuple[Issued, str]:
    authority = Authority.load(folder) or Authority.create(folder, now)
    return authority.issue(common_name, now), authority.pem


def refuse_unknown(labels: Iterable[str], owner: Owner) -> None:
    """Raise `HubError` if one of these is no key of the owner's labels."""
    missing = [key for key in labels if key not in owner.labels]
    if missing:
        raise NotFound(f"the {owner} has no label {missing[0]!r}")


def _refuse_declared(owner: Owner) -> None:
    if owner.source:
        raise NotNow(
            f"the {owner} is declared in {owner.source}", remedy="Change it there: the YAML always wins."
        )


def _refuse_declared_credential(kind: str, source: str) -> None:
    if source:
        raise NotNow(f"this {kind} is declared in {source}", remedy="Take it away there.")
