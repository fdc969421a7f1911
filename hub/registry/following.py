"""Pass on what happens to those who follow it. One who does not keep up misses the oldest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Generic, TypeVar

T = TypeVar("T")

MOST_WAITING = 1_000


class Feed(Generic[T]):
    """Things that happen, for any number of followers."""

    def __init__(self) -> None:
        self._followers: set[asyncio.Queue[T]] = set()

    def tell(self, thing: T) -> None:
        for queue in self._followers:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(thing)

    def follow(self) -> AsyncGenerator[T, None]:
        """Return what happens from this moment on."""
        queue: asyncio.Queue[T] = asyncio.Queue(MOST_WAITING)
        self._followers.add(queue)
        return self._told(queue)

    async def _told(self, queue: asyncio.Queue[T]) -> AsyncGenerator[T, None]:
        try:
            while True:
                yield await queue.get()
        finally:
            self._followers.discard(queue)
