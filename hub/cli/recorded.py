"""Reach history from the command line: in the hub that runs, or in the files of one that does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Self

from hub.building import prepare
from hub.cli.run import data_dir_of, find_config
from hub.configuration import Configuration, read_files
from hub.control import ask
from hub.core.errors import HubError
from hub.core.ports import House
from hub.core.store import HistoryStore
from hub.storage.desk import PAGE, PREFIX, history_commands
from hub.storage.history import KeptHistory

# The next microsecond: half of one more, as a time in seconds has no more digits.
_BEYOND = 1.5e-6


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


class Reader:
    """Asks history again and again without opening the files of a stopped hub each time."""

    def __init__(self, config: Path) -> None:
        self._data_dir = data_dir_of(config)
        self._config = config
        self._stack = ExitStack()
        self._alone: Callable[..., Any] | None = None

    def __enter__(self) -> Self:
        if not runs(self._data_dir):
            runner = self._stack.enter_context(asyncio.Runner())
            opened = opened_history(find_config(self._config))
            house, _ = runner.run(_entered(opened))
            self._stack.callback(lambda: runner.run(_left(opened)))
            commands = history_commands(lambda: house.history)
            self._alone = lambda name, given: runner.run(commands[name](**given))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def tell(self, command: str, **arguments: Any) -> Any:
        """Ask history and return its answer. Raises `HubError`."""
        name = f"{PREFIX}{command}"
        return ask(self._data_dir, name, **arguments) if self._alone is None else self._alone(name, arguments)

    def pages(self, entity_id: str, since: float, until: float) -> Iterator[list[dict[str, Any]]]:
        """Yield all that is kept of an entity, in pages that never fill the memory."""
        while page := self.tell("page", entity_id=entity_id, since=since, until=until):
            yield page
            if len(page) < PAGE:
                return
            since = page[-1]["at"] + _BEYOND


async def _entered(context: Any) -> Any:
    return await context.__aenter__()


async def _left(context: Any) -> None:
    await context.__aexit__(None, None, None)


async def _alone(config: Path, command: str, arguments: dict[str, Any]) -> Any:
    async with opened_history(config) as (house, _):
        return await history_commands(lambda: house.history)[f"{PREFIX}{command}"](**arguments)
