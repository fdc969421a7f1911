"""Write records as JSON lines into a file, and begin another when it is full or the day is over."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from plugins.iot_export.record import Record
from plugins.iot_export.targets import NotNow


class FileTarget:
    """`path` is what is written to; what was written before lies beside it, with the time in its name."""

    most = 1_000

    def __init__(
        self, path: Path, now: Callable[[], datetime], *, most_bytes: int, daily: bool, keep: int
    ) -> None:
        self._path = path
        self._now = now
        self._most_bytes = most_bytes
        self._daily = daily
        self._keep = keep

    async def open(self) -> None:
        """Nothing: the file is opened for each batch, so that it may be moved away."""

    async def send(self, records: Sequence[Record]) -> None:
        lines = b"".join(json.dumps(one.as_line(), ensure_ascii=False).encode() + b"\n" for one in records)
        try:
            await asyncio.to_thread(self._write, lines)
        except OSError as error:
            raise NotNow(str(error)) from error

    async def close(self) -> None: ...

    def __str__(self) -> str:
        return str(self._path)

    def _write(self, lines: bytes) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._rotate(len(lines))
        with os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
            file.seek(0, os.SEEK_END)
            _drop_torn_line(file.fileno())
            start = file.seek(0, os.SEEK_END)
            try:
                file.write(lines)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                os.ftruncate(file.fileno(), start)
                raise

    def _rotate(self, more: int) -> None:
        try:
            there = self._path.stat()
        except FileNotFoundError:
            return
        now = self._now()
        is_old = self._daily and datetime.fromtimestamp(there.st_mtime, UTC).date() < now.date()
        if there.st_size and (there.st_size + more > self._most_bytes or is_old):
            self._path.rename(self._aside(now))
            self._prune()

    def _aside(self, now: datetime) -> Path:
        """Return a name that comes after all others in their order."""
        stem = f"{self._path.stem}-{now:%Y%m%dT%H%M%SZ}"
        taken = [path.stem for path in self._path.parent.glob(f"{stem}-???{self._path.suffix}")]
        number = max((int(name[-3:]) + 1 for name in taken if name[-3:].isdigit()), default=0)
        return self._path.with_name(f"{stem}-{number:03}{self._path.suffix}")

    def _prune(self) -> None:
        if not self._keep:
            return
        pattern = f"{self._path.stem}-????????T??????Z-???{self._path.suffix}"
        for path in sorted(self._path.parent.glob(pattern))[: -self._keep]:
            path.unlink()


def _drop_torn_line(descriptor: int) -> None:
    """Cut off the beginning of a line that a crash left without its end: its record will come again."""
    end = os.lseek(descriptor, 0, os.SEEK_END)
    at = end
    while at > 0 and os.pread(descriptor, 1, at - 1) != b"\n":
        at -= 1
    if at != end:
        os.ftruncate(descriptor, at)
