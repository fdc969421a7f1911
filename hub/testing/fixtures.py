"""Fixtures for pytest: a house, its clock, its message bus and its pages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from hub.core.clock import SimulatedClock
from hub.loader import load_plugins
from hub.testing.house import SimulatedHouse
from hub.testing.mqtt import SimulatedMqtt
from hub.testing.pages import SimulatedPages


@pytest.fixture
def hub_plugins() -> Mapping[str, Any]:
    """The modules of plugins that are tried, by name; for authors to override in their conftest.py."""
    return {}


@pytest.fixture
async def house(hub_plugins: Mapping[str, Any]) -> AsyncIterator[SimulatedHouse]:
    """A house whose time stands still until the test moves it."""
    plugins = load_plugins(installed=False, also=hub_plugins) if hub_plugins else None
    simulated = SimulatedHouse(plugins=plugins)
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


@pytest.fixture
def pages(house: SimulatedHouse) -> SimulatedPages:
    """The house's pages, asked without a browser."""
    return SimulatedPages(house)
