"""Which devices announce themselves: see them, let them in or keep them out, clear up ghosts."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from hub.core.errors import NotFound
from hub.web.answers import Json
from hub.web.need import ADMIN, http
from hub.web.parts import Parts

_TAGS = {"tags": ["discovery"]}
_Days = Annotated[float, Field(ge=0, le=100_000)]
_Names = Annotated[list[Annotated[str, Field(max_length=1_024)]], Field(min_length=1, max_length=1_000)]


class Whom(BaseModel):
    """Devices by name, identifier, topic or entity id; `all` are those that wait."""

    model_config = ConfigDict(extra="forbid")

    device: _Names


class Ghosts(BaseModel):
    """Which ghosts to clear up: those that were silent for so many days, or of these only some."""

    model_config = ConfigDict(extra="forbid")

    device: Annotated[list[str], Field(max_length=1_000)] = []
    days: _Days = 7


class DiscoveryApi:
    """The same as `hub discovery`, by the services that a plugin offers for it; for admins."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def _ask(self, name: str, **data: Any) -> Any:
        services = self._parts.house.services
        if services.find("mqtt", f"discovery_{name}") is None:
            raise NotFound("nothing listens for devices that announce themselves here")
        return Json(await services.wait("mqtt", f"discovery_{name}", data, return_response=True))

    @http("GET", "/api/discovery", ADMIN, summary="Devices that announce themselves", **_TAGS)
    async def list_all(self) -> Any:
        """Return each device with its status: in, waits, or rejected."""
        return await self._ask("list")

    @http("GET", "/api/discovery/problems", ADMIN, summary="Announcements that can't be used", **_TAGS)
    async def problems(self) -> Any:
        return await self._ask("problems")

    @http("GET", "/api/discovery/ghosts", ADMIN, summary="Devices that are announced, but gone", **_TAGS)
    async def ghosts(self, days: _Days = 7) -> Any:
        return await self._ask("ghosts", days=days)

    @http("POST", "/api/discovery/ghosts/remove", ADMIN, summary="Clear ghosts up", **_TAGS)
    async def remove_ghosts(self, given: Ghosts) -> Any:
        """Empty the topics that announce them."""
        return await self._ask("ghosts", **given.model_dump(), remove=True)

    @http("POST", "/api/discovery/approve", ADMIN, summary="Let devices in that wait", **_TAGS)
    async def approve(self, given: Whom) -> Any:
        return await self._ask("approve", device=given.device)

    @http("POST", "/api/discovery/reject", ADMIN, summary="Keep devices out", **_TAGS)
    async def reject(self, given: Whom) -> Any:
        return await self._ask("reject", device=given.device)

    @http("POST", "/api/discovery/remove", ADMIN, summary="Take devices away", **_TAGS)
    async def remove(self, given: Whom) -> Any:
        """Empty the topics that announce them."""
        return await self._ask("remove", device=given.device)
