"""A whole house in the hand: real core, real plugins, a clock that moves only when told."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from hub.building import Household, build_house
from hub.configuration import Configuration, read_data
from hub.core.agenda import ShortAgenda
from hub.core.clock import SimulatedClock
from hub.core.memory import ShortMemory
from hub.core.ports import House
from hub.core.remembered import Remembered
from hub.core.services import ServiceCall
from hub.core.settings import Settings
from hub.loader import Plugins, load_plugins
from hub.testing.mqtt import SimulatedMqtt

START = datetime(2024, 5, 6, 12, 0, tzinfo=UTC)
_MOST_TURNS = 200_000


@cache
def known_plugins() -> Plugins:
    """Return the plugins that come with the hub, loaded once."""
    return load_plugins(installed=False)


class SimulatedHouse:
    """A house whose time stands still between steps.

    `calls` records what the recording services `test.automation` and `test.script` were called with, and
    any that `record` makes.
    """

    def __init__(
        self,
        *,
        start: datetime = START,
        settings: Settings | None = None,
        plugins: Plugins | None = None,
        remembered: Mapping[str, Remembered] | None = None,
        left: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self.clock = SimulatedClock(start)
        self.mqtt = SimulatedMqtt()
        self.plugins = plugins or known_plugins()
        self.house: House = build_house(
            self.clock,
            settings or Settings(config_dir=Path("."), data_dir=Path(".")),
            self.plugins.catalogs,
            self.mqtt,
            ShortMemory(remembered),
        )
        self.agenda = ShortAgenda(left)
        self.household = Household.of(self.house, self.agenda)
        self.calls: list[ServiceCall] = []
        self.record("test", "automation")
        self.record("test", "script")

    # --- shortcuts ---

    def state(self, entity_id: str) -> str | None:
        """Return the state's text, None if there is none."""
        state = self.house.states.get(entity_id)
        return state.state if state is not None else None

    def set(
        self, entity_id: str, state: str, attributes: Mapping[str, Any] | None = None, **more: Any
    ) -> None:
        self.house.states.set(entity_id, state, attributes, **more)

    def record(self, domain: str, service: str) -> None:
        """Offer a service that only records its calls."""
        self.house.services.register(domain, service, self.calls.append, response="optional")

    # --- configuration ---

    def read(self, config: Mapping[str, Any]) -> Configuration:
        return read_data(config, self.house)

    def set_up(self, config: Mapping[str, Any]) -> Configuration:
        """Read a configuration given as data, set it up and start the house."""
        configuration = self.read(config)
        self.household.set_up(configuration)
        self.household.begin()
        self.household.automate(configuration)
        self.household.started()
        return configuration

    # --- time ---

    async def settle(self) -> None:
        """Let everything that is ready to run, run."""
        loop = asyncio.get_running_loop()
        for _ in range(_MOST_TURNS):
            await asyncio.sleep(0)
            if getattr(loop, "_ready", None) or self.clock.run_next(self.clock.now()):
                continue
            return
        raise RuntimeError("the house does not come to rest")

    async def advance(self, seconds: float) -> None:
        """Move the clock; what falls due on the way happens in its order."""
        await self.move_to(self.clock.now() + timedelta(seconds=seconds))

    async def move_to(self, when: datetime) -> None:
        await self.settle()
        while self.clock.run_next(when):
            await self.settle()

    def restarted(self, seconds: float = 0) -> SimulatedHouse:
        """Return the house as it is found when the hub was killed now and starts so many seconds later.

        It knows what waited, and no states; set it up again.
        """
        left = orjson.loads(orjson.dumps(self.agenda.entries()))
        start = self.clock.now() + timedelta(seconds=seconds)
        return SimulatedHouse(start=start, settings=self.house.settings, plugins=self.plugins, left=left)

    async def stop(self) -> None:
        await self.household.stop()
