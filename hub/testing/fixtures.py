"""Fixtures for pytest: a house, its clock and its message bus."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from hub.core.clock import SimulatedClock
from hub.testing.house import SimulatedHouse
from hub.testing.mqtt import SimulatedMqtt


@pytest.fixture
async def house() -> AsyncIterator[SimulatedHouse]:
    """A house whose time stands still until the test moves it."""
    simulated = SimulatedHouse()
    yield simulated
    await simulated.stop()


@pytest.fixture
def clock(house: SimulatedHouse) -> SimulatedClock:
    """The house's clock."""
    return house.clock


@pytest.fixture
def mqtt(house: SimulatedHouse) -> SimulatedMqtt:
    """The house's message bus, which records and delivers."""
    return house.mqtt
