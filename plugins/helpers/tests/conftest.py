"""Houses for the tests of the helpers: one as it is, and any number with a past of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from zoneinfo import ZoneInfo

import pytest

from hub.api import Remembered, Settings
from hub.testing import SimulatedHouse


@pytest.fixture
async def make_house() -> AsyncIterator[Callable[..., SimulatedHouse]]:
    """Make houses: `before` maps entity ids to states, or to pairs of state and attributes."""
    houses = []

    def make(before=None, *, zone="UTC", **more):
        pairs = {
            entity_id: past if isinstance(past, tuple) else (past, {})
            for entity_id, past in (before or {}).items()
        }
        remembered = {entity_id: Remembered(*pair) for entity_id, pair in pairs.items()}
        settings = Settings(time_zone=ZoneInfo(zone))
        house = SimulatedHouse(remembered=remembered, settings=settings, **more)
        houses.append(house)
        return house

    yield make
    for house in houses:
        await house.stop()


@pytest.fixture
def house(make_house) -> SimulatedHouse:
    return make_house()


@pytest.fixture
def call():
    """Call a service of the entity's domain: `call(house, "counter.a", "set_value", value=3)`."""

    def make_call(house, entity_id, service, **data):
        domain = entity_id.partition(".")[0]
        house.house.services.call(domain, service, {"entity_id": entity_id, **data})

    return make_call


@pytest.fixture
def attributes():
    """Return an entity's attributes."""

    def attributes_of(house, entity_id):
        return house.house.states.get(entity_id).attributes

    return attributes_of


@pytest.fixture
def problems():
    """Return what is wrong with a configuration, as texts."""

    def problems_of(house, config):
        return [str(problem) for problem in house.read(config).problems]

    return problems_of
