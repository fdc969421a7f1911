"""A small house to open engines in, and clients and servers from outside."""

from __future__ import annotations

import asyncio
import getpass
import os
import shutil
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from hub.building import build_house
from hub.core.clock import SystemClock
from hub.core.ports import House, Message
from hub.core.settings import Settings
from hub.kinds import BrokerEngine, Door
from hub.loader import Catalogs
from hub.mqtt import EmbeddedEngine, ExternalEngine
from hub.mqtt.closed import ClosedMqtt
from plugins.amqtt.engine import AmqttEngine


class Inbox:
    """A callback that keeps what it gets, and can be waited for."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Message] = asyncio.Queue()
        self.messages: list[Message] = []

    def __call__(self, message: Message) -> None:
        self.messages.append(message)
        self.queue.put_nowait(message)

    async def get(self) -> tuple[str, bytes, bool]:
        """Return topic, payload and retain of the next message."""
        message = await self.queue.get()
        return message.topic, message.payload, message.retain

    async def until(self, count: int) -> None:
        """Wait until so many messages have come in all."""
        while len(self.messages) < count:
            await self.queue.get()

    @property
    def seen(self) -> list[tuple[str, bytes, bool]]:
        return [(message.topic, message.payload, message.retain) for message in self.messages]


@pytest.fixture
def house(tmp_path: Path) -> House:
    """What an engine needs of a house."""
    clock = SystemClock()
    settings = Settings(config_dir=tmp_path, data_dir=tmp_path)
    return build_house(clock, settings, Catalogs(), ClosedMqtt())


@pytest.fixture
def inbox() -> Callable[[], Inbox]:
    return Inbox


@pytest.fixture
async def opened(house: House) -> AsyncIterator[Callable[[BrokerEngine], Any]]:
    """Open an engine; it is closed after the test."""
    doors: list[Door] = []

    async def open(engine: BrokerEngine) -> Door:
        doors.append(await engine.open(house))
        return doors[-1]

    yield open
    for door in doors:
        await door.close()


# Servers from outside.


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Mosquitto:
    """Mosquitto as a process of its own, on a port that it keeps over restarts."""

    def __init__(self, folder: Path, config: str = "allow_anonymous true\n") -> None:
        self.port = free_port()
        self._config = folder / "mosquitto.conf"
        self._config.write_text(
            f"listener {self.port} 127.0.0.1\nuser {getpass.getuser()}\n"
            f"log_type information\nlog_dest stderr\n{config}"
        )
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        program = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin") or "mosquitto"
        self._process = await asyncio.create_subprocess_exec(
            program, "-c", str(self._config), stderr=asyncio.subprocess.PIPE
        )
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            if b"running" in line:
                return
        raise RuntimeError("Mosquitto does not start")

    async def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            # What it still says is read, so that it does not wait for a reader.
            await self._process.communicate()
            self._process = None


@pytest.fixture
async def mosquitto(tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    """Start Mosquitto, with more lines of configuration if need be."""
    servers: list[Mosquitto] = []

    async def start(*config: str) -> Mosquitto:
        servers.append(Mosquitto(tmp_path, *config))
        await servers[-1].start()
        return servers[-1]

    yield start
    for server in servers:
        await server.stop()


# The same house with each engine.


class Place:
    """An engine that is open, and where other clients find its server."""

    def __init__(self, door: Door, port: int) -> None:
        self.mqtt = door.mqtt
        self._port = port

    def client(self) -> aiomqtt.Client:
        return aiomqtt.Client("127.0.0.1", self._port, username="ann", password="secret")


async def open_embedded(opened: Any, folder: Path) -> AsyncIterator[Place]:
    keys = {"listeners": [{"port": 0}], "users": [{"name": "ann", "password": "secret", "admin": True}]}
    door = await opened(EmbeddedEngine.model_validate(keys))
    yield Place(door, door.listening[0].port)


async def open_external(opened: Any, folder: Path) -> AsyncIterator[Place]:
    server = Mosquitto(folder)
    await server.start()
    yield Place(await opened(ExternalEngine(host="127.0.0.1", port=server.port)), server.port)
    await server.stop()


async def open_amqtt(opened: Any, folder: Path) -> AsyncIterator[Place]:
    port = free_port()
    config = {
        "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
        "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
    }
    yield Place(await opened(AmqttEngine(config=config)), port)


@pytest.fixture(params=[open_embedded, open_external, open_amqtt], ids=["embedded", "external", "amqtt"])
async def place(request: pytest.FixtureRequest, opened: Any, tmp_path: Path) -> AsyncIterator[Place]:
    """Each engine in turn, with its server."""
    async for place in request.param(opened, tmp_path):
        yield place
