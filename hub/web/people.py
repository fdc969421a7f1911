"""People's accounts: one's own password, second factor, sessions and tokens; for admins those of all."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from hub.core.errors import HubError
from hub.registry.accounts import Role, Scope
from hub.registry.accounts.account import check_scopes
from hub.registry.accounts.accounts import Accounts
from hub.registry.accounts.desk import AccountDesk
from hub.web.answers import Json
from hub.web.login import Asker
from hub.web.need import ADMIN_SESSION, SESSION, http
from hub.web.parts import Parts
from hub.web.who import Forbidden

_Text = Annotated[str, Field(max_length=2_000)]
_ME = {"tags": ["my account"]}
_USERS = {"tags": ["users"]}


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewPassword(_Given):
    """Another password; `current` is asked for, so that a browser left alone is not enough."""

    current: _Text
    password: _Text


class PasswordOnly(_Given):
    password: _Text


class TotpCode(_Given):
    """The secret that was proposed, and a code that an app made of it."""

    password: _Text
    secret: _Text
    code: _Text


class NewToken(_Given):
    name: _Text
    scopes: list[str]
    days: int | None = None
    password: _Text
    """One's own: whoever has a token needs no password any more."""


class NewUser(_Given):
    name: _Text
    role: str = "viewer"
    grants: dict[str, str] = Field(default_factory=dict)
    password: _Text | None = None
    """None lets the hub make one up; the answer shows it once."""


class ChangedUser(_Given):
    role: str | None = None
    grants: dict[str, str] | None = None
    password: _Text | None = None
    new_password: bool = False
    """Make a password up, and show it once."""
    totp: bool | None = None
    """False takes the second factor away, for somebody who lost the phone."""


class PeopleApi:
    """Everything here needs a log-in with a password: a token can't make more tokens."""

    def __init__(self, parts: Parts) -> None:
        self._accounts: Accounts = parts.accounts
        self._desk: AccountDesk = parts.desk

    # One's own.

    @http("POST", "/api/account/password", SESSION, summary="Change my password", **_ME)
    async def change_password(self, given: NewPassword, who: Asker) -> Any:
        """Change it; all other sessions end."""
        account = who.account
        await self._desk.confirm_password(account, given.current, who.address)
        await self._accounts.set_password(account, given.password, keep=who.proof)
        return Json({})

    @http("GET", "/api/account/access", SESSION, summary="My sessions and tokens", **_ME)
    async def access(self, who: Asker) -> Any:
        shown = self._desk.list_proofs(who.account.id)
        return Json([{**one, "current": one["id"] == who.proof.id} for one in shown])

    @http("DELETE", "/api/account/access/{id}", SESSION, summary="End a session or token of mine", **_ME)
    async def end_access(self, id: str, who: Asker) -> Any:
        await self._desk.end_proof(id, who.account.id)
        return Json({})

    @http("POST", "/api/account/tokens", SESSION, summary="Make a long-lived token", **_ME)
    async def make_token(self, given: NewToken, who: Asker) -> Any:
        """Make a token; the answer shows it, and nothing does so again."""
        account = who.account
        await self._desk.confirm_password(account, given.password, who.address)
        too_much = [scope for scope in check_scopes(given.scopes) if not _may_have(account.role, scope)]
        if too_much:
            raise Forbidden(f"a {account.role} can't have a token for {too_much[0].value}")
        return Json(await self._desk.make_token(account.id, given.name, given.scopes, given.days), 201)

    @http("POST", "/api/account/totp/propose", SESSION, summary="Begin with a second factor", **_ME)
    async def propose_totp(self, who: Asker) -> Any:
        """Return a secret for an authenticator app, and its address for a QR code."""
        return Json(self._desk.propose_totp(who.account.id))

    @http("POST", "/api/account/totp", SESSION, summary="Ask for a second factor from now on", **_ME)
    async def confirm_totp(self, given: TotpCode, who: Asker) -> Any:
        account = who.account
        await self._desk.confirm_password(account, given.password, who.address)
        return Json(await self._desk.confirm_totp(account.id, given.secret, given.code))

    @http("POST", "/api/account/totp/recovery", SESSION, summary="Make new recovery codes", **_ME)
    async def renew_recovery(self, given: PasswordOnly, who: Asker) -> Any:
        """Make codes for a phone that is lost; the answer shows them, and older ones are good no more."""
        account = who.account
        await self._desk.confirm_password(account, given.password, who.address)
        return Json(await self._desk.renew_recovery(account.id))

    @http("POST", "/api/account/totp/remove", SESSION, summary="Ask for no second factor", **_ME)
    async def remove_totp(self, given: PasswordOnly, who: Asker) -> Any:
        account = who.account
        await self._desk.confirm_password(account, given.password, who.address)
        return Json(await self._desk.remove_totp(account.id))

    # All people, for admins.

    @http("GET", "/api/users", ADMIN_SESSION, summary="All users", **_USERS)
    async def users(self) -> Any:
        return Json(self._desk.list_all())

    @http("POST", "/api/users", ADMIN_SESSION, summary="Make a user", **_USERS)
    async def add(self, given: NewUser) -> Any:
        made = await self._desk.create(given.name, given.role, password=given.password, grants=given.grants)
        return Json(made, 201)

    @http("GET", "/api/users/{id}", ADMIN_SESSION, summary="One user", **_USERS)
    async def user(self, id: str) -> Any:
        return Json({**self._desk.get(id), "access": self._desk.list_proofs(id)})

    @http("PATCH", "/api/users/{id}", ADMIN_SESSION, summary="Change a user", **_USERS)
    async def change(self, id: str, given: ChangedUser) -> Any:
        """Change role, areas or password, or take the second factor away."""
        account = self._accounts.find(id)
        if given.role is not None or given.grants is not None:
            role = account.role if given.role is None else Role.named(given.role)
            await self._accounts.set_role(account, role, given.grants)
        if given.totp is True:
            raise HubError("only its owner can begin with a second factor")
        if given.totp is False:
            await self._desk.remove_totp(account.id)
        if given.password is not None or given.new_password:
            return Json(await self._desk.set_password(account.id, given.password))
        return Json(self._desk.get(account.id))

    @http("DELETE", "/api/users/{id}", ADMIN_SESSION, summary="Delete a user", **_USERS)
    async def remove(self, id: str) -> Any:
        """Delete somebody; their sessions and tokens end at once."""
        await self._desk.remove(self._accounts.find(id).id)
        return Json({})

    @http(
        "DELETE", "/api/users/{id}/access/{proof}", ADMIN_SESSION, summary="End a session or token", **_USERS
    )
    async def end_access_of(self, id: str, proof: str) -> Any:
        await self._desk.end_proof(proof, self._accounts.find(id).id)
        return Json({})


def _may_have(role: Role, scope: Scope) -> bool:
    if scope.role is not Role.GUEST:
        return role >= scope.role
    return role is Role.ADMIN or (scope is Scope.IOT_VIEWER and role >= Role.VIEWER)
