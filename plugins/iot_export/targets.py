"""Where records go: what every target does, and how it says that one can't be delivered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from plugins.iot_export.record import Record


class NotNow(Exception):
    """It did not arrive this time; `counts` if it may be tried so often only."""

    def __init__(self, reason: str, *, counts: bool = False) -> None:
        super().__init__(reason)
        self.counts = counts


class Never(Exception):
    """It was refused for good."""


class Target(Protocol):
    """Takes records in their order. What it was given may come again, under the same ids."""

    most: int
    """How many it takes at once."""

    async def open(self) -> None:
        """Make ready. Raises `HubError` if it can't be used at all."""
        ...

    async def send(self, records: Sequence[Record]) -> None:
        """Return when all of them have arrived. Raises `NotNow` or `Never`."""
        ...

    async def close(self) -> None: ...

    def __str__(self) -> str: ...
