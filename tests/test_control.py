"""The control socket: one answer for a command, or an answer that goes on until somebody hangs up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from hub.control import ControlServer, ask, follow
from hub.core.errors import HubError


class Teller:
    """A command that tells one number after the other, and notes when nobody listens any more."""

    def __init__(self) -> None:
        self.over = asyncio.Event()

    async def tell(self, last: int | None = None) -> AsyncIterator[int]:
        number = 0
        try:
            while number != last:
                yield (number := number + 1)
            if last == 3:
                raise HubError("no more than three", remedy="Ask for fewer.")
        finally:
            self.over.set()


@asynccontextmanager
async def serving(folder: Path, **commands: Callable[..., Any]) -> AsyncIterator[None]:
    server = ControlServer(folder, commands)
    await server.open()
    try:
        yield
    finally:
        await server.close()


async def test_an_answer_may_go_on_until_it_ends(tmp_path: Path) -> None:
    async with serving(tmp_path, tell=Teller().tell):
        told = await asyncio.to_thread(lambda: list(follow(tmp_path, "tell", last=2)))

    assert told == [1, 2]


async def test_who_takes_no_more_ends_it(tmp_path: Path) -> None:
    teller = Teller()

    def take(count: int) -> list[int]:
        told = follow(tmp_path, "tell")
        return [next(told) for _ in range(count)]

    async with serving(tmp_path, tell=teller.tell):
        assert await asyncio.to_thread(take, 5) == [1, 2, 3, 4, 5]
        await teller.over.wait()


async def test_a_refusal_may_come_in_the_middle(tmp_path: Path) -> None:
    told: list[int] = []
    async with serving(tmp_path, tell=Teller().tell):
        with pytest.raises(HubError, match="no more than three"):
            await asyncio.to_thread(lambda: told.extend(follow(tmp_path, "tell", last=3)))

    assert told == [1, 2, 3]


async def test_a_hub_that_stops_says_so_to_those_who_listen(tmp_path: Path) -> None:
    heard = asyncio.Event()
    loop = asyncio.get_running_loop()

    def listen() -> None:
        for number in follow(tmp_path, "tell"):
            loop.call_soon_threadsafe(heard.set)
            assert number

    async with serving(tmp_path, tell=_waiting):
        listening = asyncio.ensure_future(asyncio.to_thread(listen))
        await heard.wait()

    with pytest.raises(HubError, match="the hub stopped"):
        await listening


async def _waiting() -> AsyncIterator[int]:
    yield 1
    await asyncio.Event().wait()


async def test_one_answer_is_asked_for_as_before(tmp_path: Path) -> None:
    async with serving(tmp_path, tell=Teller().tell, add=lambda a, b: a + b):
        assert await asyncio.to_thread(ask, tmp_path, "add", a=1, b=2) == 3
        assert await asyncio.to_thread(ask, tmp_path, "tell", last=2) is None
        with pytest.raises(HubError, match="does not understand"):
            await asyncio.to_thread(ask, tmp_path, "add", a=1)
