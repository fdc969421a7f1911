"""Open the pages of a house: the first that is imported of the web server, and only when it is wanted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hub.core.clock import Detach
from hub.web.login import Setup
from hub.web.logs import LogBook
from hub.web.parts import Parts
from hub.web.server import WebServer


class OpenPages:
    """The web server, and what the console says of it."""

    def __init__(self, server: WebServer, parts: Parts, setup: Setup, close_log: Detach) -> None:
        self._server = server
        self._parts = parts
        self._setup = setup
        self._close_log = close_log

    @property
    def port(self) -> int:
        return self._server.port

    def lines(self) -> Iterator[str]:
        yield f"pages: {self._server.line()}"
        if not self._parts.accounts.has_admin():
            base = self._parts.model.external_url or self._server.url
            yield f"nobody can log in yet; make the first admin (once): {base}/setup#{self._setup.begin()}"

    async def close(self) -> None:
        await self._server.close()
        self._close_log()


async def open_pages(parts: Mapping[str, Any]) -> OpenPages:
    """Begin to serve. Raises `HubError`."""
    whole = Parts(**parts)
    if whole.model.external_url is None:
        external = whole.house.settings.external_url
        whole.model = whole.model.model_copy(update={"external_url": external})
    setup, log_book = Setup(), LogBook()
    close_log = log_book.open()
    try:
        return OpenPages(await WebServer.open(whole, setup, log_book), whole, setup, close_log)
    except BaseException:
        close_log()
        raise
