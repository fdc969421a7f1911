"""Answer commands about registries, devices and brokers with plain data."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from hub.core.errors import HubError, NotFound
from hub.registry.names import check_password
from hub.registry.operations import Draft, Operations, refuse_unknown
from hub.registry.owners import Broker, Certificate, Device, Kind, Owner, Password, Registry
from hub.registry.registrar import Registrar
from hub.registry.yandex import Export, Plan, carry_out

Answer = dict[str, Any]
PREFIX = "register."
_KINDS: dict[str, type[Owner]] = {"registry": Registry, "device": Device, "broker": Broker}


class Desk:
    """Each method is a command. `who` is an id or a name; for a device `registry` may say where it is."""

    def __init__(self, registrar: Registrar) -> None:
        self._registrar = registrar
        self._operations = Operations(registrar)

    # The things themselves.

    def list_all(self, kind: Kind, registry: str | None = None) -> list[Answer]:
        directory = self._registrar.directory
        if registry is not None:
            found = directory.find("registry", registry)
            return [self._about(one) for one in directory.devices_of(found.id)]
        return [self._about(one) for one in directory.all(_KINDS[kind])]

    def get(self, kind: Kind, who: str, registry: str | None = None) -> Answer:
        owner = self._find(kind, who, registry)
        if not isinstance(owner, Device):
            return self._about(owner)
        return {**self._about(owner), "monitoring_data": self._registrar.monitoring.of(owner.id).known()}

    async def create(
        self,
        kind: Kind,
        name: str,
        *,
        registry: str | None = None,
        id: str | None = None,
        description: str = "",
        labels: Mapping[str, str] | None = None,
        aliases: Mapping[str, str] | None = None,
        certificates: Sequence[str] = (),
        password: str | None = None,
        generate_password: bool = False,
    ) -> Answer:
        """Create it; a password that is generated stands in the answer, and nowhere else."""
        if password is not None:
            check_password(password)
        draft = Draft(
            name=name, id=id, description=description, labels=labels or {}, certificates=tuple(certificates)
        )
        owner: Owner
        if kind == "registry":
            owner = await self._operations.create_registry(draft)
        elif kind == "broker":
            owner = await self._operations.create_broker(draft)
        elif registry is None:
            raise HubError(
                "a device needs a registry", remedy="Name it with --registry-name or --registry-id."
            )
        else:
            owner = await self._operations.create_device(draft, registry, aliases)
        made: Answer = {}
        if password is not None or generate_password:
            made = await self.add_password(kind, owner.id, password=password)
        present = self._about(self._find(kind, owner.id, None))
        return {**present, "password": made["password"]} if "password" in made else present

    async def update(
        self,
        kind: Kind,
        who: str,
        *,
        registry: str | None = None,
        name: str | None = None,
        description: str | None = None,
        labels: Mapping[str, str] | None = None,
        aliases: Mapping[str, str] | None = None,
    ) -> Answer:
        owner = self._find(kind, who, registry)
        if aliases is not None and isinstance(owner, Device):
            owner = await self._operations.set_aliases(owner, aliases)
        return self._about(
            await self._operations.update(owner, name=name, description=description, labels=labels)
        )

    async def delete(self, kind: Kind, who: str, registry: str | None = None) -> None:
        await self._operations.delete(self._find(kind, who, registry))

    async def enable(self, who: str, enabled: bool = True) -> Answer:
        owner = self._find("registry", who, None)
        assert isinstance(owner, Registry)
        return self._about(await self._operations.enable(owner, enabled))

    def logs(
        self,
        kind: Kind,
        who: str,
        registry: str | None = None,
        *,
        limit: int = 100,
        since: str | None = None,
    ) -> list[Answer]:
        """Return who came and went lately, the newest last; `since` is an RFC 3339 time."""
        owner = self._find(kind, who, registry)
        earliest = None if since is None else datetime.fromisoformat(since)
        lines = self._registrar.connections.of(owner.login, since=earliest, limit=limit)
        return [{"time": _text(line.at), "message": line.text} for line in lines]

    # Labels and aliases.

    async def add_labels(
        self, kind: Kind, who: str, labels: Mapping[str, str], registry: str | None = None
    ) -> Answer:
        owner = self._find(kind, who, registry)
        return self._about(await self._operations.update(owner, labels={**owner.labels, **labels}))

    async def remove_labels(
        self, kind: Kind, who: str, labels: Sequence[str], registry: str | None = None
    ) -> Answer:
        owner = self._find(kind, who, registry)
        refuse_unknown(labels, owner)
        left = {key: value for key, value in owner.labels.items() if key not in labels}
        return self._about(await self._operations.update(owner, labels=left))

    async def add_aliases(self, who: str, aliases: Mapping[str, str], registry: str | None = None) -> Answer:
        device = self._device(who, registry)
        return self._about(await self._operations.set_aliases(device, {**device.aliases, **aliases}))

    async def remove_aliases(self, who: str, aliases: Sequence[str], registry: str | None = None) -> Answer:
        device = self._device(who, registry)
        missing = [alias for alias in aliases if alias not in device.aliases]
        if missing:
            raise NotFound(f"the {device} has no alias {missing[0]!r}")
        left = {name: target for name, target in device.aliases.items() if name not in aliases}
        return self._about(await self._operations.set_aliases(device, left))

    def list_aliases(self, who: str) -> list[Answer]:
        """Return the aliases of all devices of a registry."""
        registry = self._find("registry", who, None)
        return [
            {"device_id": device.id, "topic_prefix": target, "alias": alias}
            for device in self._registrar.directory.devices_of(registry.id)
            for alias, target in device.aliases.items()
        ]

    # Credentials.

    def list_certificates(self, kind: Kind, who: str, registry: str | None = None) -> list[Answer]:
        owner = self._find(kind, who, registry)
        return [_certificate(one, owner) for one in owner.certificates]

    async def add_certificate(
        self, kind: Kind, who: str, certificate: str, registry: str | None = None
    ) -> Answer:
        """Add a certificate, given as PEM."""
        owner = self._find(kind, who, registry)
        return _certificate(await self._operations.add_certificate(owner, certificate), owner)

    async def issue_certificate(self, kind: Kind, who: str, registry: str | None = None) -> Answer:
        """Issue a certificate; its key stands in the answer, and nowhere else."""
        owner = self._find(kind, who, registry)
        issued, authority = await self._operations.issue_certificate(owner)
        return {
            "fingerprint": issued.fingerprint,
            "certificate": issued.pem,
            "key": issued.key,
            "authority": authority,
        }

    async def delete_certificate(
        self, kind: Kind, who: str, fingerprint: str, registry: str | None = None
    ) -> None:
        await self._operations.delete_certificate(self._find(kind, who, registry), fingerprint)

    def list_passwords(self, kind: Kind, who: str, registry: str | None = None) -> list[Answer]:
        owner = self._find(kind, who, registry)
        return [_password(one, owner) for one in owner.passwords]

    async def add_password(
        self, kind: Kind, who: str, *, password: str | None = None, registry: str | None = None
    ) -> Answer:
        """Add a password; without one it is made up, and stands in the answer."""
        owner = self._find(kind, who, registry)
        if password is not None:
            return _password(await self._operations.add_password(owner, password), owner)
        made, text = await self._operations.generate_password(owner)
        return {**_password(made, owner), "password": text}

    async def delete_password(
        self, kind: Kind, who: str, password_id: str, registry: str | None = None
    ) -> None:
        await self._operations.delete_password(self._find(kind, who, registry), password_id)

    # From elsewhere.

    async def import_yandex(self, folder: str, passwords: str, *, apply: bool = False) -> Answer:
        """Say what an export would bring, and do it if it is to be applied."""
        export = await asyncio.to_thread(Export, Path(folder))
        plan = Plan.of(export, self._registrar)
        if apply and not plan.problems:
            await carry_out(plan, self._registrar, Path(passwords))
        return plan.report()

    def _find(self, kind: Kind, who: str, registry: str | None) -> Owner:
        return self._registrar.directory.find(kind, who, registry)

    def _device(self, who: str, registry: str | None) -> Device:
        found = self._find("device", who, registry)
        assert isinstance(found, Device)
        return found

    def _about(self, owner: Owner) -> Answer:
        common: Answer = {"id": owner.id, "name": owner.name}
        if isinstance(owner, Device):
            common |= {"registry_id": owner.registry_id}
        common |= {"created_at": _text(owner.created_at)}
        if owner.description:
            common["description"] = owner.description
        if owner.labels:
            common["labels"] = dict(owner.labels)
        if isinstance(owner, Device) and owner.aliases:
            common["topic_aliases"] = dict(owner.aliases)
        disabled = isinstance(owner, Registry) and not owner.enabled
        return {**common, "status": "DISABLED" if disabled else "ACTIVE", "source": owner.source or "hub.db"}


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _certificate(certificate: Certificate, owner: Owner) -> Answer:
    return {
        f"{owner.kind}_id": owner.id,
        "fingerprint": certificate.fingerprint,
        "certificate_data": certificate.pem,
        "created_at": _text(certificate.created_at),
    }


def _password(password: Password, owner: Owner) -> Answer:
    return {
        f"{owner.kind}_id": owner.id,
        "id": password.id,
        "created_at": _text(password.created_at),
    }


def register_commands(registrar: Callable[[], Registrar | None]) -> dict[str, Callable[..., Any]]:
    """Return the commands under their names for the control socket, for a register that may come later."""
    return {f"{PREFIX}{name}": partial(_answer, registrar, name) for name in vars(Desk) if name[0] != "_"}


async def _answer(registrar: Callable[[], Registrar | None], name: str, /, **arguments: Any) -> Any:
    present = registrar()
    if present is None:
        raise HubError("this hub has no registries", remedy="They need `broker: engine: embedded`.")
    answer = getattr(Desk(present), name)(**arguments)
    return await answer if inspect.isawaitable(answer) else answer
