"""The shape of what can be asked about streams of samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from hub.core.errors import NotFound

Point = tuple[float, float | None]
"""A time (seconds since 1970) and a value; None where nothing was heard."""


class Telemetry(Protocol):
    """Asked about streams. All raise `HubError`."""

    async def streams(self) -> Sequence[Mapping[str, Any]]:
        """Return name, unit, rate, the latest value, gaps, and the alarms of each stream."""
        ...

    async def view(
        self, name: str, since: float, until: float | None = None, *, most: int = 2000
    ) -> Sequence[Point]:
        """Return at most so many points in which no peak is lost; gaps are points without a value."""
        ...


class NoTelemetry:
    """Stands for telemetry where nothing is said about it."""

    async def streams(self) -> Sequence[Mapping[str, Any]]:
        return []

    async def view(
        self, name: str, since: float, until: float | None = None, *, most: int = 2000
    ) -> Sequence[Point]:
        raise NotFound(f"no stream is called {name!r}", remedy="Write it under `telemetry:`.")
