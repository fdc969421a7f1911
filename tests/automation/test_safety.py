"""A guarded actuator is never left on by a dead sensor, a forgotten switch, a start or a stop."""

from __future__ import annotations

import pytest

from hub.core.errors import ServiceRefused
from hub.testing import SimulatedHouse

HEATER = {"name": "Heater", "command_topic": "heater/set", "state_topic": "heater/state"}
ROOM = {"name": "Room", "state_topic": "room/temperature"}


def config(**guard):
    return {
        "mqtt": {"switch": HEATER, "sensor": ROOM},
        "safety": {"entity_id": "switch.heater", **guard},
    }


class Heater:
    """A heater that obeys."""

    def __init__(self, house: SimulatedHouse, *, deaf: bool = False) -> None:
        self.house = house
        self.deaf = deaf

    def obey(self) -> list[str]:
        """Do what was commanded since the last time, and report it."""
        sent = [m.payload.decode() for m in self.house.mqtt.published if m.topic == "heater/set"]
        self.house.mqtt.published.clear()
        for command in sent:
            if not self.deaf:
                self.report(command)
        return sent

    def report(self, state: str) -> None:
        self.house.mqtt.deliver("heater/state", state.encode())


def warm(house, value="20"):
    house.mqtt.deliver("room/temperature", value.encode())


def switch(house, service):
    house.house.services.call("switch", service, {"entity_id": "switch.heater"})


@pytest.fixture
def heater(house):
    return Heater(house)


async def test_it_is_switched_off_when_it_was_on_for_too_long(house, heater):
    house.set_up(config(max_on="01:00:00"))
    heater.obey()
    heater.report("ON")
    await house.advance(3599)
    assert heater.obey() == []
    await house.advance(2)
    assert heater.obey() == ["OFF"]


async def test_a_silent_sensor_switches_it_off_and_keeps_it_off(house, heater):
    house.set_up(config(sensors="sensor.room", stale_after="00:10:00"))
    heater.obey()
    warm(house)
    heater.report("ON")
    await house.advance(590)
    warm(house)
    await house.advance(590)
    assert heater.obey() == []
    await house.advance(11)
    assert heater.obey() == ["OFF"]
    with pytest.raises(ServiceRefused, match="silent"):
        switch(house, "turn_on")
    warm(house, "21")
    switch(house, "turn_on")
    assert heater.obey() == ["ON"]


async def test_switched_on_at_the_device_while_the_sensor_is_silent_it_is_switched_off(house, heater):
    house.set_up(config(sensors="sensor.room", stale_after=60))
    heater.obey()
    await house.advance(61)
    heater.report("ON")
    assert heater.obey() == ["OFF"]


async def test_a_sensor_that_never_spoke_counts_as_silent(house, heater):
    house.set_up(config(sensors="sensor.room", stale_after=60, at_start=False))
    heater.report("ON")
    await house.advance(61)
    assert heater.obey() == ["OFF"]


async def test_a_deaf_actuator_is_told_again(house):
    heater = Heater(house, deaf=True)
    house.set_up(config(max_on=60))
    heater.obey()
    heater.report("ON")
    await house.advance(61)
    assert heater.obey() == ["OFF"]
    await house.advance(30)
    assert heater.obey() == ["OFF"]
    heater.report("OFF")
    await house.advance(100)
    assert heater.obey() == []


async def test_it_is_safe_after_a_start_and_after_a_stop(house, heater):
    configuration = house.read(config())
    house.household.set_up(configuration)
    heater.report("ON")
    house.household.started()
    assert heater.obey() == ["OFF"]
    heater.report("ON")
    await house.household.stop()
    assert heater.obey() == ["OFF"]


async def test_an_actuator_of_which_nothing_is_known_is_told_once_at_the_start(house, heater):
    house.set_up(config())
    assert heater.obey() == ["OFF"]
    await house.advance(120)
    assert heater.obey() == []


async def test_it_is_not_switched_on_again_too_soon(house, heater):
    house.set_up(config(min_cycle=300))
    heater.obey()
    await house.advance(400)
    heater.report("ON")
    switch(house, "turn_off")
    heater.obey()
    with pytest.raises(ServiceRefused, match="It may be switched again in 300 s"):
        switch(house, "turn_on")
    await house.advance(301)
    switch(house, "turn_on")
    assert heater.obey() == ["ON"]


async def test_no_automation_gets_past_it(house, heater):
    rule = {
        "id": "stubborn",
        "triggers": {"trigger": "event", "event_type": "go"},
        "actions": {"action": "switch.turn_on", "target": {"entity_id": "switch.heater"}},
    }
    house.set_up({**config(sensors="sensor.room", stale_after=60), "automation": rule})
    heater.obey()
    await house.advance(61)
    house.house.bus.emit("go")
    assert heater.obey() == []
    [trace] = house.household.engine.traces_of("stubborn")
    assert "stays off: sensor.room has been silent" in trace.as_dict()["error"]


@pytest.mark.parametrize(
    ("guard", "words"),
    [
        ({"sensors": "sensor.room"}, "sensors and stale_after belong together"),
        ({"max_on": 0}, "max_on should be longer than nothing"),
        ({"max_onn": 5}, "unknown key"),
    ],
)
async def test_mistakes_are_told(house, guard, words):
    [problem] = house.read(config(**guard)).errors
    assert words in problem.text
