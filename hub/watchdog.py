"""Notice when the event loop stands still, and say in whose code it does."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import traceback
from collections.abc import Mapping
from types import FrameType

from hub.core.clock import Clock, Detach, together
from hub.core.whose import plugin_of

log = logging.getLogger(__name__)
PATIENCE = 1.0
"""Seconds that the loop may stand before it is said."""
_BEAT = 0.25
_DEEPEST = 30


class Watchdog:
    """Looks from a thread of its own whether the loop still turns.

    `packages` tells which Python package is which plugin's, to name the one that blocks.
    """

    def __init__(self, clock: Clock, packages: Mapping[str, str], patience: float = PATIENCE) -> None:
        self._clock = clock
        self._packages = dict(packages)
        self._patience = patience
        self._beats = 0
        self._ended = threading.Event()

    def watch(self) -> Detach:
        """Begin to watch the loop of this thread."""
        loop, watched = asyncio.get_running_loop(), threading.get_ident()
        timer = loop.call_soon(self._beat, loop)
        self._timer: asyncio.Handle = timer
        thread = threading.Thread(target=self._look, args=(watched,), name="watchdog", daemon=True)
        thread.start()
        return together([self._ended.set, lambda: self._timer.cancel()])

    def _beat(self, loop: asyncio.AbstractEventLoop) -> None:
        self._beats += 1
        self._timer = loop.call_later(_BEAT, self._beat, loop)

    def _look(self, watched: int) -> None:
        seen, since, told = -1, self._clock.monotonic(), False
        while not self._ended.wait(_BEAT):
            now = self._clock.monotonic()
            if self._beats != seen:
                if told:
                    log.warning("the event loop goes on; it stood for %.1f s", now - since)
                seen, since, told = self._beats, now, False
            elif not told and now - since >= self._patience:
                told = True
                self._tell(sys._current_frames().get(watched))

    def _tell(self, frame: FrameType | None) -> None:
        if frame is None:  # the thread has just ended
            return
        stack = "".join(traceback.format_stack(frame, _DEEPEST))
        log.error("the event loop stands: %s keeps it busy. This is where:\n%s", self.culprit(frame), stack)

    def culprit(self, frame: FrameType | None) -> str:
        """Return in words whose code runs: the innermost frame that belongs to a plugin, else the hub's."""
        while frame is not None:
            plugin = plugin_of(str(frame.f_globals.get("__name__", "")), self._packages)
            if plugin is not None:
                return f"plugin {plugin}"
            frame = frame.f_back
        return "the hub itself"
