"""Write once in a turn of the loop what was said to each client in it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol


class Flushable(Protocol):
    def flush(self) -> None: ...


class Flusher:
    """Calls `flush` of everything that was added, once: at the end of the act that said it, or else at the
    beginning of the loop's next turn."""

    __slots__ = ("_acting", "_call_soon", "_waiting")

    def __init__(self) -> None:
        self._acting = False
        self._waiting: list[Flushable] = []
        self._call_soon: Callable[[Callable[[], None]], object] | None = None

    def add(self, item: Flushable) -> None:
        if not self._waiting and not self._acting:
            if self._call_soon is None:
                self._call_soon = asyncio.get_running_loop().call_soon
            self._call_soon(self.run)
        self._waiting.append(item)

    def after(self, act: Callable[[bytes], None], data: bytes) -> None:
        """Call `act(data)` and flush what it said: a turn of the loop is a fifth of a lone message's way."""
        if self._waiting:  # the next turn is on its way, and writes it together with that
            act(data)
            return
        self._acting = True
        try:
            act(data)
        finally:
            self._acting = False
            self.run()

    def run(self) -> None:
        waiting, self._waiting = self._waiting, []
        for item in waiting:
            item.flush()
