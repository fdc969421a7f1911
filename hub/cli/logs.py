"""Write the log so that people can read it: one line each, and the same line not over and over."""

from __future__ import annotations

import logging
import os
import sys
from typing import Literal

from hub.logfile import Repeats, as_json

_CHATTY = ("asyncio", "aiosqlite", "amqtt", "transitions")
_PRIORITIES = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}

Form = Literal["auto", "text", "json", "journal"]


class _Journal(logging.Formatter):
    """Lines for journald: the priority in front as sd-daemon(3) has it, on each line; the time is its own."""

    def format(self, record: logging.LogRecord) -> str:
        mark = f"<{_PRIORITIES.get(record.levelno, 6)}>"
        return "\n".join(mark + line for line in super().format(record).splitlines())


def set_up_logging(level: int, form: Form = "auto") -> None:
    """Log to standard error from `level` on; `auto` is `journal` under systemd, else `text`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(form))
    handler.addFilter(Repeats())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))


def _formatter(form: Form) -> logging.Formatter:
    if form == "json":
        return as_json()
    if form == "journal" or (form == "auto" and os.environ.get("JOURNAL_STREAM")):
        return _Journal("%(message)s")
    return logging.Formatter("%(asctime)s %(levelname)-7s %(message)s", "%H:%M:%S")


def show_plugin_calls() -> None:
    """Tell on standard error of each call of a plugin's hook, and how long it took."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    calls = logging.getLogger("hub.loader")
    calls.addHandler(handler)
    calls.setLevel(logging.DEBUG)
    calls.propagate = False
