"""One client on Home Assistant's WebSocket: it logs in with a token, then its commands are answered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect

from hub.core.clock import Detach
from hub.core.errors import HubError, NotFound, ServiceRefused
from hub.web.addresses import Caller
from hub.web.answers import dumps
from hub.web.core import HOME_ASSISTANT
from hub.web.gate import CALLER
from hub.web.parts import Parts
from hub.web.who import Forbidden, Who

log = logging.getLogger(__name__)

PATIENCE = 10.0
"""Seconds that a client may take to log in."""
MOST_WAITING = 4_096
"""Messages that wait for a client that does not read; then it is let go."""

Command = Callable[["Connection", int, dict[str, Any]], "Awaitable[None] | None"]


class Bad(HubError):
    """A command that is not understood."""

    def __init__(self, code: str, problem: str) -> None:
        super().__init__(problem)
        self.code = code


class Connection:
    """A client that is connected."""

    def __init__(self, websocket: WebSocket, parts: Parts, commands: Mapping[str, Command]) -> None:
        self.parts = parts
        self.house = parts.house
        self.subscriptions: dict[int, Detach] = {}
        self._socket = websocket
        self._commands = commands
        self._who: Who | None = None
        self._last_id = 0
        self._waiting: list[bytes] = []
        self._something = asyncio.Event()
        self._together = False
        self._working: set[asyncio.Task[None]] = set()

    @property
    def who(self) -> Who:
        assert self._who is not None, "nothing is answered before the log-in"
        return self._who

    async def serve(self) -> None:
        await self._socket.accept()
        if not await self._log_in():
            return
        detach = self.parts.accounts.listen(self._something.set)
        hearing = asyncio.create_task(self._hear(), name="WebSocket client, hearing")
        saying = asyncio.create_task(self._say(), name="WebSocket client, saying")
        try:
            await asyncio.wait([hearing, saying], return_when=asyncio.FIRST_COMPLETED)
        finally:
            detach()
            for stop in self.subscriptions.values():
                stop()
            tasks = [hearing, saying, *self._working]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await self._close()

    async def _close(self) -> None:
        try:
            await self._socket.close()
        except (RuntimeError, WebSocketDisconnect):  # it is closed already
            pass

    # The log-in.

    async def _log_in(self) -> bool:
        await self._send({"type": "auth_required", "ha_version": HOME_ASSISTANT})
        try:
            async with asyncio.timeout(PATIENCE):
                given = orjson.loads(await self._socket.receive_text())
        except (TimeoutError, orjson.JSONDecodeError, WebSocketDisconnect, KeyError, RuntimeError):
            given = None
        token = given.get("access_token") if isinstance(given, dict) and given.get("type") == "auth" else None
        proof = self.parts.accounts.proof(token) if isinstance(token, str) else None
        if proof is None:
            try:
                await self._send({"type": "auth_invalid", "message": "Invalid access token or password"})
            except (RuntimeError, WebSocketDisconnect):
                return False
            await self._close()
            return False
        caller: Caller = self._socket.scope[CALLER]
        self._who = Who(proof, self.parts.accounts, self.house, address=caller.address)
        await self.parts.accounts.saw(proof)
        await self._send({"type": "auth_ok", "ha_version": HOME_ASSISTANT})
        return True

    async def _send(self, content: Mapping[str, Any]) -> None:
        await self._socket.send_text(dumps(content).decode())

    # Saying.

    def put(self, content: Mapping[str, Any]) -> None:
        """Say something as soon as the client reads."""
        self._waiting.append(dumps(content))
        self._something.set()

    def result(self, id: int, result: Any = None) -> None:
        self.put({"id": id, "type": "result", "success": True, "result": result})

    def event(self, id: int, event: Any) -> None:
        self.put({"id": id, "type": "event", "event": event})

    def trouble(self, id: int, code: str, message: str) -> None:
        told = {"code": code, "message": message}
        self.put({"id": id, "type": "result", "success": False, "error": told})

    def several_at_once(self) -> None:
        """Put messages that wait into one frame, as a list."""
        self._together = True

    async def _say(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            if not self.who.is_valid:
                return
            waiting, self._waiting = self._waiting, []
            if len(waiting) > MOST_WAITING:
                log.warning("a WebSocket client of %s does not read and is let go", self.who.account)
                return
            if self._together and len(waiting) > 1:
                await self._socket.send_text((b"[" + b",".join(waiting) + b"]").decode())
                continue
            for message in waiting:
                await self._socket.send_text(message.decode())

    # Hearing.

    async def _hear(self) -> None:
        while True:
            try:
                asked = orjson.loads(await self._socket.receive_text())
            except (WebSocketDisconnect, KeyError, RuntimeError, orjson.JSONDecodeError):
                return  # gone, or it does not speak this language
            for one in asked if isinstance(asked, list) else [asked]:
                self._obey(one)
            if len(self._waiting) > MOST_WAITING:
                return

    def _obey(self, asked: Any) -> None:
        id = asked.get("id") if isinstance(asked, dict) else None
        if not isinstance(id, int) or isinstance(id, bool) or not isinstance(asked.get("type"), str):
            self.trouble(id if isinstance(id, int) else 0, "invalid_format", "a command has an id and a type")
            return
        if id <= self._last_id:
            self.trouble(id, "id_reuse", "Identifier values have to increase.")
            return
        self._last_id = id
        command = self._commands.get(asked["type"])
        if command is None:
            self.trouble(id, "unknown_command", "Unknown command.")
            return
        try:
            outcome = command(self, id, asked)
        except Exception as error:  # one command's trouble must not end the connection
            self._fail(id, asked["type"], error)
            return
        if outcome is not None:
            task = asyncio.ensure_future(self._wait(id, asked["type"], outcome))
            self._working.add(task)
            task.add_done_callback(self._working.discard)

    async def _wait(self, id: int, type: str, outcome: Awaitable[None]) -> None:
        try:
            await outcome
        except Exception as error:  # as above
            self._fail(id, type, error)

    def _fail(self, id: int, type: str, error: Exception) -> None:
        if not isinstance(error, HubError):
            log.error("the WebSocket command %s failed: %s", type, error, exc_info=error)
            self.trouble(id, "unknown_error", "the hub could not do this; its log says why")
            return
        message = f"{error.problem.rstrip('.')}. {error.remedy}" if error.remedy else error.problem
        self.trouble(id, _code(error), message)

    # For commands.

    def subscribe(self, id: int, detach: Detach) -> None:
        self.subscriptions[id] = detach

    def must_be_admin(self) -> None:
        if not self.who.is_admin:
            raise Forbidden("Unauthorized")


def _code(error: HubError) -> str:
    if isinstance(error, Bad):
        return error.code
    if isinstance(error, Forbidden):
        return "unauthorized"
    if isinstance(error, NotFound):
        return "not_found"
    if isinstance(error, ServiceRefused):
        return "service_validation_error"
    return "home_assistant_error"


def field(asked: Mapping[str, Any], name: str, kind: type, default: Any = ...) -> Any:
    """Return a field of a command. Raises `Bad` if it is missing or of another kind."""
    value = asked.get(name, default)
    if value is ... or not (isinstance(value, kind) or (default is None and value is None)):
        raise Bad("invalid_format", f"{name!r} should be of type {kind.__name__}")
    return value
