"""A small core: a clock that stands still, a bus, states."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hub.core.areas import AreaRegistry
from hub.core.bus import Bus
from hub.core.clock import SimulatedClock
from hub.core.entities import Entities
from hub.core.registries import DeviceRegistry, EntityRegistry
from hub.core.states import States


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(datetime(2024, 5, 6, 12, 0, tzinfo=UTC))


@pytest.fixture
def bus(clock: SimulatedClock) -> Bus:
    return Bus(clock)


@pytest.fixture
def states(bus: Bus, clock: SimulatedClock) -> States:
    return States(bus, clock)


@pytest.fixture
def registry(bus: Bus) -> EntityRegistry:
    return EntityRegistry(bus)


@pytest.fixture
def devices(bus: Bus) -> DeviceRegistry:
    return DeviceRegistry(bus, AreaRegistry())


@pytest.fixture
def entities(states: States, registry: EntityRegistry, devices: DeviceRegistry) -> Entities:
    return Entities(states, registry, devices)
