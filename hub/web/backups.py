"""Backups: made, looked at, verified and downloaded by admins."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import FileResponse

from hub.web.answers import Json
from hub.web.need import ADMIN, ADMIN_SESSION, http
from hub.web.parts import Parts

_TAGS = {"tags": ["backups"]}
_Name = Annotated[str, Field(max_length=200)]
_Password = Annotated[str, Field(max_length=1_000)]


class NewBackup(BaseModel):
    """Whether the history goes in, and the password to seal it with, if any."""

    model_config = ConfigDict(extra="forbid")

    history: bool = True
    password: _Password | None = None


class NamedBackup(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: _Name
    password: _Password | None = None


class BackupsApi:
    """Whoever has a backup has everything in it, so that a token is not enough to take one away."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    @http("GET", "/api/backups", ADMIN, summary="All backups, the newest first", **_TAGS)
    async def all(self) -> Any:
        found = await self._parts.command("backup.list")
        return Json([{key: value for key, value in one.items() if key != "path"} for one in found])

    @http("POST", "/api/backups", ADMIN, summary="Make a backup", **_TAGS)
    async def make(self, given: NewBackup) -> Any:
        """Make one; it is opened and verified before it counts."""
        return Json(await self._parts.command("backup.create", **given.model_dump()), 201)

    @http("POST", "/api/backups/verify", ADMIN, summary="Verify a backup", **_TAGS)
    async def verify(self, given: NamedBackup) -> Any:
        return Json(await self._parts.command("backup.verify", **given.model_dump()))

    @http("GET", "/api/backups/download", ADMIN_SESSION, summary="Download a backup", **_TAGS)
    async def download(self, name: Annotated[str, Query(max_length=200)]) -> Any:
        path = await self._parts.house.backups.path(name)
        headers = {"Cache-Control": "no-store"}
        return FileResponse(path, filename=name, media_type="application/octet-stream", headers=headers)
