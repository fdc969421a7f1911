"""What the control socket answers about backups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hub.core.backups import Backups

PREFIX = "backup."


def backup_commands(backups: Callable[[], Backups]) -> dict[str, Callable[..., Any]]:
    """Return the commands by name."""

    async def create(history: bool = True, password: str | None = None) -> Any:
        return await backups().create(history=history, password=password)

    async def verify(name: str, password: str | None = None) -> Any:
        return await backups().verify(name, password)

    async def list_all() -> Any:
        return await backups().list()

    return {f"{PREFIX}create": create, f"{PREFIX}verify": verify, f"{PREFIX}list": list_all}
