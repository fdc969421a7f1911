"""Keep in `hub.db` what no YAML declares: whatever a command was told is done is on the disk."""

from __future__ import annotations

import asyncio
import json
import secrets
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiosqlite

from hub.core.database_file import make_private, migrate
from hub.core.errors import HubError, Place
from hub.registry import schema
from hub.registry.audit import Audited
from hub.registry.connections import Line
from hub.registry.credentials import Secret
from hub.registry.owners import Broker, Certificate, Device, Owner, Password, Registry, Token

FILE = "hub.db"
Statement = tuple[str, Sequence[Sequence[object]]]
"""What is said to the database, and the rows it is said of."""
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA busy_timeout = 5000",
    "PRAGMA trusted_schema = OFF",
)


@dataclass(slots=True)
class Contents:
    """What was kept. Credentials of owners that the YAML declares stand by their ids."""

    owners: list[Owner] = field(default_factory=list)
    certificates: Mapping[str, list[Certificate]] = field(default_factory=dict)
    passwords: Mapping[str, list[Password]] = field(default_factory=dict)
    declared: dict[str, datetime] = field(default_factory=dict)
    """When each that the YAML declares was first seen."""
    activity: dict[str, str] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)


class Database:
    """The file while it is open. Each call is one transaction."""

    def __init__(self, db: aiosqlite.Connection, key: bytes) -> None:
        self._db = db
        self._turn = asyncio.Lock()
        self.key = key
        """What digests of made-up passwords are made with."""

    @classmethod
    async def open(cls, folder: Path) -> Database:
        """Open the file in a folder, made or brought to today's schema if need be. Raises `HubError`."""
        path = folder / FILE
        try:
            db = await open_file(path)
        except (sqlite3.Error, OSError) as error:
            raise HubError(
                f"the registries can't be read: {error}",
                remedy="Look at who may read the file; if it is damaged, put back a backup.",
                place=Place(str(path)),
            ) from error
        return cls(db, await _key(db))

    async def close(self) -> None:
        await self._db.close()

    async def load(self) -> Contents:
        """Return all that is kept."""
        contents = Contents(certificates=await self._certificates(), passwords=await self._passwords())
        for kind, read in (("registry", _registry), ("broker", _broker), ("device", _device)):
            for row in await self._db.execute_fetchall(schema.LOAD[kind]):
                contents.owners.append(read(row))
        rows = await self._db.execute_fetchall(schema.LOAD_DECLARED)
        contents.declared = {id: datetime.fromisoformat(at) for id, at in rows}
        rows = await self._db.execute_fetchall(schema.LOAD_ACTIVITY)
        contents.activity = {id: str(data) for id, data in rows}
        rows = await self._db.execute_fetchall(schema.LOAD_LINES)
        contents.lines = [Line(login, datetime.fromisoformat(at), text) for login, at, text in rows]
        return contents

    async def save(
        self, owners: Iterable[Owner], removed: Iterable[Owner] = (), audit: Iterable[Audited] = ()
    ) -> None:
        """Keep owners as they are now, with their credentials, drop others, and write down who did it: all
        together or nothing."""
        statements: list[Statement] = []
        for owner in removed:
            statements += _removal(owner)
        for owner in owners:
            statements += _saving(owner)
        await self._write([*statements, (schema.SAVE_AUDIT, [_audit_row(event) for event in audit])])

    async def record(self, audit: Iterable[Audited]) -> None:
        """Write down what was done elsewhere."""
        await self._write([(schema.SAVE_AUDIT, [_audit_row(event) for event in audit])])

    async def audited(
        self, since: datetime | None, until: datetime | None, id: str | None, limit: int
    ) -> list[Audited]:
        """Return the latest actions of a period, the newest last; with an id those on it and its devices."""
        bounds = (_iso(since), _iso(until), id, limit)
        rows = list(await self._db.execute_fetchall(schema.LOAD_AUDIT, bounds))
        return [_audited(row) for row in reversed(rows)]

    async def first_seen(self, ids: Iterable[str], at: datetime) -> None:
        """Remember when the YAML began to declare these, as far as that is not known."""
        await self._write([(schema.SAVE_DECLARED, [(id, at.isoformat()) for id in ids])])

    async def save_activity(self, activity: Mapping[str, str]) -> None:
        await self._write([(schema.SAVE_ACTIVITY, list(activity.items()))])

    async def save_lines(self, lines: Iterable[Line]) -> None:
        """Add to the connection log."""
        rows = [(line.login, line.at.isoformat(), line.text) for line in lines]
        await self._write([(schema.SAVE_LINE, rows)])

    async def _write(self, statements: Sequence[Statement]) -> None:
        if not any(rows for _, rows in statements):
            return
        async with self._turn:
            await self._db.execute("BEGIN IMMEDIATE")
            try:
                for statement, rows in statements:
                    await self._db.executemany(statement, rows)
                await self._db.commit()
            except BaseException:
                await self._db.rollback()
                raise

    async def _certificates(self) -> dict[str, list[Certificate]]:
        found: dict[str, list[Certificate]] = defaultdict(list)
        for owner_id, fingerprint, pem, at in await self._db.execute_fetchall(schema.LOAD_CERTIFICATES):
            found[owner_id].append(Certificate(fingerprint, pem, datetime.fromisoformat(at)))
        return found

    async def _passwords(self) -> dict[str, list[Password]]:
        found: dict[str, list[Password]] = defaultdict(list)
        for owner_id, id, kind, proof, at in await self._db.execute_fetchall(schema.LOAD_PASSWORDS):
            made = Token(proof) if kind == "token" else Secret(proof.decode())
            found[owner_id].append(Password(id, made, datetime.fromisoformat(at)))
        return found


