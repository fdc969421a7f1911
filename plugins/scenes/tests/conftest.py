"""A house for the tests of this plugin."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from hub.testing import SimulatedHouse


@pytest.fixture
async def house() -> AsyncIterator[SimulatedHouse]:
    house = SimulatedHouse()
    yield house
    await house.stop()
