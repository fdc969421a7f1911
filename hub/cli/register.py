"""Reach the register from the command line: in the hub that runs, or in the files of one that does not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hub.building import prepare
from hub.cli.run import data_dir_of, find_config
from hub.configuration import read_files
from hub.control import ask, follow
from hub.core.clock import SystemClock
from hub.core.errors import HubError
from hub.registry import Owner, Registrar
from hub.registry.desk import PREFIX, register_commands


def tell(config: Path, command: str, **arguments: Any) -> Any:
    """Do a command and return its answer. Raises `HubError`."""
    data_dir = data_dir_of(config)
    if runs(data_dir):
        return ask(data_dir, f"{PREFIX}{command}", **arguments)
    return asyncio.run(_alone(find_config(config), data_dir, command, arguments))


def tell_on(config: Path, command: str, **arguments: Any) -> Iterator[Any]:
    """Yield what a command goes on telling, of a hub that runs. Raises `HubError`."""
    return follow(data_dir_of(config), f"{PREFIX}{command}", **arguments)


def runs(data_dir: Path) -> bool:
    """Tell whether a hub runs on a data folder."""
    try:
        ask(data_dir, "status")
    except HubError:
        return False
    return True


async def _alone(config: Path, data_dir: Path, command: str, arguments: Mapping[str, Any]) -> Any:
    house, _ = prepare(config)
    declared = read_files(config, house).declared
    registrar = await Registrar.open(data_dir, SystemClock(), declared.all(Owner))
    try:
        return await register_commands(lambda: registrar)[f"{PREFIX}{command}"](**arguments)
    finally:
        await registrar.close()
