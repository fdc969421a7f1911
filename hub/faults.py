"""Count what the code of plugins raises, by looking at what is logged with a traceback.

Whoever calls a plugin catches what it should not raise once and logs it: the bus, the engine, the MQTT
server, tasks, the web server, the event loop itself. So none of them needs to know that somebody counts.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections import deque
from collections.abc import Callable, Mapping
from types import TracebackType

from hub.core.clock import Clock, Detach
from hub.core.errors import HubError
from hub.core.whose import plugin_of

MOST = 10
SECONDS = 600.0
"""So many faults within so many seconds are too many."""
_COUNTED = "_hub_counted"

Over = Callable[[str, str], None]


class Faults(logging.Handler):
    """Tells `counted(plugin)` of each fault, and `over(plugin, what)` in the loop when there were too many.

    `packages` tells whose each Python package is; `budget` how many faults a plugin may have.
    """

    def __init__(
        self,
        clock: Clock,
        packages: Callable[[], Mapping[str, str]],
        counted: Callable[[str], None],
        over: Over,
        budget: Callable[[str], int] = lambda _: MOST,
    ) -> None:
        super().__init__(logging.ERROR)
        self._clock = clock
        self._packages = packages
        self._counted = counted
        self._over = over
        self._budget = budget
        self._times: dict[str, deque[float]] = {}

    def watch(self) -> Detach:
        """Begin to count; what is over is told in the loop that runs now."""
        self._loop = asyncio.get_running_loop()
        root = logging.getLogger()
        root.addHandler(self)
        return lambda: root.removeHandler(self)

    def forgive(self, plugin: str) -> None:
        """Begin anew with a plugin."""
        self._times.pop(plugin, None)

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is None or isinstance(error, HubError) or hasattr(error, _COUNTED):
            return
        packages = self._packages()
        plugin = culprit(error.__traceback__, packages)
        if plugin is None or plugin_of(record.name, packages) == plugin:  # it caught that itself
            return
        setattr(error, _COUNTED, True)
        self._loop.call_soon_threadsafe(self._note, plugin, _words(error))

    def _note(self, plugin: str, what: str) -> None:
        self._counted(plugin)
        now = self._clock.monotonic()
        times = self._times.setdefault(plugin, deque())
        times.append(now)
        while times[0] < now - SECONDS:
            times.popleft()
        if len(times) >= self._budget(plugin):
            times.clear()
            self._over(plugin, what)


def culprit(trace: TracebackType | None, packages: Mapping[str, str]) -> str | None:
    """Return the plugin in whose code something was raised: the innermost frame that is a plugin's."""
    frames = [frame for frame, _ in traceback.walk_tb(trace)]
    found = (plugin_of(str(frame.f_globals.get("__name__", "")), packages) for frame in reversed(frames))
    return next((plugin for plugin in found if plugin is not None), None)


def _words(error: BaseException) -> str:
    """Say what was raised and where, in one line."""
    last = traceback.extract_tb(error.__traceback__)[-1:]
    where = f" ({last[0].filename}:{last[0].lineno})" if last else ""
    return f"{type(error).__name__}: {error}{where}"
