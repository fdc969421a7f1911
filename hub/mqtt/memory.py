"""Say how much memory the program holds, where the system tells (Linux)."""

from __future__ import annotations

import os

STATM = "/proc/self/statm"


class Memory:
    """The resident memory now, and the most there ever was at such a look."""

    def __init__(self) -> None:
        try:
            self._file: int | None = os.open(STATM, os.O_RDONLY)
        except OSError:
            self._file = None
        self._most = 0

    def look(self) -> tuple[int, int] | None:
        """Return both in bytes, None where the system does not tell."""
        if self._file is None:
            return None
        # No disk is behind this file: reading it does not wait.
        now = int(os.pread(self._file, 128, 0).split()[1]) * os.sysconf("SC_PAGE_SIZE")
        self._most = max(self._most, now)
        return now, self._most

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
