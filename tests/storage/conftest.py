"""A house that records into a real SQLite file."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from hub.core.settings import Settings
from hub.storage.archive import Archive
from hub.testing import SimulatedHouse


class RecordingHouse:
    """A simulated house with an archive; `history` asks it."""

    def __init__(self, folder: Path, recorder: dict[str, Any], **more: Any) -> None:
        self.simulated = SimulatedHouse(settings=Settings(config_dir=folder, data_dir=folder), **more)
        configuration = self.simulated.read({"recorder": recorder})
        assert [str(problem) for problem in configuration.problems] == []
        self.archive = Archive(self.simulated.house, configuration.recorder)
        self.archive.begin()
        self.set = self.simulated.set
        self.advance = self.simulated.advance

    @property
    def history(self) -> Any:
        return self.archive.history

    @property
    def now(self) -> float:
        return self.simulated.clock.timestamp()

    async def told(self, entity_id: str, since: float = 0, **more: Any) -> list[tuple[float, str]]:
        """Return when it became what, in seconds before now."""
        found = await self.history.states([entity_id], since, **more)
        return [(round(each.at - self.now, 3), each.state) for each in found.get(entity_id, ())]

    async def stop(self) -> None:
        await self.archive.close()
        await self.simulated.stop()


Start = Callable[..., Awaitable[RecordingHouse]]


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    houses: list[RecordingHouse] = []

    async def begin(recorder: dict[str, Any] | None = None, **more: Any) -> RecordingHouse:
        houses.append(RecordingHouse(tmp_path, recorder or {}, **more))
        return houses[-1]

    yield begin
    for house in houses:
        await house.stop()


@pytest.fixture
async def recording(start: Start) -> RecordingHouse:
    return await start()
