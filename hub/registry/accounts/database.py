"""Keep accounts, sessions and tokens in `hub.db`. Each call is one transaction."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import aiosqlite

from hub.core.errors import HubError, Place
from hub.registry.accounts.account import Account, Role, Scope
from hub.registry.accounts.proof import Proof, Session, Token
from hub.registry.database import FILE, open_file

_LOAD_ACCOUNTS = (
    "SELECT id, name, role, grants, password, totp, totp_used, created_at, recovery FROM accounts "
    "ORDER BY created_at, id"
)
_LOAD_SESSIONS = "SELECT id, digest, account_id, created_at, seen_at, address, agent FROM sign_ins"
_LOAD_TOKENS = "SELECT id, digest, account_id, name, scopes, created_at, seen_at, expires_at FROM tokens"
# Not REPLACE: that would delete the row first, and with it the sessions.
_SAVE_ACCOUNT = (
    "INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
    "name = excluded.name, role = excluded.role, grants = excluded.grants, password = excluded.password, "
    "totp = excluded.totp, totp_used = excluded.totp_used, recovery = excluded.recovery"
)
_SAVE_SESSION = "INSERT OR REPLACE INTO sign_ins VALUES (?, ?, ?, ?, ?, ?, ?)"
_SAVE_TOKEN = "INSERT OR REPLACE INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_DELETE_ACCOUNT = "DELETE FROM accounts WHERE id = ?"
_DELETE_SESSION = "DELETE FROM sign_ins WHERE id = ?"
_DELETE_TOKEN = "DELETE FROM tokens WHERE id = ?"


class AccountDatabase:
    """The part of the file that is about people, while it is open."""

    def __init__(self, db: aiosqlite.Connection) -> None:
        self._db = db
        self._turn = asyncio.Lock()

    @classmethod
    async def open(cls, folder: Path) -> AccountDatabase:
        """Open the file in a folder, made if need be. Raises `HubError`."""
        path = folder / FILE
        try:
            db = await open_file(path)
            await db.execute("PRAGMA foreign_keys = ON")
        except (sqlite3.Error, OSError) as error:
            raise HubError(
                f"the accounts can't be read: {error}",
                remedy="Look at who may read the file; if it is damaged, put back a backup.",
                place=Place(str(path)),
            ) from error
        return cls(db)

    async def close(self) -> None:
        await self._db.close()

    async def accounts(self) -> list[Account]:
        return [_account(row) for row in await self._db.execute_fetchall(_LOAD_ACCOUNTS)]

    async def proofs(self) -> list[Proof]:
        sessions = [_session(row) for row in await self._db.execute_fetchall(_LOAD_SESSIONS)]
        return [*sessions, *(_token(row) for row in await self._db.execute_fetchall(_LOAD_TOKENS))]

    async def save_account(self, account: Account) -> None:
        row = (
            account.id,
            account.name,
            str(account.role),
            json.dumps({area: str(role) for area, role in account.grants.items()}),
            account.password,
            account.totp,
            account.totp_used,
            account.created_at.isoformat(),
            json.dumps(account.recovery),
        )
        await self._write([(_SAVE_ACCOUNT, row)])

    async def delete_account(self, account: Account) -> None:
        """Delete an account, and with it its sessions and tokens."""
        await self._write([(_DELETE_ACCOUNT, (account.id,))])

    async def save_proofs(self, proofs: Iterable[Proof]) -> None:
        await self._write([_saving(proof) for proof in proofs])

    async def delete_proofs(self, proofs: Iterable[Proof]) -> None:
        await self._write(
            [
                (_DELETE_SESSION if isinstance(proof, Session) else _DELETE_TOKEN, (proof.id,))
                for proof in proofs
            ]
        )

    async def _write(self, statements: Sequence[tuple[str, Sequence[object]]]) -> None:
        if not statements:
            return
        async with self._turn:
            try:
                await self._db.execute("BEGIN IMMEDIATE")
                for statement, row in statements:
                    await self._db.execute(statement, row)
                await self._db.commit()
            except sqlite3.Error as error:
                await self._db.rollback()
                raise HubError(f"this can't be stored: {error}") from error
            except BaseException:
                await self._db.rollback()
                raise


def _saving(proof: Proof) -> tuple[str, Sequence[object]]:
    common = (proof.id, proof.digest, proof.account_id)
    if isinstance(proof, Session):
        times = (proof.created_at.isoformat(), proof.seen_at.isoformat())
        return _SAVE_SESSION, (*common, *times, proof.address, proof.agent)
    scopes = json.dumps([scope.value for scope in proof.scopes])
    ends = (_text(proof.seen_at), _text(proof.expires_at))
    return _SAVE_TOKEN, (*common, proof.name, scopes, proof.created_at.isoformat(), *ends)


def _account(row: Any) -> Account:
    id, name, role, grants, password, totp, totp_used, at, recovery = row
    return Account(
        id=id,
        name=name,
        role=Role.named(role),
        grants={area: Role.named(granted) for area, granted in json.loads(grants).items()},
        password=password,
        totp=totp,
        totp_used=totp_used,
        created_at=datetime.fromisoformat(at),
        recovery=tuple(json.loads(recovery)),
    )


def _session(row: Any) -> Session:
    id, digest, account_id, created_at, seen_at, address, agent = row
    return Session(
        id=id,
        digest=bytes(digest),
        account_id=account_id,
        created_at=datetime.fromisoformat(created_at),
        seen_at=datetime.fromisoformat(seen_at),
        address=address,
        agent=agent,
    )


def _token(row: Any) -> Token:
    id, digest, account_id, name, scopes, created_at, seen_at, expires_at = row
    return Token(
        id=id,
        digest=bytes(digest),
        account_id=account_id,
        name=name,
        scopes=tuple(Scope(scope) for scope in json.loads(scopes)),
        created_at=datetime.fromisoformat(created_at),
        seen_at=_time(seen_at),
        expires_at=_time(expires_at),
    )


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
