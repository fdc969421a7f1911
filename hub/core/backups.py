"""The shape of the place where backups lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from hub.core.errors import HubError


class Backups(Protocol):
    """Make backups of the house, also while it runs, and look at those there are. All raise `HubError`."""

    async def create(
        self, *, history: bool = True, password: str | None = None, scheduled: bool = False
    ) -> Mapping[str, Any]:
        """Make a backup, verify it by opening it, and return what `list` says of it."""
        ...

    async def list(self) -> Sequence[Mapping[str, Any]]:
        """Return name, size, time and contents of each backup, the newest first."""
        ...

    async def verify(self, name: str, password: str | None = None) -> Mapping[str, Any]:
        """Look at every file of a backup, and return what it says of itself."""
        ...

    async def keep(self, count: int) -> Sequence[str]:
        """Delete scheduled backups but for the newest so many; return the names of those that went."""
        ...

    async def path(self, name: str) -> Path:
        """Return where a backup lies."""
        ...


class NoBackups:
    """Stands for the backups of a house that has no files."""

    async def create(
        self, *, history: bool = True, password: str | None = None, scheduled: bool = False
    ) -> Mapping[str, Any]:
        raise HubError("this house has no files to back up")

    async def list(self) -> Sequence[Mapping[str, Any]]:
        return []

    async def verify(self, name: str, password: str | None = None) -> Mapping[str, Any]:
        raise HubError("this house has no backups")

    async def keep(self, count: int) -> Sequence[str]:
        return []

    async def path(self, name: str) -> Path:
        raise HubError("this house has no backups")
