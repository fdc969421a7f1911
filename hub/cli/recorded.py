"""Reach history from the command line: in the hub that runs, or in the files of one that does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from hub.app import prepare
from hub.cli.run import data_dir_of, find_config
from hub.configuration import Configuration, read_files
from hub.control import ask
from hub.core.errors import HubError
from hub.core.ports import House
from hub.core.store import HistoryStore
from hub.storage.desk import PREFIX, history_commands
from hub.storage.history import KeptHistory


def tell(config: Path, command: str, **arguments: Any) -> Any:
    """Ask history and return its answer. Raises `HubError`."""
    data_dir = data_dir_of(config)
    if runs(data_dir):
        return ask(data_dir, f"{PREFIX}{command}", **arguments)
    return asyncio.run(_alone(find_config(config), command, arguments))


def runs(data_dir: Path) -> bool:
    """Tell whether a hub runs on this folder."""
    try:
        ask(data_dir, "status")
    except HubError:
        return False
    return True


@asynccontextmanager
async def opened_history(config: Path) -> AsyncIterator[tuple[House, Configuration]]:
    """Give a house that only remembers, for a hub that does not run. Raises `HubError`."""
    house, _ = prepare(config)
    configuration = read_files(config, house)
    configuration.apply(house)
    if configuration.recorder.store is None:
        raise HubError("no plugin offers a store: nothing is recorded")
    store = await configuration.recorder.store.open(house)

    async def ready() -> HistoryStore:
        return store

    house.history = KeptHistory(ready, house.clock, house.settings)
    try:
        yield house, configuration
    finally:
        await store.close()


async def _alone(config: Path, command: str, arguments: dict[str, Any]) -> Any:
    async with opened_history(config) as (house, _):
        return await history_commands(lambda: house.history)[f"{PREFIX}{command}"](**arguments)
