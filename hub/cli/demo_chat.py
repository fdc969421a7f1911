"""`hub demo chat`: terminals of this machine meet in a room, over a broker of registries and devices.

The first terminal is the hub as well. The room is a topic space of its own: whoever has the broker's password
may say and hear everything there, and meets nobody else.
"""

from __future__ import annotations

import asyncio
import getpass
import json
import logging
import os
import re
import secrets
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from hub.app import App
from hub.cli.logs import set_up_logging
from hub.cli.rows import harmless
from hub.cli.run import run_in_loop
from hub.core.clock import SystemClock
from hub.core.errors import HubError
from hub.core.ports import Message
from hub.mqtt import ClientDoor, EmbeddedDoor, MqttServer, Will
from hub.registry.names import new_password

_NAME = re.compile(r"[\w-]{1,30}")
_ROOM, _PEOPLE = "room", "people"
_HELP = "Write and press Enter. /who says who is here; /leave, or Ctrl-D, leaves."


@dataclass(frozen=True, slots=True)
class Room:
    """Where the room is, and what opens it."""

    port: int
    broker: str
    password: str = field(repr=False)


def chat(
    name: Annotated[str | None, typer.Option("--name", help="What you are called there.")] = None,
) -> None:
    """Meet other terminals of this machine in a room: run it in two of them. Ctrl-D leaves."""
    called = name or _usual_name()
    if not _NAME.fullmatch(called):
        raise HubError(f"{called!r} is no name for a chat", remedy="Take up to 30 letters, digits, - and _.")
    set_up_logging(logging.ERROR)
    run_in_loop(lambda: _meet(called))


def _usual_name() -> str:
    try:
        return "".join(_NAME.findall(getpass.getuser()))[:20] or "guest"
    except (KeyError, OSError):
        return "guest"


async def _meet(name: str) -> None:
    folder = _folder()
    found = _known(folder / "room.json")
    if found is not None:
        await _Visit(found, name).stay()
        return
    async with _hosting(folder) as room:
        print("This terminal is the hub. Run `hub demo chat` in another one.", flush=True)
        await _Visit(room, name).stay()


def _folder() -> Path:
    """Return a folder that is ours alone: in it is the password."""
    folder = Path(tempfile.gettempdir()) / f"hearth-chat-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    there = folder.lstat()
    if there.st_uid != os.getuid() or there.st_mode & 0o077 or folder.is_symlink():
        raise HubError(f"{folder} can be reached by others", remedy="Take it away.")
    return folder


def _known(path: Path) -> Room | None:
    """Return the room of a terminal that is the hub already, None if there is none."""
    try:
        room = Room(**json.loads(path.read_text(encoding="utf-8")))
        with socket.create_connection(("127.0.0.1", room.port), timeout=2):
            return room
    except (OSError, ValueError, TypeError):
        return None


@asynccontextmanager
async def _hosting(folder: Path) -> AsyncIterator[Room]:
    """Run a hub with one broker, and let other terminals know of it."""
    password = new_password()
    config = folder / "config.yaml"
    config.write_text(
        "broker: {listeners: [{port: 0}]}\n"
        f"brokers: {{chat: {{id: chat, passwords: {json.dumps(password)}}}}}\n",
        encoding="utf-8",
    )
    app = App(config, watch=False)
    path = folder / "room.json"
    try:
        await app.start()
        assert isinstance(app.door, EmbeddedDoor)
        room = Room(app.door.listening[0].port, "chat", password)
        path.write_text(json.dumps(asdict(room)), encoding="utf-8")
        yield room
    finally:
        path.unlink(missing_ok=True)
        await app.stop()
        config.unlink(missing_ok=True)


class _Visit:
    """One terminal in the room. Who is there stands in retained messages, which wills take away."""

    def __init__(self, room: Room, name: str) -> None:
        self._room = room
        self._name = name
        self._people: set[str] = set()
        self._over = asyncio.Event()

    async def stay(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._over.set)
        door = await self._come_in()
        mine = f"{_PEOPLE}/{self._name}"
        door.mqtt.publish(mine, "here", qos=1, retain=True)
        door.mqtt.subscribe(f"{_ROOM}/+", self._said, qos=1)
        door.mqtt.subscribe(f"{_PEOPLE}/+", self._came_or_went, qos=1)
        door.mqtt.listen_connection(self._connection_changed)
        print(f"You are {self._name}. {_HELP}", flush=True)
        try:
            await self._speak(door)
        finally:
            door.mqtt.publish(mine, b"", qos=1, retain=True)
            await door.close()
            print("You have left.", flush=True)

    async def _come_in(self) -> ClientDoor:
        """Connect under a name that nobody has."""
        me = f"{self._name}-{secrets.token_hex(3)}"
        will = Will(f"{_PEOPLE}/{self._name}", b"", 1, True)
        server = MqttServer(
            "127.0.0.1", self._room.port, self._room.broker, self._room.password, me, will=will
        )
        return await ClientDoor.open(server, SystemClock())

    async def _speak(self, door: ClientDoor) -> None:
        lines = _lines()
        over = asyncio.ensure_future(self._over.wait())
        try:
            while True:
                line = asyncio.ensure_future(anext(lines, None))
                await asyncio.wait((line, over), return_when=asyncio.FIRST_COMPLETED)
                if over.done():
                    line.cancel()
                    return
                text = line.result()
                if text is None or text in ("/leave", "/quit"):
                    return
                if text == "/who":
                    print(", ".join(sorted({self._name, *self._people})), flush=True)
                elif text:
                    door.mqtt.publish(f"{_ROOM}/{self._name}", text, qos=1)
        finally:
            over.cancel()

    def _said(self, message: Message) -> None:
        who = message.topic.partition("/")[2]
        if who != self._name:
            self._tell(f"{who}: {message.payload.decode(errors='replace')}")

    def _came_or_went(self, message: Message) -> None:
        who = message.topic.partition("/")[2]
        if who == self._name:
            return
        if not message.payload:
            self._people.discard(who)
            self._tell(f"{who} leaves")
        elif who not in self._people:
            self._people.add(who)
            self._tell(f"{who} is here" if message.retain else f"{who} joins")

    def _connection_changed(self, connected: bool) -> None:
        if not connected and not self._over.is_set():
            self._tell("The room is closed: the terminal that was the hub has left.")
            self._over.set()

    def _tell(self, text: str) -> None:
        print(harmless(text), flush=True)


async def _lines() -> AsyncIterator[str]:
    """Yield what is typed, or comes through a pipe."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    try:
        while line := await reader.readline():
            yield line.decode(errors="replace").rstrip("\r\n")
    finally:
        transport.close()
