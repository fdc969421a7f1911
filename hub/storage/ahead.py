"""Write lines ahead of the database: they outlive a kill of the process in the very next moment.

A line goes to the operating system in one short call and needs no thread; the database comes after, in its
own time, and says up to which line it has them all. A power cut may cost what the database may lose, too.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

log = logging.getLogger(__name__)
SUFFIX = "-ahead"
# The file is emptied when all is in the database, but not for each line.
_MOST_BYTES = 64 * 1024


class Ahead:
    """The lines of one database, in a file beside it."""

    def __init__(self, path: Path, number: int) -> None:
        """`number` is the last line that the database has."""
        self.number = number
        self.failing = False
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)
        self._file = os.open(path, flags, 0o600)
        self._bytes = os.fstat(self._file).st_size
        self._torn = self._bytes > 0  # a kill may have cut off the last line

    def write(self, key: str, content: Mapping[str, Any] | None) -> bool:
        """Write what an entry is from now on, None if it is no more; False if that could not be written."""
        line = orjson.dumps([self.number + 1, key, content]) + b"\n"
        if self._torn:  # what was cut off must not swallow this one
            line = b"\n" + line
        try:
            written = os.write(self._file, line)
        except OSError as error:
            written = 0
            if not self.failing:
                log.error("what waits can't be written ahead: %s. The house goes on", error)
        self._bytes += written
        self.failing = self._torn = written != len(line)
        if self.failing:
            return False
        self.number += 1
        return True

    def stored(self, number: int) -> None:
        """The database has all lines up to this one."""
        if number == self.number and self._bytes > _MOST_BYTES:
            os.ftruncate(self._file, 0)
            self._bytes = 0

    def close(self, *, empty: bool) -> None:
        """Close the file, and empty it if the database has all lines."""
        if empty:
            os.ftruncate(self._file, 0)
        os.close(self._file)


def lines_after(path: Path, number: int) -> Iterator[tuple[int, str, Mapping[str, Any] | None]]:
    """Yield the whole lines that the database does not have, in their order."""
    if not path.exists():
        return
    for line in path.read_bytes().splitlines():
        try:
            at, key, content = orjson.loads(line)
        except ValueError:  # cut off by a kill
            continue
        if at > number:
            yield at, key, content
