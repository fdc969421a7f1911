"""The pages of plugins: their files, what they answer, and which of them stand in whose menu."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.core.errors import NotFound
from hub.core.web import Shown, WebRole
from hub.registry.accounts import Role
from hub.web.answers import Json
from hub.web.gate import CALLER
from hub.web.login import Asker
from hub.web.need import PERSON, http
from hub.web.parts import Parts
from hub.web.static import File, answer_with, load_files
from hub.web.webhooks import answered, request_of, response_of
from hub.web.who import Forbidden, Who

INDEX = "index.html"


class PluginPagesApi:
    """Addresses that plugins answer, for people with the role that each asks for."""

    def __init__(self, parts: Parts) -> None:
        self._web = parts.house.web
        self._files: dict[str, tuple[Shown, dict[str, File]]] = {}

    @http("GET", "/api/pages", PERSON, summary="Pages of plugins in the menu", tags=["hub"])
    async def menu(self, who: Asker) -> Any:
        """The pages of plugins that whoever asks may see."""
        return Json(
            [
                {"name": page.name, "title": page.title, "address": page.address}
                for page in self._web.shown()
                if _may(who, page.role)
            ]
        )

    @http("GET HEAD PUT POST PATCH DELETE", "/api/plugin/{path:path}", PERSON, include_in_schema=False)
    async def answer(self, path: str, request: Request, who: Asker) -> Any:
        page = self._web.page_at(path)
        if page is None:
            raise NotFound("there is nothing here")
        _check(who, page.role)
        if request.method not in page.methods:
            raise HTTPException(405, headers={"Allow": ", ".join(sorted(page.methods))})
        return response_of(await answered(page.handler, await request_of(request, request.scope[CALLER])))

    @http("GET HEAD", "/plugin/{name}", PERSON, include_in_schema=False)
    async def begin(self, name: str, who: Asker) -> Response:
        """Addresses in a page's files are relative to its folder."""
        return RedirectResponse(self._page(name, who).address)

    @http("GET HEAD", "/plugin/{name}/{path:path}", PERSON, include_in_schema=False)
    async def file(self, name: str, path: str, request: Request, who: Asker) -> Response:
        file = (await self._files_of(self._page(name, who))).get(path or INDEX)
        if file is None:
            raise NotFound("there is nothing here")
        return answer_with(file, request)

    def _page(self, name: str, who: Who) -> Shown:
        page = self._web.shown_at(name)
        if page is None:
            raise NotFound("there is nothing here")
        _check(who, page.role)
        return page

    async def _files_of(self, page: Shown) -> dict[str, File]:
        """Read the files of a page once; those of a page that took its place, anew."""
        known = self._files.get(page.name)
        if known is None or known[0] is not page:
            known = self._files[page.name] = (page, await asyncio.to_thread(load_files, page.folder))
        return known[1]


def _may(who: Who, role: WebRole) -> bool:
    return who.role >= Role.named(role)


def _check(who: Who, role: WebRole) -> None:
    if not _may(who, role):
        raise Forbidden(f"this needs {role}", remedy="Ask somebody who is admin.")
