"""Read what Yandex IoT Core's migration guide has people export, and recreate it: all of it or nothing."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from hub.core.errors import HubError, Place
from hub.registry.aliases import check_aliases
from hub.registry.certificates import read_certificate
from hub.registry.names import check_description, check_id, check_labels, check_name, new_id, new_password
from hub.registry.owners import Broker, Certificate, Device, Owner, Password, Registry
from hub.registry.registrar import Registrar

COLUMNS = ("kind", "registry", "name", "username", "password")


class Export:
    """A folder of exported files. `problems` is what can't be taken over, with the file it stands in."""

    def __init__(self, folder: Path) -> None:
        self.problems: list[str] = []
        self._folder = folder
        self.owners: list[Owner] = []
        for item in self._rows("registries.json", needed=True):
            self._add(Registry, item, "registries.json", f"registry-certs-{item.get('id')}.json")
        for item in self._rows("brokers.json"):
            self._add(Broker, item, "brokers.json", f"broker-certs-{item.get('id')}.json")
        for registry in [owner for owner in self.owners if isinstance(owner, Registry)]:
            self._add_devices(registry.id)

    def _add_devices(self, registry_id: str) -> None:
        aliases: dict[str, dict[str, str]] = {}
        for row in self._rows(f"aliases-{registry_id}.json"):
            aliases.setdefault(str(row.get("device_id")), {})[str(row.get("alias"))] = str(
                row.get("topic_prefix")
            )
        file = f"devices-{registry_id}.json"
        for item in self._rows(file):
            id = str(item.get("id"))
            more = {**item.get("topic_aliases", {}), **aliases.get(id, {})}
            certificates = f"device-certs-{registry_id}/{id}.json"
            self._add(Device, item, file, certificates, registry_id=registry_id, aliases=more)

    def _add(
        self, kind: type[Owner], item: Mapping[str, Any], file: str, certificates: str, **more: Any
    ) -> None:
        try:
            if "aliases" in more:
                more["aliases"] = check_aliases(more["aliases"], str(item.get("id")))
            if kind is Registry:
                more["enabled"] = item.get("status") != "DISABLED"
            self.owners.append(kind(**_common(item), **more, certificates=self._certificates(certificates)))
        except (HubError, ValueError) as error:
            self.problems.append(f"{file}: {item.get('name') or item.get('id')}: {error}")

    def _certificates(self, file: str) -> tuple[Certificate, ...]:
        found: dict[str, Certificate] = {}
        for row in self._rows(file):
            try:
                fingerprint, pem = read_certificate(str(row.get("certificate_data")))
                found[fingerprint] = Certificate(fingerprint, pem, _moment(row.get("created_at")))
            except (HubError, ValueError) as error:
                self.problems.append(f"{file}: {error}")
        return tuple(found.values())

    def _rows(self, name: str, *, needed: bool = False) -> Iterator[Mapping[str, Any]]:
        path = self._folder / name
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            if needed:
                raise HubError(
                    f"there is no {name} in {self._folder}",
                    remedy="Name the folder into which the migration guide's commands wrote.",
                ) from None
            return
        except (OSError, ValueError) as error:
            raise HubError(f"this export can't be read: {error}", place=Place(str(path))) from error
        rows = data if isinstance(data, list) else []
        if not isinstance(data, list) or not all(isinstance(row, dict) for row in rows):
            raise HubError("this should be a list, as `--format json` prints it", place=Place(str(path)))
        yield from rows


def _common(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": check_id(str(item.get("id", ""))),
        "name": check_name(str(item.get("name", ""))),
        "description": check_description(str(item.get("description", ""))),
        "labels": check_labels({str(key): str(value) for key, value in item.get("labels", {}).items()}),
        "created_at": _moment(item.get("created_at")),
    }


def _moment(text: object) -> datetime:
    """Read an RFC 3339 time; of nanoseconds the microseconds are kept."""
    moment = datetime.fromisoformat(str(text))
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return moment


@dataclass(slots=True)
class Plan:
    """What an import would do; `problems` keep it from being done."""

    new: list[Owner] = field(default_factory=list)
    completed: list[Owner] = field(default_factory=list)
    """Those that are there, and lack certificates."""
    unchanged: list[Owner] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, export: Export, registrar: Registrar) -> Plan:
        plan = cls(problems=list(export.problems))
        for owner in export.owners:
            known = registrar.directory.get(owner.id)
            if known is None:
                plan.new.append(owner)
            elif known.kind != owner.kind:
                plan.problems.append(f"{owner}: its id {owner.id} is taken by the {known}")
            else:
                plan._compare(owner, known)
        plan._try(registrar)
        return plan

    def _compare(self, owner: Owner, known: Owner) -> None:
        missing = [one for one in owner.certificates if not known.has(one.fingerprint)]
        if missing:
            self.completed.append(replace(known, certificates=(*known.certificates, *missing)))
        else:
            self.unchanged.append(known)

    def _try(self, registrar: Registrar) -> None:
        """Put everything into a copy of the directory, to find what clashes."""
        trial = registrar.directory.copy()
        for owner in (*self.new, *self.completed):
            try:
                trial.put(owner)
            except HubError as error:
                self.problems.append(f"{owner}: {error}")

    def report(self) -> dict[str, Any]:
        """Return it as plain data, for people and programs."""
        return {
            "new": _counts(self.new),
            "completed": _counts(self.completed),
            "unchanged": _counts(self.unchanged),
            "problems": self.problems,
        }


def _counts(owners: Iterable[Owner]) -> dict[str, int]:
    found = dict.fromkeys(("registry", "device", "broker"), 0)
    for owner in owners:
        found[owner.kind] += 1
    return found


async def carry_out(plan: Plan, registrar: Registrar, passwords: Path, by: str = "") -> None:
    """Do what is planned, in one step. New passwords are in the file, its owner's alone, before anything is
    changed, so that none is lost."""
    if plan.problems:
        raise HubError(f"nothing is imported: {plan.problems[0]}", remedy="Mend the export, or what is here.")
    if not (plan.new or plan.completed):
        return
    now = registrar.clock.now()
    texts = {owner.id: new_password() for owner in plan.new}
    new = [
        replace(owner, passwords=(Password(new_id(), registrar.proofs.token(texts[owner.id]), now),))
        for owner in plan.new
    ]
    if new:
        await asyncio.to_thread(_write_passwords, passwords, new, texts)
    try:
        await registrar.save([*new, *plan.completed], by=by)
    except BaseException:
        if new:
            await asyncio.to_thread(passwords.unlink)
        raise


def _write_passwords(path: Path, owners: Iterable[Owner], texts: Mapping[str, str]) -> None:
    names = {owner.id: owner.name for owner in owners}
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for owner in owners:
        registry = names.get(owner.registry_id, owner.registry_id) if isinstance(owner, Device) else ""
        writer.writerow((owner.kind, registry, owner.name, owner.id, texts[owner.id]))
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise HubError(
            f"{path} is there already", remedy="Name another file with --passwords: none is overwritten."
        ) from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text.getvalue())
        file.flush()
        os.fsync(file.fileno())
