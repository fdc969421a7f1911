"""The socket of one page: takes subscriptions, and sends what is new, four times a second at most."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect

from hub.core.errors import HubError
from hub.web.answers import dumps
from hub.web.gate import WHO
from hub.web.live.channel import Channel
from hub.web.live.lists import PUBLIC_EVENTS, events_channel, logs_channel, traces_channel
from hub.web.live.mqtt import MessagesChannel, TopicsChannel
from hub.web.live.states import StatesChannel, Written
from hub.web.logs import LogBook
from hub.web.need import PERSON, socket
from hub.web.parts import Parts
from hub.web.who import Forbidden, Who

PAUSE = 0.25
"""Seconds between two frames."""
MOST_CHANNELS = 64
MOST_ENTITIES = 5_000
OVER = 4001
"""How a socket is closed whose log-in is over: the page shows the log-in."""
_NAMES = ("states", "mqtt.topics", "mqtt.messages", "traces", "logs", "events")


class LiveApi:
    """`/api/live`; docs/api.md says what is said there."""

    def __init__(self, parts: Parts, log_book: LogBook) -> None:
        self.parts = parts
        self.log_book = log_book
        self.written = Written()

    @socket("/api/live", PERSON)
    async def live(self, websocket: WebSocket) -> None:
        await websocket.accept()
        await Page(self, websocket, websocket.scope[WHO]).serve()


class Page:
    """One page that is open somewhere."""

    def __init__(self, api: LiveApi, websocket: WebSocket, who: Who) -> None:
        self._api = api
        self._parts = api.parts
        self._socket = websocket
        self._who = who
        self._channels: dict[int, Channel] = {}
        self._for_admins: set[int] = set()
        self._answers: list[bytes] = []
        self._something = asyncio.Event()
        self._at_once = asyncio.Event()

    async def serve(self) -> None:
        detach = self._parts.accounts.listen(self._look_again)
        hearing = asyncio.create_task(self._hear(), name="live page, hearing")
        saying = asyncio.create_task(self._say(), name="live page, saying")
        try:
            await asyncio.wait([hearing, saying], return_when=asyncio.FIRST_COMPLETED)
        finally:
            detach()
            for channel in self._channels.values():
                channel.close()
            for task in (hearing, saying):
                task.cancel()
            await asyncio.gather(hearing, saying, return_exceptions=True)
        await self._close()

    async def _close(self) -> None:
        try:
            await self._socket.close(1000 if self._who.is_valid else OVER)
        except (RuntimeError, WebSocketDisconnect):  # it is closed already
            pass

    def _look_again(self) -> None:
        """Somebody may do less than before: maybe it is this one."""
        if not self._who.is_valid:
            self._at_once.set()
            self._something.set()
            return
        if not self._who.is_admin:
            for number in self._for_admins & self._channels.keys():
                self._channels.pop(number).close()

    # Saying.

    async def _say(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            if not self._who.is_valid:
                return
            frame = self._frame()
            if frame is not None:
                await self._socket.send_text(frame.decode())
            await self._pause()

    async def _pause(self) -> None:
        """Wait for the next turn; an answer does not wait."""
        try:
            async with asyncio.timeout(PAUSE):
                await self._at_once.wait()
        except TimeoutError:
            return
        self._at_once.clear()

    def _frame(self) -> bytes | None:
        parts, self._answers = self._answers, []
        for number, channel in self._channels.items():
            told = channel.take()
            if told is not None:
                parts.append(b'{"id":%d,%s}' % (number, told))
        return b"[" + b",".join(parts) + b"]" if parts else None

    def _answer(self, **content: Any) -> None:
        self._answers.append(dumps(content))
        self._at_once.set()
        self._something.set()

    # Hearing.

    async def _hear(self) -> None:
        while True:
            try:
                text = await self._socket.receive_text()
            except (WebSocketDisconnect, KeyError, RuntimeError):  # gone, or it sent bytes
                return
            self._understand(text)

    def _understand(self, text: str) -> None:
        number: Any = None
        try:
            asked = orjson.loads(text)
            if not isinstance(asked, dict):
                raise HubError("a message is a JSON object")
            number = asked.get("id")
            if "ping" in asked:
                self._answer(pong=asked["ping"])
                return
            if not isinstance(number, int) or isinstance(number, bool):
                raise HubError("a message needs an `id`", remedy="Number them from 1 on.")
            self._obey(number, asked)
        except orjson.JSONDecodeError:
            self._answer(id=number, problem="this is no JSON", remedy="")
        except HubError as error:
            self._answer(id=number, problem=error.problem, remedy=error.remedy)

    def _obey(self, number: int, asked: dict[str, Any]) -> None:
        known = self._channels.pop(number, None)
        if known is not None:
            known.close()
        if "unsubscribe" in asked:
            self._answer(id=number, ok=True)
            return
        if len(self._channels) >= MOST_CHANNELS:
            raise HubError(f"more than {MOST_CHANNELS} subscriptions")
        channel = self._channel(number, str(asked.get("subscribe")), asked)
        self._answer(id=number, ok=True)
        self._channels[number] = channel

    def _channel(self, number: int, name: str, asked: dict[str, Any]) -> Channel:
        house, who, wake = self._parts.house, self._who, self._something.set
        self._for_admins.discard(number)
        if name == "states":
            return StatesChannel(house, who, self._api.written, wake, _entities(asked.get("entities")))
        if name == "traces":
            return traces_channel(self._parts.engine.traces, who, wake, _text(asked, "automation"))
        if name == "events":
            types = [str(one) for one in asked.get("types") or ()]
            if not set(types) <= PUBLIC_EVENTS:
                self._must_be_admin(number)
            return events_channel(house, who, wake, types)
        if name not in _NAMES:
            raise HubError(f"there is no channel {name!r}", remedy=f"There are {', '.join(_NAMES)}.")
        self._must_be_admin(number)
        if name == "logs":
            return logs_channel(self._api.log_book, wake, _text(asked, "level") or "info")
        kind = TopicsChannel if name == "mqtt.topics" else MessagesChannel
        return kind(house, wake, _text(asked, "filter") or "#")

    def _must_be_admin(self, number: int) -> None:
        if not self._who.is_admin:
            raise Forbidden("this needs admin", remedy="Ask somebody who is.")
        self._for_admins.add(number)


def _entities(given: Any) -> list[str] | None:
    if given is None:
        return None
    if not isinstance(given, list) or len(given) > MOST_ENTITIES:
        raise HubError(f"`entities` should be a list of at most {MOST_ENTITIES} entity ids")
    return [str(one).lower() for one in given]


def _text(asked: dict[str, Any], key: str) -> str | None:
    value = asked.get(key)
    if value is not None and not isinstance(value, str):
        raise HubError(f"`{key}` should be a text")
    return value
