"""Take in many discovery messages without holding up the house: a little in each turn of the loop.

A broker full of kept announcements sends a thousand at once. What is quick is done at once; when a turn's
share is used up the rest waits for the next turn, in its order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator

from hub.api import Clock, Detach, Message, nothing

SHARE = 0.006
"""Seconds of a turn of the loop that discovery may use."""

Take = Callable[[Message], Iterator[None]]
"""Uses one message; between two of its things it yields."""


class Inbox:
    """Messages that wait to be used, one after the other."""

    def __init__(self, clock: Clock, take: Take) -> None:
        self._clock = clock
        self._take = take
        self._waiting: deque[Message] = deque()
        self._under_way: Iterator[None] = iter(())
        self._used = 0.0
        self._busy = False
        self._next: Detach | None = None

    def put(self, message: Message) -> None:
        self._waiting.append(message)
        if not self._busy and self._used < SHARE:
            self._work()

    def stop(self) -> None:
        self._waiting.clear()
        self._under_way = iter(())
        (self._next or nothing)()

    def _work(self) -> None:
        began = self._clock.monotonic()
        used = self._used
        self._busy = True
        try:
            while self._used < SHARE and self._step():
                self._used = used + self._clock.monotonic() - began
        finally:
            self._busy = False
        if self._used and self._next is None:
            self._next = self._clock.call_later(0, self._new_turn)

    def _step(self) -> bool:
        """Do one thing; False if there is nothing to do."""
        for _ in self._under_way:
            return True
        if not self._waiting:
            return False
        self._under_way = self._take(self._waiting.popleft())
        return True

    def _new_turn(self) -> None:
        self._next = None
        self._used = 0.0
        self._work()
