"""What a process uses, read from the outside, and when it must pause to keep to its share of a core."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

BURST = 1.0
"""Seconds of processor time that may be used at once after a while of less."""


@dataclass(frozen=True, slots=True)
class Use:
    """Seconds of processor time since the start, and bytes of memory now."""

    processor: float
    memory: int

    @classmethod
    def of(cls, pid: int) -> Use | None:
        """Return what a process uses; None where that can't be read, or it is gone."""
        try:
            times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        except (OSError, IndexError, ValueError):
            return None
        ticks = int(times[11]) + int(times[12])
        return cls(ticks / os.sysconf("SC_CLK_TCK"), pages * os.sysconf("SC_PAGE_SIZE"))


class Share:
    """The part of a core that a process may use: it earns time, and pauses when that is used up."""

    def __init__(self, share: float) -> None:
        self._share = share
        self._credit = BURST
        self._at: float | None = None
        self._used = 0.0
        self.paused = False

    def look(self, now: float, processor: float) -> bool:
        """Tell whether it should pause; `now` and `processor` are seconds that only grow."""
        if self._at is not None:
            earned = self._share * (now - self._at)
            self._credit = min(self._credit + earned, BURST) - (processor - self._used)
        self._at, self._used = now, processor
        # Once paused it waits for a little more than nothing, so that it does not stutter.
        self.paused = self._credit < (self._share * 0.1 if self.paused else 0)
        return self.paused
