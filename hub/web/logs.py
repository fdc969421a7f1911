"""Remember the latest lines of the log, and tell them to whoever looks at it now."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from hub.core.clock import Detach
from hub.core.errors import HubError

MOST = 2_000
_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40, "critical": 50}

Record = dict[str, Any]


class LogBook(logging.Handler):
    """A handler for all that is logged."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: deque[tuple[int, Record]] = deque(maxlen=MOST)
        self._listeners: list[Callable[[Record], None]] = []
        self._numbers = 0

    def open(self) -> Detach:
        """Begin to remember."""
        root = logging.getLogger()
        root.addHandler(self)
        return lambda: root.removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            told = self._told(record)
        except Exception:  # a record that can't be written must not stop whoever wrote it
            self.handleError(record)
            return
        self._kept.append((record.levelno, told))
        for listener in list(self._listeners):
            listener(told)

    def _told(self, record: logging.LogRecord) -> Record:
        self._numbers += 1
        trace = None
        if record.exc_info:
            trace = logging.Formatter().formatException(record.exc_info)
        return {
            "number": self._numbers,
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "trace": trace,
        }

    def listen(self, callback: Callable[[Record], None]) -> Detach:
        """Call `callback(record)` for each record from now on, maybe from another thread."""
        self._listeners.append(callback)

        def detach() -> None:
            if callback in self._listeners:
                self._listeners.remove(callback)

        return detach

    def records(self, level: str = "debug", limit: int = 200, contains: str = "") -> list[Record]:
        """Return the latest records from that level on, oldest first. Raises `HubError`."""
        least = level_number(level)
        wanted = contains.casefold()
        found = [
            told
            for number, told in self._kept
            if number >= least and (not wanted or wanted in f"{told['logger']} {told['message']}".casefold())
        ]
        return found[-limit:] if limit > 0 else []

    def lines(self) -> list[str]:
        return [
            f"{one['time']} {one['level'].upper():7} ({one['logger']}) {one['message']}"
            + (f"\n{one['trace']}" if one["trace"] else "")
            for _, one in self._kept
        ]


def level_number(level: str) -> int:
    """Return the number of a level. Raises `HubError`."""
    if level.lower() not in _LEVELS:
        raise HubError(f"no level is called {level!r}", remedy=f"There are {', '.join(_LEVELS)}.")
    return _LEVELS[level.lower()]
