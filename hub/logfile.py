"""Keep the log in a file, one JSON object a line, so that it can be searched and followed later.

A thread of its own writes, rotates and waits for the disk; the event loop only puts records in a queue.
"""

from __future__ import annotations

import json
import logging
import logging.handlers
import queue
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from hub.core.clock import Detach

NAME = "hub.log"
_MOST_WAITING = 10_000
QUIET_SECONDS = 60.0
_MOST_KEPT = 1000


def keep_log(folder: Path, megabytes: float, files: int) -> Detach:
    """Write all that is logged from now on to `folder`/hub.log as well, until the Detach is called.

    At `megabytes` the file is rotated; besides it, `files` older ones are kept. Only the owner can read it.
    """
    path = folder / NAME
    path.touch(mode=0o600)
    writer = logging.handlers.RotatingFileHandler(
        path, maxBytes=int(megabytes * 1_000_000), backupCount=files, encoding="utf-8", delay=True
    )
    writer.setFormatter(as_json())
    waiting: queue.Queue[logging.LogRecord] = queue.Queue(_MOST_WAITING)
    listener = logging.handlers.QueueListener(waiting, writer)
    handler = _Enqueue(waiting)
    handler.addFilter(Repeats())
    listener.start()
    logging.getLogger().addHandler(handler)

    def stop() -> None:
        logging.getLogger().removeHandler(handler)
        listener.stop()
        with suppress(OSError):  # on a full disk its last lines are nowhere but on standard error
            writer.close()

    return stop


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


class _Enqueue(logging.handlers.QueueHandler):
    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        return record  # it stays in this process, so it need not be made fit to travel

    def enqueue(self, record: logging.LogRecord) -> None:
        try:
            self.queue.put_nowait(record)
        except queue.Full:  # the disk does not keep up; the house must
            pass


def as_json() -> logging.Formatter:
    """Return a formatter that makes a record one JSON object: timestamp, level, logger, event, extras."""
    # Only now: it takes as long to import as many a command takes in all.
    import structlog

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            _time_of_record,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=_dumps),
        ],
    )


def _dumps(event: Any, **_: Any) -> str:
    return json.dumps(event, default=str, ensure_ascii=False)


def _time_of_record(_: Any, __: str, event: Any) -> Any:
    """Put in when it happened, which may be a while before it is written."""
    event["timestamp"] = datetime.fromtimestamp(event["_record"].created).astimezone().isoformat()
    return event


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the log; `level` in lower case, `text` with the traceback if there is one."""

    time: datetime
    level: str
    logger: str
    text: str


def read_log(folder: Path) -> Iterator[Line]:
    """Yield what is kept, oldest first; what can't be read is passed over."""
    older = sorted(folder.glob(f"{NAME}.*"), key=_number, reverse=True)
    for path in [*older, folder / NAME]:
        try:
            with path.open(encoding="utf-8", errors="replace") as lines:
                yield from (line for text in lines if (line := parse(text)) is not None)
        except FileNotFoundError:  # rotated away just now
            continue


def _number(path: Path) -> int:
    return int(path.suffix[1:]) if path.suffix[1:].isdigit() else 0


def parse(text: str) -> Line | None:
    """Return what a line of the file says; None if it is not whole."""
    try:
        data = json.loads(text)
        exception = f"\n{data['exception']}" if data.get("exception") else ""
        when = datetime.fromisoformat(data["timestamp"])
        return Line(when, data["level"], data.get("logger", ""), f"{data['event']}{exception}")
    except (ValueError, KeyError, TypeError):
        return None
