"""`hub import history`: take over the past of a Home Assistant."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from hub.building import prepare
from hub.cli.recorded import runs
from hub.cli.run import DEFAULT_CONFIG, Config, data_dir_of, find_config
from hub.cli.storage import progress_shown
from hub.configuration import read_files
from hub.core.clock import SystemClock
from hub.core.errors import HubError
from hub.storage.home_assistant import HomeAssistantFile
from hub.storage.importing import Imported, import_history

_NAMED = 5


def import_past(
    file: Annotated[Path, typer.Argument(help="Home Assistant's home-assistant_v2.db; it is only read.")],
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Take over states and long-term statistics of a Home Assistant, of what `recorder:` keeps.

    The hub must be stopped. It may be done again: what is there already stays once.
    """
    if not file.is_file():
        raise HubError(f"there is no file {file}", remedy="Name Home Assistant's home-assistant_v2.db.")
    if runs(data_dir_of(config)):
        raise HubError("the hub runs", remedy="Stop it, and import then.")
    told = asyncio.run(_import(file, find_config(config)))
    typer.echo(
        f"{told.entities} entities: {told.states} states and {told.statistics} statistics are in history now"
    )
    if told.left_out:
        names = ", ".join(told.left_out[:_NAMED])
        more = f" and {len(told.left_out) - _NAMED} others" if len(told.left_out) > _NAMED else ""
        typer.echo(f"not recorded by this configuration and left out: {names}{more}")


async def _import(file: Path, config: Path) -> Imported:
    house, _ = prepare(config)
    configuration = read_files(config, house)
    configuration.apply(house)
    recorder = configuration.recorder
    if recorder.store is None:
        raise HubError("no plugin offers a store")
    theirs = await HomeAssistantFile.open(file)
    try:
        store = await recorder.store.open(house)
        try:
            with progress_shown("history") as progress:
                now = int(SystemClock().timestamp())
                return await import_history(theirs, store, now, recorder.filter, progress)
        finally:
            await store.close()
    finally:
        await theirs.close()
