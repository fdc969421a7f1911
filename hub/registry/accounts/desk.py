"""Answer commands about people's accounts with plain data; no answer tells a password or its hash."""

from __future__ import annotations

import inspect
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from hub.core.clock import Clock
from hub.core.errors import HubError, NotFound
from hub.registry.accounts import totp
from hub.registry.accounts.account import Account, Role, check_scopes
from hub.registry.accounts.accounts import Accounts, Refused
from hub.registry.accounts.proof import Proof, Session, Token

Answer = dict[str, Any]
PREFIX = "accounts."
MOST_DAYS = 3_650


class AccountDesk:
    """Each method is a command. `who` is a name or an id."""

    def __init__(self, accounts: Accounts, clock: Clock, house: str = "Hearth") -> None:
        self._accounts = accounts
        self._clock = clock
        self._house = house

    # People.

    def list_all(self) -> list[Answer]:
        return [about(account) for account in self._accounts.all()]

    def get(self, who: str) -> Answer:
        return about(self._accounts.find(who))

    async def create(
        self,
        name: str,
        role: str = "viewer",
        *,
        password: str | None = None,
        grants: Mapping[str, str] | None = None,
    ) -> Answer:
        """Make an account; without a password one is made up, and stands in the answer."""
        made = secrets.token_urlsafe(12) if password is None else None
        account = await self._accounts.add(name, password or made or "", Role.named(role), grants)
        return about(account) | ({"password": made} if made is not None else {})

    async def remove(self, who: str) -> None:
        await self._accounts.remove(self._accounts.find(who))

    async def set_role(self, who: str, role: str, grants: Mapping[str, str] | None = None) -> Answer:
        account = self._accounts.find(who)
        return about(await self._accounts.set_role(account, Role.named(role), grants))

    async def set_password(self, who: str, password: str | None = None) -> Answer:
        """Give another password; without one it is made up, and stands in the answer. All sessions end."""
        made = secrets.token_urlsafe(12) if password is None else None
        account = await self._accounts.set_password(self._accounts.find(who), password or made or "")
        return about(account) | ({"password": made} if made is not None else {})

    # The second factor.

    def propose_totp(self, who: str) -> Answer:
        """Return a secret for an authenticator app; it counts once a code of it is confirmed."""
        account = self._accounts.find(who)
        secret = totp.new_secret()
        return {"secret": secret, "address": totp.address_of(secret, account.name, self._house)}

    async def confirm_totp(self, who: str, secret: str, code: str) -> Answer:
        if totp.code_number(secret, code, self._clock.timestamp()) is None:
            raise HubError("this code is wrong", remedy="Are the clocks of the hub and the phone right?")
        account = await self._accounts.set_totp(self._accounts.find(who), secret)
        return await self.renew_recovery(account.id)

    async def renew_recovery(self, who: str) -> Answer:
        """Make recovery codes, for a phone that is lost; they stand in the answer, and nowhere else."""
        codes = await self._accounts.renew_recovery(self._accounts.find(who))
        return about(self._accounts.find(who)) | {"codes": codes}

    async def remove_totp(self, who: str) -> Answer:
        return about(await self._accounts.set_totp(self._accounts.find(who), None))

    # Sessions and tokens.

    def list_proofs(self, who: str | None = None) -> list[Answer]:
        """Return the sessions and tokens of somebody, or of all."""
        accounts = self._accounts.all() if who is None else [self._accounts.find(who)]
        return [
            about_proof(one, account) for account in accounts for one in self._accounts.proofs_of(account)
        ]

    async def make_token(self, who: str, name: str, scopes: Sequence[str], days: int | None = None) -> Answer:
        """Make a token; its secret stands in the answer, and nowhere else."""
        account = self._accounts.find(who)
        if not name.strip() or len(name) > 100:
            raise HubError("a token needs a name", remedy="Say in a few words what it is for.")
        if days is not None and not 0 < days <= MOST_DAYS:
            raise HubError(
                f"a token can't be good for {days} days", remedy=f"Take 1 to {MOST_DAYS}, or none."
            )
        until = None if days is None else self._clock.now() + timedelta(days=days)
        token, secret = await self._accounts.make_token(account, name.strip(), check_scopes(scopes), until)
        return about_proof(token, account) | {"token": secret}

    async def end_proof(self, id: str, who: str | None = None) -> None:
        """End a session or token, given by its id; with `who` only if it is theirs."""
        accounts = self._accounts.all() if who is None else [self._accounts.find(who)]
        found = next((p for one in accounts for p in self._accounts.proofs_of(one) if p.id == id), None)
        if found is None:
            raise NotFound(f"there is no session or token {id!r}")
        await self._accounts.end(found)

    async def confirm_password(self, account: Account, password: str, address: str) -> None:
        """Raise `Refused` if this is not the account's password, or `Locked` after too many wrong ones."""
        if not await self._accounts.is_password(account, password, address):
            raise Refused


def about(account: Account) -> Answer:
    """Say of an account what may be shown."""
    return {
        "id": account.id,
        "name": account.name,
        "role": str(account.role),
        "grants": {area: str(role) for area, role in account.grants.items()},
        "totp": account.totp is not None,
        "recovery_codes": len(account.recovery),
        "created_at": _text(account.created_at),
    }


def about_proof(proof: Proof, account: Account) -> Answer:
    """Say of a session or token what may be shown."""
    common = {
        "id": proof.id,
        "user": account.name,
        "created_at": _text(proof.created_at),
        "seen_at": _text(proof.seen_at),
        "ends_at": _text(proof.ends_at()),
    }
    if isinstance(proof, Session):
        return common | {"kind": "session", "address": proof.address, "agent": proof.agent}
    assert isinstance(proof, Token)
    return common | {"kind": "token", "name": proof.name, "scopes": [scope.value for scope in proof.scopes]}


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds").replace("+00:00", "Z")


_COMMANDS = (
    *("list_all", "get", "create", "remove", "set_role", "set_password"),
    *(
        "propose_totp",
        "confirm_totp",
        "remove_totp",
        "renew_recovery",
        "list_proofs",
        "make_token",
        "end_proof",
    ),
)


def account_commands(
    desk: Callable[[], Awaitable[AccountDesk]],
) -> dict[str, Callable[..., Any]]:
    """Return the commands under their names for the control socket; `desk` may open the accounts first."""
    return {f"{PREFIX}{name}": partial(_answer, desk, name) for name in _COMMANDS}


async def _answer(desk: Callable[[], Awaitable[AccountDesk]], name: str, /, **arguments: Any) -> Any:
    answer = getattr(await desk(), name)(**arguments)
    return await answer if inspect.isawaitable(answer) else answer
