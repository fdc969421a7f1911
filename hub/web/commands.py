"""What the terminal's commands do, for pages: registries, devices and brokers by the very same commands."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from hub.core.errors import HubError, NotFound
from hub.web.answers import Json, mapping_of
from hub.web.bodies import body, mapping
from hub.web.login import Asker
from hub.web.need import ADMIN, http
from hub.web.parts import Parts

PREFIX = "register."
_HIDDEN = ("import_yandex",)  # it reads a folder of the hub's machine


class CommandsApi:
    """`hub registry`, `hub device` and `hub broker` over the API, for admins."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    @http(
        "POST",
        "/api/register/{name}",
        ADMIN,
        summary="Do one of the commands for registries, devices and brokers",
        tags=["registries"],
        openapi_extra=body({"kind": mapping("What the command takes")}),
    )
    async def command(self, name: str, request: Request, who: Asker) -> Any:
        """Do it, and return what the command returns: a generated password or key is in it, once."""
        if f"{PREFIX}{name}" not in self._parts.commands or name in _HIDDEN or name.startswith("follow"):
            raise NotFound(f"no command is called {name!r}")
        given = {**await mapping_of(request), "by": who.account.name}
        try:
            return Json(await self._parts.command(f"{PREFIX}{name}", **given))
        except (TypeError, ValueError, AttributeError, KeyError, AssertionError) as error:
            raise HubError(f"the command does not understand this: {error}") from None
