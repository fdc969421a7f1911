"""Gather messages until there are enough of them, or until the first has waited long enough."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hub.api import Clock, Detach, nothing

Facts = dict[str, Any]


class Batch:
    """Calls `fire(facts)` with the last message's facts, and all of them under `messages`."""

    def __init__(self, clock: Clock, size: int, cutoff: float, fire: Callable[[Facts], None]) -> None:
        self._clock = clock
        self._size = size
        self._cutoff = cutoff
        self._fire = fire
        self._gathered: list[Facts] = []
        self._stop_waiting: Detach = nothing

    def add(self, facts: Facts) -> None:
        self._gathered.append(facts)
        if len(self._gathered) >= self._size:
            self.finish()
        elif len(self._gathered) == 1:
            self._stop_waiting = self._clock.call_later(self._cutoff, self.finish)

    def finish(self) -> None:
        """Pass on what is there."""
        self._stop_waiting()
        gathered, self._gathered = self._gathered, []
        if gathered:
            self._fire({**gathered[-1], "messages": gathered})

    def drop(self) -> None:
        self._stop_waiting()
        self._gathered.clear()
