"""What the web server offers the house's parts: an address of their own for whom they name.

A webhook is an address with a secret name, `/api/webhook/<id>`, that anybody who knows it may call. A page
is an address below `/api/plugin/` that only people with a role may. What is shown stands in the menu of the
pages, and its files answer below `/plugin/<name>/`. All are there while they are attached.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from hub.core.clock import Detach
from hub.core.errors import HubError

WEBHOOK_METHODS = ("GET", "HEAD", "PUT", "POST")
ALL_METHODS = ("GET", "HEAD", "PUT", "POST", "PATCH", "DELETE")
WebRole = Literal["viewer", "operator", "admin"]


@dataclass(frozen=True, slots=True)
class WebRequest:
    """A request as it came in. Names of headers are in lower case; `query` has the last of each name."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    address: str = ""
    is_local: bool = False
    """Whether it came from this machine or the network at home."""


@dataclass(frozen=True, slots=True)
class WebAnswer:
    """What is answered."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


WebHandler = Callable[[WebRequest], "WebAnswer | Awaitable[WebAnswer | None] | None"]
"""Answers a request; None is an empty answer with status 200."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address with a secret name."""

    id: str
    handler: WebHandler
    methods: frozenset[str]
    local_only: bool
    name: str


@dataclass(frozen=True, slots=True)
class WebPage:
    """An address for people with a role."""

    path: str
    handler: WebHandler
    methods: frozenset[str]
    role: WebRole
    open_at_home: bool = False
    """Whether the page of numbers answers the network at home without a log-in; no other page does."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page in the menu: the files of `folder`, for people with a role."""

    name: str
    title: str
    folder: Path
    role: WebRole

    @property
    def address(self) -> str:
        return f"/plugin/{self.name}/"


class Web:
    """The addresses that parts of the house asked for. They answer while the hub has `web:`."""

    def __init__(self) -> None:
        self._webhooks: dict[str, list[Webhook]] = {}
        self._pages: dict[str, WebPage] = {}
        self._shown: dict[str, Shown] = {}

    def webhook(
        self,
        id: str,
        handler: WebHandler,
        *,
        methods: Any = ("POST", "PUT"),
        local_only: bool = True,
        name: str = "",
    ) -> Detach:
        """Answer at `/api/webhook/<id>`. Several may share an id; each that takes the method is asked."""
        hook = Webhook(id, handler, frozenset(methods), local_only, name)
        self._webhooks.setdefault(id, []).append(hook)

        def detach() -> None:
            hooks = self._webhooks.get(id, [])
            if hook in hooks:
                hooks.remove(hook)
            if not hooks:
                self._webhooks.pop(id, None)

        return detach

    def webhooks(self, id: str) -> list[Webhook]:
        return list(self._webhooks.get(id, ()))

    def page(
        self,
        path: str,
        handler: WebHandler,
        *,
        role: WebRole,
        methods: Any = ("GET", "HEAD"),
        open_at_home: bool = False,
    ) -> Detach:
        """Answer at `/api/plugin/<path>` to people with that role. Raises `HubError` if it is taken.

        The page `metrics` answers at `/metrics` too, and there with `open_at_home` to the network at home.
        """
        path = path.strip("/")
        if path in self._pages:
            raise HubError(f"the address {path!r} is taken by another plugin")
        page = self._pages[path] = WebPage(path, handler, frozenset(methods), role, open_at_home)

        def detach() -> None:
            if self._pages.get(path) is page:
                del self._pages[path]

        return detach

    def page_at(self, path: str) -> WebPage | None:
        return self._pages.get(path.strip("/"))

    def show(self, name: str, title: str, folder: Path, *, role: WebRole) -> Detach:
        """Put a page into the menu, and answer with the files of `folder` at `/plugin/<name>/`."""
        shown = self._shown[name] = Shown(name, title, folder, role)

        def detach() -> None:
            if self._shown.get(name) is shown:
                del self._shown[name]

        return detach

    def shown(self) -> list[Shown]:
        return list(self._shown.values())

    def shown_at(self, name: str) -> Shown | None:
        return self._shown.get(name)
