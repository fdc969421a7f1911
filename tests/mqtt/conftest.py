"""A small house to open engines in, and clients and servers from outside."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from hub.core.clock import SystemClock
from hub.core.ports import House, Message
from hub.core.settings import Settings
from hub.kinds import BrokerEngine, Door


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

    @property
    def seen(self) -> list[tuple[str, bytes, bool]]:
        return [(message.topic, message.payload, message.retain) for message in self.messages]


@pytest.fixture
def house(tmp_path: Path) -> House:
    """What an engine needs of a house."""
    return cast(House, SimpleNamespace(clock=SystemClock(), settings=Settings(config_dir=tmp_path)))


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