def _saving(owner: Owner) -> list[Statement]:
    """Return what to say to keep an owner; of one that the YAML declares only what was added to it."""
    certificates = [
        (one.fingerprint, owner.id, one.pem, one.created_at.isoformat())
        for one in owner.certificates
        if not one.source
    ]
    passwords = [
        (one.id, owner.id, *_proof(one), one.created_at.isoformat())
        for one in owner.passwords
        if not one.source
    ]
    return [
        (schema.SAVE[owner.kind], [] if owner.source else [_row(owner)]),
        (schema.DELETE_CERTIFICATES, [(owner.id,)]),
        (schema.DELETE_PASSWORDS, [(owner.id,)]),
        (schema.SAVE_CERTIFICATE, certificates),
        (schema.SAVE_PASSWORD, passwords),
    ]


def _removal(owner: Owner) -> list[Statement]:
    statements = [schema.DELETE[owner.kind], schema.DELETE_CERTIFICATES, schema.DELETE_PASSWORDS]
    by_id = [(statement, [(owner.id,)]) for statement in (*statements, schema.DELETE_ACTIVITY)]
    return [*by_id, (schema.DELETE_LINES, [(owner.login,)])]


def _audit_row(event: Audited) -> tuple[object, ...]:
    at, details = event.at.isoformat(), json.dumps(dict(event.details))
    return at, event.by, event.action, event.kind, event.id, event.name, event.registry_id, details


def _audited(row: Sequence[Any]) -> Audited:
    at, by, action, kind, id, name, registry_id, details = row
    return Audited(datetime.fromisoformat(at), by, action, kind, id, name, registry_id, json.loads(details))


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()


def _row(owner: Owner) -> tuple[object, ...]:
    labels = json.dumps(dict(owner.labels))
    common = (owner.id, owner.name, owner.description, labels, owner.created_at.isoformat())
    if isinstance(owner, Registry):
        return (*common, int(owner.enabled))
    if isinstance(owner, Device):
        return (*common, owner.registry_id, json.dumps(dict(owner.aliases)))
    return common


def _proof(password: Password) -> tuple[str, bytes]:
    if isinstance(password.proof, Token):
        return "token", password.proof.digest
    assert password.proof.hash is not None, "a password that is not declared is kept as its hash"
    return "argon2id", password.proof.hash.encode()


def _registry(row: sqlite3.Row) -> Owner:
    id, name, description, labels, at, enabled = row
    return Registry(
        id=id,
        name=name,
        description=description,
        labels=json.loads(labels),
        created_at=datetime.fromisoformat(at),
        enabled=bool(enabled),
    )


def _device(row: sqlite3.Row) -> Owner:
    id, name, description, labels, at, registry_id, aliases = row
    return Device(
        id=id,
        name=name,
        description=description,
        labels=json.loads(labels),
        created_at=datetime.fromisoformat(at),
        registry_id=registry_id,
        aliases=json.loads(aliases),
    )


def _broker(row: sqlite3.Row) -> Owner:
    id, name, description, labels, at = row
    made = datetime.fromisoformat(at)
    return Broker(id=id, name=name, description=description, labels=json.loads(labels), created_at=made)


async def open_file(path: Path) -> aiosqlite.Connection:
    """Open `hub.db`, made or brought to today's schema if need be."""
    await asyncio.to_thread(make_private, path)
    db = await aiosqlite.connect(path, isolation_level=None)
    try:
        for pragma in _PRAGMAS:
            await db.execute(pragma)
        await migrate(db, path, schema.MIGRATIONS, application_id=schema.APPLICATION_ID, keeps_former=True)
        for statement in schema.PRUNE:
            await db.execute(statement)
    except BaseException:
        await db.close()
        raise
    return db


async def _key(db: aiosqlite.Connection) -> bytes:
    """Return the key of this database, made with it."""
    rows = list(await db.execute_fetchall(schema.LOAD_KEY, ("tokens",)))
    if rows:
        return bytes(rows[0][0])
    key = secrets.token_bytes(32)
    await db.execute(schema.SAVE_KEY, ("tokens", key))
    return key
