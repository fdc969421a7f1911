"""The pages and answers of plugins, asked without a browser and without a socket."""

from __future__ import annotations

import inspect
from collections.abc import Mapping

from hub.core.errors import NotFound
from hub.core.web import WebAnswer, WebRequest, WebRole
from hub.testing.house import SimulatedHouse

_ROLES: tuple[WebRole, ...] = ("viewer", "operator", "admin")


class SimulatedPages:
    """What somebody with a role would see of the house's pages."""

    def __init__(self, house: SimulatedHouse) -> None:
        self._web = house.house.web

    def menu(self, role: WebRole = "admin") -> list[str]:
        """Return the titles of the pages that stand in the menu of somebody with that role."""
        return [page.title for page in self._web.shown() if _may(role, page.role)]

    def file(self, name: str, path: str = "index.html") -> str:
        """Return the text of a page's file. Raises `NotFound`."""
        page = self._web.shown_at(name)
        if page is None or not (page.folder / path).is_file():
            raise NotFound(f"there is no /plugin/{name}/{path}")
        return (page.folder / path).read_text(encoding="utf-8")

    async def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        role: WebRole = "admin",
        query: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> WebAnswer:
        """Ask `/api/plugin/<path>`; the status is 404, 403 or 405 where the hub's would be."""
        page = self._web.page_at(path)
        if page is None:
            return WebAnswer(status=404)
        if not _may(role, page.role):
            return WebAnswer(status=403)
        if method not in page.methods:
            return WebAnswer(status=405)
        request = WebRequest(method, f"/api/plugin/{path}", query or {}, body=body, is_local=True)
        answer = page.handler(request)
        if inspect.isawaitable(answer):
            answer = await answer
        return answer or WebAnswer()


def _may(role: WebRole, needed: WebRole) -> bool:
    return _ROLES.index(role) >= _ROLES.index(needed)
