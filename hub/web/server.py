"""Open the web server in the hub's own loop, and close it again."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Iterator
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from hub.config.web import WebModel
from hub.core.errors import HubError
from hub.web.application import build
from hub.web.login import Setup
from hub.web.logs import LogBook
from hub.web.parts import Parts
from hub.web.static import load_files
from hub.web.tls import context_of

log = logging.getLogger(__name__)

MOST_AT_ONCE = 1_000
LARGEST_FRAME = 1 << 20
HEADER_TICKS = 200
"""Tenths of a second that a client may take until its first request is whole."""
LARGEST_HEADER = 32 << 10


class _Server(uvicorn.Server):
    """Leaves signals to the hub, and connections that never ask for anything alone for a while only."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._silent: dict[Any, int] = {}

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def on_tick(self, counter: int) -> bool:
        if counter % 10 == 0:
            self._hang_up(counter)
        return await super().on_tick(counter)

    def _hang_up(self, counter: int) -> None:
        asking = {
            connection
            for connection in self.server_state.connections
            if getattr(connection, "cycle", connection) is None
        }
        self._silent = {connection: self._silent.get(connection, counter) for connection in asking}
        for connection, since in self._silent.items():
            if counter - since > HEADER_TICKS:
                connection.transport.close()


class WebServer:
    """The server while it runs."""

    def __init__(self, app: ASGIApp, sockets: list[socket.socket], ssl: Any, model: WebModel) -> None:
        self._sockets = sockets
        self._model = model
        self._is_tls = ssl is not None
        config = uvicorn.Config(
            app,
            http="h11",
            ws="wsproto",
            ws_max_size=LARGEST_FRAME,
            ws_per_message_deflate=False,  # a house's network is fast, and its processor is not
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            limit_concurrency=MOST_AT_ONCE,
            h11_max_incomplete_event_size=LARGEST_HEADER,
            timeout_graceful_shutdown=1,
            ssl_context_factory=(lambda config, usual: ssl) if ssl is not None else None,
        )
        self._server = _Server(config)
        self._task = asyncio.create_task(self._server.serve(sockets), name="web server")
        self._task.add_done_callback(_ended)

    @classmethod
    async def open(cls, parts: Parts, setup: Setup, log_book: LogBook) -> WebServer:
        """Begin to serve. Raises `HubError` if the address is taken, or the certificate is no good."""
        settings, model = parts.house.settings, parts.model
        now = parts.house.clock.now()
        ssl = await asyncio.to_thread(context_of, model, settings.config_dir, settings.data_dir, now)
        _, gate = build(parts, setup, log_book, await asyncio.to_thread(load_files))
        return cls(gate, await _bind(model), ssl, model)

    @property
    def port(self) -> int:
        return int(self._sockets[0].getsockname()[1])

    @property
    def url(self) -> str:
        """Where a browser on this machine finds it."""
        host = self._model.host if self._model.host not in ("", "0.0.0.0", "::") else "localhost"
        host = f"[{host}]" if ":" in host else host
        return f"{'https' if self._is_tls else 'http'}://{host}:{self.port}"

    def line(self) -> str:
        """Say in words where it listens."""
        return f"{self.url}{'' if self._model.is_local else ', from other machines too'}"

    async def close(self) -> None:
        self._server.should_exit = True
        await asyncio.gather(self._task, return_exceptions=True)


def _ended(task: asyncio.Task[None]) -> None:
    error = None if task.cancelled() else task.exception()
    if error is not None:
        log.error("the web server failed and serves no more: %s", error, exc_info=error)


async def _bind(model: WebModel) -> list[socket.socket]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            model.host or None, model.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        sockets: list[socket.socket] = []
        port = model.port
        for family, address in dict.fromkeys((family, address) for family, _, _, _, address in found):
            sock = _listening(family, (address[0], port, *address[2:]))
            sockets.append(sock)
            port = sock.getsockname()[1]  # two families that take any free port take the same one
    except OSError as error:
        raise HubError(
            f"the web server can't listen on {model.host or 'every address'}:{model.port}: "
            f"{error.strerror or error}",
            remedy="If another program has this port, stop it, or take another under `web: port:`.",
        ) from None
    return sockets


def _listening(family: int, address: tuple[Any, ...]) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind(address)
    except OSError:
        sock.close()
        raise
    return sock
