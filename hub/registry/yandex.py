"""Read what Yandex IoT Core's migration guide has people export, and recreate it: all of it or nothing."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hub.core.errors import HubError, Place
from hub.registry.aliases import check_aliases
from hub.registry.certificates import read_certificate
from hub.registry.credentials import THREADS, Secret, hash_device_password
from hub.registry.names import (
    check_description,
    check_id,
    check_labels,
    check_name,
    check_password,
    new_id,
    new_password,
)
from hub.registry.owners import Broker, Certificate, Device, Owner, Password, Registry, Token
from hub.registry.registrar import Registrar

UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)
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
            more = {**(item.get("topic_aliases") or {}), **aliases.get(id, {})}
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
        data = [] if data is None else data
        rows = data if isinstance(data, list) else []
        if not isinstance(data, list) or not all(isinstance(row, dict) for row in rows):
            raise HubError("this should be a list, as `--format json` prints it", place=Place(str(path)))
        yield from rows


def _common(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": check_id(str(item.get("id", ""))),
        "name": check_name(str(item.get("name", ""))),
        "description": check_description(str(item.get("description") or "")),
        "labels": check_labels({str(key): str(value) for key, value in (item.get("labels") or {}).items()}),
        "created_at": _moment(item.get("created_at")),
    }


def _moment(text: object) -> datetime:
    """Read an RFC 3339 time; of nanoseconds the microseconds are kept. What is missing was unknown."""
    if text is None:
        return UNKNOWN
    moment = datetime.fromisoformat(str(text))
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return moment


@dataclass(frozen=True, slots=True)
class OldPassword:
    """A password that somebody has had, and where it stands."""

    place: str
    id: str
    text: str = field(repr=False)


@dataclass(slots=True)
class Plan:
    """What an import would do; `problems` keep it from being done."""

    new: list[Owner] = field(default_factory=list)
    completed: list[Owner] = field(default_factory=list)
    """Those that are there, and lack certificates."""
    unchanged: list[Owner] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    passwords: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The old ones by id, as far as people still have them."""

    @classmethod
    def of(cls, export: Export, registrar: Registrar, passwords: Sequence[OldPassword] = ()) -> Plan:
        """Compare an export with what there is."""
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
        plan._take_passwords(passwords, {owner.id for owner in export.owners})
        return plan

    def _take_passwords(self, passwords: Sequence[OldPassword], known: Collection[str]) -> None:
        found: dict[str, str] = {}
        for one in passwords:
            try:
                if one.id not in known:
                    raise HubError(f"{one.id!r} is nobody in this export")
                found[one.id] = check_password(one.text)
            except HubError as error:
                self.problems.append(f"{one.place}: {error}")
        self.passwords = found

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
            "passwords": {
                "old": sum(owner.id in self.passwords for owner in self.new),
                "new": sum(owner.id not in self.passwords for owner in self.new),
            },
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
    texts = {owner.id: new_password() for owner in plan.new if owner.id not in plan.passwords}
    old = await _hashed({owner.id: plan.passwords[owner.id] for owner in plan.new if owner.id not in texts})
    made_up = {id: registrar.proofs.token(text) for id, text in texts.items()}
    proofs: dict[str, Secret | Token] = {**old, **made_up}
    new = [replace(owner, passwords=(Password(new_id(), proofs[owner.id], now),)) for owner in plan.new]
    made = [owner for owner in new if owner.id in texts]
    if made:
        await asyncio.to_thread(_write_passwords, passwords, made, texts, _names(new))
    try:
        await registrar.save([*new, *plan.completed], by=by)
    except BaseException:
        if made:
            await asyncio.to_thread(passwords.unlink)
        raise


def _names(owners: Iterable[Owner]) -> dict[str, str]:
    return {owner.id: owner.name for owner in owners}


async def _hashed(passwords: Mapping[str, str]) -> dict[str, Secret]:
    """Return what to keep of passwords that people have; a few are worked out at a time."""
    turn = asyncio.Semaphore(THREADS)

    async def hashed(text: str) -> Secret:
        async with turn:
            return Secret(await asyncio.to_thread(hash_device_password, text))

    secrets = await asyncio.gather(*(hashed(text) for text in passwords.values()))
    return dict(zip(passwords, secrets, strict=True))


def read_passwords(path: Path) -> list[OldPassword]:
    """Read a CSV file with the columns `username` and `password`. Raises `HubError`."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if not {"username", "password"} <= set(rows.fieldnames or ()):
                raise HubError(
                    "the first line should name the columns username and password",
                    remedy="The user name is the id of the registry, device or broker.",
                    place=Place(str(path)),
                )
            return [
                OldPassword(f"{path.name}:{rows.line_num}", row["username"] or "", row["password"] or "")
                for row in rows
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise HubError(f"the old passwords can't be read: {error}", place=Place(str(path))) from error


def _write_passwords(
    path: Path, owners: Iterable[Owner], texts: Mapping[str, str], names: Mapping[str, str]
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")  # read by shells, too
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
