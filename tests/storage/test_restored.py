"""After a restart entities show what they were, marked, until their device speaks; nothing happened by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from hub.core.ports import House
from hub.core.remembered import Remembered
from hub.testing import SimulatedHouse
from hub.testing.house import START

LONG_AGO = START.timestamp() - 3600
KNOWN = {
    "sensor.t": Remembered("26", {"unit_of_measurement": "°C", "note": "x"}, LONG_AGO),
    "event.bell": Remembered("2024-05-06T10:00:00", {}, LONG_AGO),
    "sensor.lost": Remembered("unavailable", {}, LONG_AGO),
    "input_boolean.b": Remembered("on", {}, LONG_AGO),
}
CONFIG: Mapping[str, Any] = {
    "mqtt": [
        {"sensor": {"name": "T", "state_topic": "t", "unit_of_measurement": "K"}},
        {"sensor": {"name": "Lost", "state_topic": "lost"}},
        {"sensor": {"name": "Away", "state_topic": "away", "availability_topic": "away/here"}},
    ],
    "input_boolean": {"b": None},
    "automation": {
        "triggers": [{"trigger": "state", "entity_id": ["sensor.t", "sensor.new"]}],
        "actions": [{"action": "test.automation"}],
    },
}


@pytest.fixture
async def restarted():
    simulated = SimulatedHouse(remembered=KNOWN)
    simulated.house.entities.recall = simulated.house.memory.recall
    configuration = simulated.read(CONFIG)
    simulated.household.set_up(configuration)
    simulated.household.begin()
    simulated.house.entities.quiet = True
    simulated.household.automate(configuration)
    simulated.household.started()
    yield simulated
    await simulated.stop()


def state(house: House, entity_id: str) -> Any:
    return house.states.get(entity_id)


async def test_a_sensor_shows_what_it_was_and_since_when(restarted):
    told = state(restarted.house, "sensor.t")
    assert (told.state, told.attributes["restored"]) == ("26", True)
    assert told.attributes["unit_of_measurement"] == "K", "what the configuration says today counts"
    assert (told.changed, told.reported) == (LONG_AGO, LONG_AGO)


async def test_it_is_no_longer_marked_when_its_device_speaks(restarted):
    restarted.mqtt.deliver("t", b"26")
    told = state(restarted.house, "sensor.t")
    assert (told.state, "restored" in told.attributes) == ("26", False)
    assert told.reported == START.timestamp()


async def test_what_was_never_known_stays_unknown(restarted):
    assert restarted.state("sensor.lost") == "unknown"
    assert restarted.state("sensor.away") == "unavailable"


async def test_helpers_are_themselves_again(restarted):
    told = state(restarted.house, "input_boolean.b")
    assert (told.state, "restored" in told.attributes) == ("on", False)


async def test_nothing_is_triggered_by_what_comes_back(restarted):
    await restarted.settle()
    assert restarted.calls == []
    restarted.mqtt.deliver("t", b"27")
    await restarted.settle()
    assert len(restarted.calls) == 1
