"""Reach history from the command line: in the hub that runs, or in the files of one that does not."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from hub.app import prepare
from hub.cli.run import data_dir_of, find_config
from hub.configuration import read_files
from hub.control import ask
from hub.core.errors import HubError
from hub.core.ports import House
from hub.core.store import HistoryStore
from hub.storage.desk import PREFIX, history_commands
from hub.storage.history import KeptHistory
from hub.storage.model import RecorderModel


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


def unopened(config: Path) -> tuple[House, RecorderModel]:
    """Return an empty house for a configuration, and what the configuration says of the recorder."""
    house, _ = prepare(config)
    configuration = read_files(config, house)
    configuration.apply(house)
    return house, configuration.recorder


async def opened(config: Path) -> tuple[House, HistoryStore]:
    """Open the store of a hub that does not run. Raises `HubError`."""
    house, recorder = unopened(config)
    if recorder.store is None:
        raise HubError("no plugin offers a store: nothing is recorded")
    return house, await recorder.store.open(house)


async def _alone(config: Path, command: str, arguments: dict[str, Any]) -> Any:
    house, store = await opened(config)

    async def ready() -> HistoryStore:
        return store

    try:
        history = KeptHistory(ready, house.clock, house.settings)
        return await history_commands(lambda: history)[f"{PREFIX}{command}"](**arguments)
    finally:
        await store.close()
