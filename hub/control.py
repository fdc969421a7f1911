"""The hub's local control socket: who owns the hub may ask it and tell it, nobody else.

A Unix socket in the data folder that only its owner can open. One JSON object a line each way:
`{"command": ..., "arguments": {...}}` is answered by `{"result": ...}` or `{"error": ..., "remedy": ...}`.
A command that goes on telling is answered by any number of `{"item": ...}` before that; it ends when the
asker hangs up.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
import logging
import os
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from hub.core.errors import HubError

log = logging.getLogger(__name__)
NAME = "control.sock"
LONGEST_LINE = 1 << 20
# sun_path holds 108 bytes; a longer path is reached through the folder's descriptor.
_LONGEST_PATH = 100
_OVER = object()

Command = Callable[..., Any]
"""Returns its result, or an awaitable of it, or an asynchronous iterator of what it tells on and on."""


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
                result = await self._answer(line)
                if isinstance(result, AsyncIterator):
                    result = await _stream(result, reader, writer)
                await _write(writer, result)
        except (ConnectionError, ValueError):
            pass
        finally:
            writer.close()

    async def _answer(self, line: bytes) -> dict[str, Any] | AsyncIterator[Any]:
        try:
            request = json.loads(line)
            command = self._commands[request["command"]]
            result = command(**request.get("arguments", {}))
            if inspect.isawaitable(result):
                result = await result
        except (KeyError, TypeError, ValueError) as error:
            return {"error": f"the hub does not understand this: {error}", "remedy": ""}
        except Exception as error:  # the hub goes on; the asker hears of it
            return _failure(error)
        return result if isinstance(result, AsyncIterator) else {"result": result}


async def _stream(
    items: AsyncIterator[Any], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> dict[str, Any]:
    """Pass on what comes until it ends or the asker hangs up; return what to say last."""
    gone = asyncio.ensure_future(reader.read(1))
    coming: asyncio.Future[Any] = gone
    try:
        while True:
            coming = asyncio.ensure_future(anext(items, _OVER))
            await asyncio.wait((gone, coming), return_when=asyncio.FIRST_COMPLETED)
            if gone.done() or (item := coming.result()) is _OVER:
                return {"result": None}
            await _write(writer, {"item": item})
    except ConnectionError:
        raise
    except Exception as error:  # as for a command that does not go on
        return _failure(error)
    finally:
        gone.cancel()
        coming.cancel()
        await asyncio.gather(gone, coming, return_exceptions=True)
        if isinstance(items, AsyncGenerator):
            await items.aclose()


async def _write(writer: asyncio.StreamWriter, answer: Any) -> None:
    writer.write(json.dumps(answer, default=str).encode() + b"\n")
    await writer.drain()


def _failure(error: Exception) -> dict[str, Any]:
    if isinstance(error, HubError):
        return {"error": error.problem, "remedy": error.remedy}
    log.error("a control command failed", exc_info=error)
    return {"error": f"{type(error).__name__}: {error}", "remedy": "See the hub's log."}


def ask(data_dir: Path, command: str, **arguments: Any) -> Any:
    """Send one command to the hub that runs on `data_dir`, and return its result.

    Raises `HubError` if no hub runs there, or with what the hub refuses.
    """
    return next(answer for is_last, answer in _answers_to(data_dir, command, arguments) if is_last)


def follow(data_dir: Path, command: str, **arguments: Any) -> Iterator[Any]:
    """Yield what a command goes on telling, until it ends; who takes no more of it ends it.

    Raises `HubError` if no hub runs there, with what the hub refuses, and when the hub stops.
    """
    return (answer for is_last, answer in _answers_to(data_dir, command, arguments) if not is_last)


def _answers_to(data_dir: Path, command: str, arguments: Mapping[str, Any]) -> Iterator[tuple[bool, Any]]:
    """Yield what the hub tells, each with whether it is the last."""
    with _connected(data_dir / NAME) as client, client.makefile("rb") as lines:
        client.sendall(json.dumps({"command": command, "arguments": arguments}).encode() + b"\n")
        for line in lines:
            answer = json.loads(line)
            if "error" in answer:
                raise HubError(answer["error"], remedy=answer.get("remedy", ""))
            is_last = "result" in answer
            yield is_last, answer["result" if is_last else "item"]
            if is_last:
                return
    raise HubError("the hub stopped before it answered")


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
