"""The hub's local control socket: who owns the hub may ask it and tell it, nobody else.

A Unix socket in the data folder that only its owner can open. One JSON object a line each way:
`{"command": ..., "arguments": {...}}` is answered by `{"result": ...}` or `{"error": ..., "remedy": ...}`.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
import logging
import os
import socket
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from hub.core.errors import HubError

log = logging.getLogger(__name__)
NAME = "control.sock"
LONGEST_LINE = 1 << 20
# sun_path holds 108 bytes; a longer path is reached through the folder's descriptor.
_LONGEST_PATH = 100

Command = Callable[..., Any]


class ControlServer:
    """Answers commands while the hub runs."""

    def __init__(self, data_dir: Path, commands: Mapping[str, Command]) -> None:
        self._path = data_dir / NAME
        self._commands = dict(commands)
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Begin to listen; raises `HubError` if another hub already runs on this data folder."""
        if _answers(self._path):
            raise HubError(
                f"another hub already runs with {self._path.parent}",
                remedy="Stop it first, or give this one another data_dir.",
            )
        self._path.unlink(missing_ok=True)
        # The socket is born owner-only: between bind and chmod nobody else may slip in.
        before = os.umask(0o177)
        try:
            with _reachable(self._path) as path:
                self._server = await asyncio.start_unix_server(self._serve, path, limit=LONGEST_LINE)
        finally:
            os.umask(before)

    async def close(self) -> None:
        if self._server is None:  # the socket there is another hub's
            return
        self._server.close()
        for client in list(self._clients):
            client.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)
        self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._clients.add(task)
            task.add_done_callback(self._clients.discard)
        try:
            while line := await reader.readline():
                writer.write(json.dumps(await self._answer(line), default=str).encode() + b"\n")
                await writer.drain()
        except (ConnectionError, ValueError):
            pass
        finally:
            writer.close()

    async def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            request = json.loads(line)
            command = self._commands[request["command"]]
            result = command(**request.get("arguments", {}))
            if inspect.isawaitable(result):
                result = await result
            return {"result": result}
        except HubError as error:
            return {"error": error.problem, "remedy": error.remedy}
        except (KeyError, TypeError, ValueError) as error:
            return {"error": f"the hub does not understand this: {error}", "remedy": ""}
        except Exception as error:  # the hub goes on; the asker hears of it
            log.exception("a control command failed")
            return {"error": f"{type(error).__name__}: {error}", "remedy": "See the hub's log."}


def ask(data_dir: Path, command: str, **arguments: Any) -> Any:
    """Send one command to the hub that runs on `data_dir`, and return its result.

    Raises `HubError` if no hub runs there, or with what the hub refuses.
    """
    with _connected(data_dir / NAME) as client:
        client.sendall(json.dumps({"command": command, "arguments": arguments}).encode() + b"\n")
        answer = json.loads(client.makefile("rb").readline() or b"{}")
    if "error" in answer:
        raise HubError(answer["error"], remedy=answer.get("remedy", ""))
    if "result" not in answer:
        raise HubError("the hub stopped before it answered")
    return answer["result"]


@contextlib.contextmanager
def _connected(path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        try:
            with _reachable(path) as short:
                client.connect(short)
        except PermissionError as error:
            raise HubError(
                f"{path} belongs to another user", remedy="Ask as the user who runs the hub."
            ) from error
        except OSError as error:
            raise HubError(
                f"no hub runs with {path.parent}", remedy="Start it with `hub run`, or name its --config."
            ) from error
        yield client


def _answers(path: Path) -> bool:
    try:
        with _connected(path):
            return True
    except HubError:
        return False


@contextlib.contextmanager
def _reachable(path: Path) -> Iterator[str]:
    """Give a name for `path` that is short enough for a socket."""
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
