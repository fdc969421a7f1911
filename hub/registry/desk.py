"""Answer commands about registries, devices and brokers with plain data."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from hub.core.errors import HubError, NotFound
from hub.registry.answers import (
    Answer,
    about,
    about_action,
    about_certificate,
    about_line,
    about_password,
    about_payload,
)
from hub.registry.names import check_password
from hub.registry.operations import Draft, Operations, refuse_unknown
from hub.registry.owners import Broker, Device, Kind, Owner, Registry
from hub.registry.periods import moment
from hub.registry.registrar import Registrar
from hub.registry.topics import DEVICES
from hub.registry.yandex import Export, Plan, carry_out, read_passwords

PREFIX = "register."
_KINDS: dict[str, type[Owner]] = {"registry": Registry, "device": Device, "broker": Broker}


class Desk:
    """Each method is a command. `who` is an id or a name; for a device `registry` may say where it is."""

    def __init__(self, registrar: Registrar, by: str = "") -> None:
        """`by` says who asks, for the audit."""
        self._registrar = registrar
        self._operations = Operations(registrar, by)
        self._by = by

    # The things themselves.

    def list_all(self, kind: Kind, registry: str | None = None) -> list[Answer]:
        directory = self._registrar.directory
        if registry is not None:
            found = directory.find("registry", registry)
            return [about(one) for one in directory.devices_of(found.id)]
        return [about(one) for one in directory.all(_KINDS[kind])]

    def get(self, kind: Kind, who: str, registry: str | None = None) -> Answer:
        owner = self._find(kind, who, registry)
        if not isinstance(owner, Device):
            return about(owner)
        return {**about(owner), "monitoring_data": self._registrar.monitoring.of(owner.id).known()}

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
        present = about(self._find(kind, owner.id, None))
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
        return about(
            await self._operations.update(
                owner, name=name, description=description, labels=labels, aliases=aliases
            )
        )

    async def delete(self, kind: Kind, who: str, registry: str | None = None) -> None:
        await self._operations.delete(self._find(kind, who, registry))

    async def enable(self, who: str, enabled: bool = True) -> Answer:
        owner = self._find("registry", who, None)
        assert isinstance(owner, Registry)
        return about(await self._operations.enable(owner, enabled))

    # What happened.

    def logs(
        self,
        kind: Kind,
        who: str,
        registry: str | None = None,
        *,
        limit: int = 100,
        since: str | None = None,
        until: str | None = None,
    ) -> list[Answer]:
        """Return who came and went lately, the newest last; for the bounds see `periods.moment`."""
        owner = self._find(kind, who, registry)
        first, last = self._moment(since), self._moment(until)
        lines = self._registrar.connections.of(owner.login, since=first, until=last, limit=limit)
        return [about_line(line) for line in lines]

    async def follow_logs(
        self, kind: Kind, who: str, registry: str | None = None, **bounds: Any
    ) -> AsyncIterator[Answer]:
        """Tell what `logs` tells, and then who comes and goes from now on."""
        owner = self._find(kind, who, registry)
        async with aclosing(self._registrar.connections.follow(owner.login)) as lines:
            for answer in self.logs(kind, owner.id, **bounds):
                yield answer
            async for line in lines:
                yield about_line(line)

    async def audit(
        self,
        kind: Kind | None = None,
        who: str | None = None,
        registry: str | None = None,
        *,
        limit: int = 100,
        since: str | None = None,
        until: str | None = None,
    ) -> list[Answer]:
        """Return who changed what, the newest last: of all, or of one and, for a registry, its devices."""
        first, last = self._moment(since), self._moment(until)
        actions = await self._registrar.audited(
            since=first, until=last, id=self._id_of(kind, who, registry), limit=limit
        )
        return [about_action(action) for action in actions]

    async def follow_audit(
        self, kind: Kind | None = None, who: str | None = None, registry: str | None = None, **bounds: Any
    ) -> AsyncIterator[Answer]:
        """Tell what `audit` tells, and then who changes what from now on."""
        id = self._id_of(kind, who, registry)
        async with aclosing(self._registrar.actions.follow()) as actions:
            known = await self.audit(None, id, **bounds)
            for answer in known:
                yield answer
            async for action in actions:
                answer = about_action(action)
                # What happened while the others were read is among them, too.
                if id in (None, action.id, action.registry_id) and answer not in known:
                    yield answer

    def metrics(self, kind: Kind, who: str | None = None) -> list[Answer]:
        """Return what went in and out of each registry or broker, or of one, since the hub started."""
        directory, metrics = self._registrar.directory, self._registrar.metrics
        owners = list(directory.all(_KINDS[kind])) if who is None else [directory.find(kind, who)]
        return [{"id": owner.id, "name": owner.name, **metrics.of(owner.id)} for owner in owners]

    def list_values(self, kind: Kind, who: str, registry: str | None = None) -> list[Answer]:
        """Return the last messages on the permanent topics of a device, or of all devices of a registry."""
        owner = self._find(kind, who, registry)
        directory = self._registrar.directory
        devices = [owner] if isinstance(owner, Device) else list(directory.devices_of(owner.id))
        return [
            {"device_id": device.id, "name": device.name, "topic": topic, **about_payload(payload)}
            for device in devices
            for topic, payload in self._registrar.kept(f"{DEVICES}/{device.id}/#")
        ]

    def publish(self, kind: Kind, who: str, topic: str, payload: str | bytes) -> None:
        """Publish as a registry, device or broker, held to what it may say itself."""
        data = payload.encode() if isinstance(payload, str) else payload
        self._registrar.publish_as(self._find(kind, who, None), topic, data)

    # Labels and aliases.

    async def add_labels(
        self, kind: Kind, who: str, labels: Mapping[str, str], registry: str | None = None
    ) -> Answer:
        owner = self._find(kind, who, registry)
        return about(await self._operations.update(owner, labels={**owner.labels, **labels}))

    async def remove_labels(
        self, kind: Kind, who: str, labels: Sequence[str], registry: str | None = None
    ) -> Answer:
        owner = self._find(kind, who, registry)
        refuse_unknown(labels, owner)
        left = {key: value for key, value in owner.labels.items() if key not in labels}
        return about(await self._operations.update(owner, labels=left))

    async def add_aliases(self, who: str, aliases: Mapping[str, str], registry: str | None = None) -> Answer:
        device = self._device(who, registry)
        return about(await self._operations.set_aliases(device, {**device.aliases, **aliases}))

    async def remove_aliases(self, who: str, aliases: Sequence[str], registry: str | None = None) -> Answer:
        device = self._device(who, registry)
        missing = [alias for alias in aliases if alias not in device.aliases]
        if missing:
            raise NotFound(f"the {device} has no alias {missing[0]!r}")
        left = {name: target for name, target in device.aliases.items() if name not in aliases}
        return about(await self._operations.set_aliases(device, left))

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
        return [about_certificate(one, owner) for one in owner.certificates]

    async def add_certificate(
        self, kind: Kind, who: str, certificate: str, registry: str | None = None
    ) -> Answer:
        """Add a certificate, given as PEM."""
        owner = self._find(kind, who, registry)
        return about_certificate(await self._operations.add_certificate(owner, certificate), owner)

    async def issue_certificate(self, kind: Kind, who: str, registry: str | None = None) -> Answer:
        """Issue a certificate; its key stands in the answer, and nowhere else."""
        owner = self._find(kind, who, registry)
        issued, authority = await self._operations.issue_certificate(owner)
        return {
            f"{owner.kind}_id": owner.id,
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
        return [about_password(one, owner) for one in owner.passwords]

    async def add_password(
        self, kind: Kind, who: str, *, password: str | None = None, registry: str | None = None
    ) -> Answer:
        """Add a password; without one it is made up, and stands in the answer."""
        owner = self._find(kind, who, registry)
        if password is not None:
            return about_password(await self._operations.add_password(owner, password), owner)
        made, text = await self._operations.generate_password(owner)
        return {**about_password(made, owner), "password": text}

    async def delete_password(
        self, kind: Kind, who: str, password_id: str, registry: str | None = None
    ) -> None:
        await self._operations.delete_password(self._find(kind, who, registry), password_id)

    # From elsewhere.

    async def import_yandex(
        self, folder: str, passwords: str, *, old_passwords: str | None = None, apply: bool = False
    ) -> Answer:
        """Say what an export would bring, and do it if it is to be applied."""
        export = await asyncio.to_thread(Export, Path(folder))
        old = [] if old_passwords is None else await asyncio.to_thread(read_passwords, Path(old_passwords))
        plan = Plan.of(export, self._registrar, old)
        if apply and not plan.problems:
            await carry_out(plan, self._registrar, Path(passwords), self._by)
        return plan.report()

    def _moment(self, text: str | None) -> datetime | None:
        return None if text is None else moment(text, self._registrar.clock.now())

    def _id_of(self, kind: Kind | None, who: str | None, registry: str | None) -> str | None:
        """Return the id of whom is meant; one that is deleted is known by its id only."""
        if kind is None or who is None:
            return who
        try:
            return self._find(kind, who, registry).id
        except NotFound:
            return who

    def _find(self, kind: Kind, who: str, registry: str | None) -> Owner:
        return self._registrar.directory.find(kind, who, registry)

    def _device(self, who: str, registry: str | None) -> Device:
        found = self._find("device", who, registry)
        assert isinstance(found, Device)
        return found


def register_commands(registrar: Callable[[], Registrar | None]) -> dict[str, Callable[..., Any]]:
    """Return the commands under their names for the control socket, for a register that may come later."""
    return {f"{PREFIX}{name}": partial(_answer, registrar, name) for name in vars(Desk) if name[0] != "_"}


async def _answer(
    registrar: Callable[[], Registrar | None], name: str, /, *, by: str = "", **arguments: Any
) -> Any:
    present = registrar()
    if present is None:
        raise HubError("this hub has no registries", remedy="They need `broker: engine: embedded`.")
    answer = getattr(Desk(present, by), name)(**arguments)
    return await answer if inspect.isawaitable(answer) else answer
