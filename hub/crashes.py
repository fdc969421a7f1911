"""Count how often the hub did not end as it should, to leave out the plugins of others then."""

from __future__ import annotations

import json
import os
from pathlib import Path

from hub.core.clock import Clock

NAME = "starts.json"
MOST = 3
SECONDS = 600.0
"""So many starts without an orderly end within so many seconds are too many."""


class Crashes:
    """The starts that were not followed by an orderly end, kept in the data folder."""

    def __init__(self, data_dir: Path, clock: Clock) -> None:
        self._path = data_dir / NAME
        self._clock = clock

    @property
    def too_many(self) -> bool:
        return len(self._recent()) >= MOST

    def began(self) -> None:
        """Note a start; unless `ended` is called, it counts as a crash."""
        self._write([*self._recent(), self._clock.timestamp()])

    def ended(self) -> None:
        """Note that it ended as it should."""
        self._path.unlink(missing_ok=True)

    def _recent(self) -> list[float]:
        try:
            kept = json.loads(self._path.read_text())
            since = self._clock.timestamp() - SECONDS
            return [float(at) for at in kept if since <= float(at) <= self._clock.timestamp()]
        except (OSError, ValueError, TypeError):  # none was noted, or the file was cut off by a crash
            return []

    def _write(self, starts: list[float]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(starts))
        os.replace(fresh, self._path)
