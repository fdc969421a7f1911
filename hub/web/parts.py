"""What the API is made of: the running house and what may be asked of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.automation.engine import Engine
from hub.config.web import WebModel
from hub.configuration import Configuration
from hub.core.errors import NotFound
from hub.core.ports import House
from hub.kinds import Door
from hub.loader import Plugins
from hub.registry import Registrar
from hub.registry.accounts import AccountDesk, Accounts


@dataclass(slots=True, kw_only=True)
class Parts:
    """Given by the app. What may come and go while the hub runs is asked for each time."""

    house: House
    engine: Engine
    accounts: Accounts
    desk: AccountDesk
    plugins: Plugins
    path: Path
    """The configuration file."""
    model: WebModel
    commands: Mapping[str, Callable[..., Any]]
    """What the control socket answers, too; what it refuses is refused here."""
    configuration: Callable[[], Configuration | None]
    door: Callable[[], Door | None]
    registrar: Callable[[], Registrar | None]

    async def command(self, name: str, /, **arguments: Any) -> Any:
        """Do what the control socket would, and return its answer. Raises `HubError`."""
        command = self.commands.get(name)
        if command is None:
            raise NotFound(f"this hub has no {name}")
        answer = command(**arguments)
        return await answer if inspect.isawaitable(answer) else answer
