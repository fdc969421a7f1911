"""Notice silence: one timer for all connections, and none per message."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

from hub.core.clock import Clock, Detach, nothing


class Watched(Protocol):
    """What may fall silent. `heard` is to be set to `Wheel.now` whenever it says something."""

    heard: int
    patience: int
    bucket: int

    def expired(self) -> None: ...


class Wheel:
    """Counts seconds as they are lived: a loop that was held up finds nobody silent for it."""

    TICK = 1.0

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: dict[int, dict[Watched, None]] = {}
        self._hooks: list[Callable[[], None]] = []
        self._stop: Detach = nothing
        self.now = 0

    def start(self) -> None:
        self._stop()
        self._stop = self._clock.call_later(self.TICK, self._tick)

    def stop(self) -> None:
        self._stop()
        self._stop = nothing

    def every_tick(self, hook: Callable[[], None]) -> None:
        """Call `hook` once a second."""
        self._hooks.append(hook)

    def watch(self, item: Watched, seconds: float) -> None:
        """Call `item.expired()` when it has been silent for `seconds`, or up to a second longer."""
        self.forget(item)
        item.heard = self.now
        # What is heard within a tick may be nearly a tick later than its number says.
        item.patience = math.ceil(seconds / self.TICK) + 1
        self._put(item)

    def forget(self, item: Watched) -> None:
        bucket = self._buckets.get(item.bucket)
        if bucket is not None:
            bucket.pop(item, None)
            if not bucket:
                del self._buckets[item.bucket]
        item.bucket = -1

    def _put(self, item: Watched) -> None:
        item.bucket = item.heard + item.patience
        self._buckets.setdefault(item.bucket, {})[item] = None

    def _tick(self) -> None:
        self._stop = self._clock.call_later(self.TICK, self._tick)
        self.now += 1
        for item in tuple(self._buckets.pop(self.now, ())):
            if item.bucket != self.now:
                continue  # another one of them let it be forgotten
            if item.heard + item.patience <= self.now:
                item.expired()
            else:
                self._put(item)
        for hook in self._hooks:
            hook()
