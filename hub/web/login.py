"""Log in and out, and make the first admin."""

from __future__ import annotations

import hmac
import secrets
from typing import Annotated, Any

from fastapi import Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from hub.core.errors import HubError
from hub.registry.accounts import Account, Role, Session
from hub.registry.accounts.accounts import Refused
from hub.registry.accounts.desk import about, about_proof
from hub.registry.accounts.proof import LONGEST, csrf_of
from hub.web.answers import Json
from hub.web.gate import CALLER, COOKIE, SECRET, WHO
from hub.web.need import PERSON, PUBLIC, SESSION, http
from hub.web.parts import Parts
from hub.web.who import Who


def who_of(request: Request) -> Who:
    """Return who asks: the gate let in nobody else."""
    found: Who = request.scope[WHO]
    return found


Asker = Annotated[Who, Depends(who_of)]


class LogIn(BaseModel):
    """Name and password, and the code of the second factor if there is one."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=200)]
    password: Annotated[str, Field(max_length=2_000)]
    code: Annotated[str, Field(max_length=20)] | None = None


class FirstAdmin(BaseModel):
    """The one-time token that the console shows, and who the first admin is to be."""

    model_config = ConfigDict(extra="forbid")

    token: Annotated[str, Field(max_length=200)]
    name: Annotated[str, Field(max_length=200)]
    password: Annotated[str, Field(max_length=2_000)]


class Setup:
    """The one-time link: whoever sees the hub's console may make the first admin, once."""

    def __init__(self) -> None:
        self._token: str | None = None

    def begin(self) -> str:
        """Return the token that is good from now on, until it was used."""
        self._token = secrets.token_urlsafe(24)
        return self._token

    def take(self, token: str) -> bool:
        """Tell whether the token is right; it is good for nothing afterwards."""
        if self._token is None or not hmac.compare_digest(self._token.encode(), token.encode()):
            return False
        self._token = None
        return True

    def give_back(self, token: str) -> None:
        """Let a token be used again: what it was used for came to nothing."""
        self._token = token


class LogInApi:
    """What works before there is a session, and what a session says of itself."""

    def __init__(self, parts: Parts, setup: Setup) -> None:
        self._parts = parts
        self._setup = setup

    @http("POST", "/api/login", PUBLIC, tags=["log-in"], summary="Log in")
    async def log_in(self, given: LogIn, request: Request) -> Any:
        """Begin a session: the answer sets a cookie, and tells what to send as `X-CSRF-Token`."""
        accounts = self._parts.accounts
        address = request.scope[CALLER].address
        account = await accounts.check_password(given.name, given.password, given.code, address)
        return await self._begin(account, request)

    @http("POST", "/api/setup", PUBLIC, tags=["log-in"], summary="Make the first admin")
    async def set_up(self, given: FirstAdmin, request: Request) -> Any:
        """Make the first admin, with the token of the link that the hub prints when there is none."""
        accounts = self._parts.accounts
        if accounts.has_admin() or not self._setup.take(given.token):
            raise Refused
        try:
            account = await accounts.add(given.name, given.password, Role.ADMIN)
        except BaseException:
            self._setup.give_back(given.token)
            raise
        return await self._begin(account, request)

    async def _begin(self, account: Account, request: Request) -> Json:
        address = request.scope[CALLER].address
        agent = request.headers.get("user-agent", "")
        session, secret = await self._parts.accounts.begin_session(account, address, agent)
        answer = Json(
            {"user": about(account), "session": about_proof(session, account), "csrf": csrf_of(secret)}
        )
        answer.set_cookie(COOKIE, secret, max_age=int(LONGEST.total_seconds()), **_cookie(request))
        return answer

    @http("GET", "/api/session", PERSON, tags=["log-in"], summary="Who am I?")
    async def session(self, who: Asker, request: Request) -> Any:
        """Return who is logged in, and for a browser what to send as `X-CSRF-Token`."""
        secret = request.scope.get(SECRET)
        account = who.account
        return Json(
            {
                "user": about(account),
                "role": str(who.role),
                "session": about_proof(who.proof, account),
                "csrf": csrf_of(secret) if secret else None,
                "house": {
                    "name": self._parts.house.settings.name,
                    "language": self._parts.house.settings.language,
                    "time_zone": self._parts.house.settings.time_zone.key,
                },
            }
        )

    @http("POST", "/api/logout", SESSION, tags=["log-in"], summary="Log out")
    async def log_out(self, who: Asker, request: Request) -> Any:
        """End this session, at once and everywhere."""
        if not isinstance(who.proof, Session):
            raise HubError("this is no session")
        await self._parts.accounts.end(who.proof)
        answer = Json({})
        answer.delete_cookie(COOKIE, **_cookie(request))
        return answer


def _cookie(request: Request) -> dict[str, Any]:
    secure = request.scope[CALLER].scheme == "https"
    return {"httponly": True, "samesite": "strict", "secure": secure, "path": "/"}
