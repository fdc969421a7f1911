"""Write the log so that people can read it: one line each, and the same line not over and over."""

from __future__ import annotations

import logging
import sys

QUIET_SECONDS = 60.0
_MOST_KEPT = 1000
_CHATTY = ("asyncio", "aiosqlite", "amqtt", "transitions")


class Repeats(logging.Filter):
    """Lets a message through once a minute; the next time it says how often it was held back."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[tuple[str, int, str], list[float]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            return True
        key = (record.name, record.levelno, record.getMessage())
        known = self._seen.get(key)
        if known is not None and record.created - known[0] < QUIET_SECONDS:
            known[1] += 1
            return False
        if known is not None and known[1]:
            record.msg, record.args = f"{key[2]} (and {known[1]:.0f} times more before)", None
        if len(self._seen) >= _MOST_KEPT:
            self._seen.clear()
        self._seen[key] = [record.created, 0]
        return True


def set_up_logging(level: int) -> None:
    """Log to the terminal from `level` on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(message)s", "%H:%M:%S"))
    handler.addFilter(Repeats())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
