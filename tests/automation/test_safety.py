"""A guarded actuator is never left on by a dead sensor, a forgotten switch, a start or a stop."""

from __future__ import annotations

from datetime import timedelta

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


# --- over a restart -----------------------------------------------------------------------------------


async def started_again(house, guard, seconds, state=b"ON"):
    """Return the house that starts after this one was killed, with what its memory and the server kept."""
    remembered = house.house.memory.all()
    await house.advance(0)
    again = SimulatedHouse(start=house.clock.now() + timedelta(seconds=seconds), remembered=remembered)
    configuration = again.read(config(**guard))
    again.household.set_up(configuration)
    again.mqtt.deliver("heater/state", state, retain=True)
    again.mqtt.deliver("room/temperature", b"15", retain=True)
    await again.advance(0.1)
    again.household.begin()
    again.household.automate(configuration)
    again.household.started()
    return again, Heater(again)


async def test_how_long_it_was_on_counts_also_before_a_restart(house, heater):
    guard = {"max_on": 3600, "at_start": False}
    house.set_up(config(**guard))
    heater.report("OFF")
    await house.advance(10)
    heater.report("ON")
    await house.advance(3000)
    again, heater = await started_again(house, guard, 500)
    await again.advance(90)
    assert heater.obey() == []
    await again.advance(20)
    assert heater.obey() == ["OFF"]
    await again.stop()


async def test_what_is_on_too_long_already_at_the_start_is_switched_off_at_once(house, heater):
    guard = {"max_on": 3600, "at_start": False}
    house.set_up(config(**guard))
    heater.report("OFF")
    heater.report("ON")
    again, heater = await started_again(house, guard, 7200)
    await again.advance(0)
    assert heater.obey() == ["OFF"]
    await again.stop()


async def test_a_sensor_that_was_silent_before_a_restart_is_silent_after_it(house, heater):
    guard = {"sensors": "sensor.room", "stale_after": 600, "at_start": False}
    house.set_up(config(**guard))
    warm(house)
    await house.advance(580)
    again, heater = await started_again(house, guard, 10)
    await again.advance(30)
    assert heater.obey() == ["OFF"]  # what the server kept of the sensor is no sign of life
    with pytest.raises(ServiceRefused, match="silent"):
        switch(again, "turn_on")
    warm(again, "16")
    switch(again, "turn_on")
    assert heater.obey() == ["ON"]
    await again.stop()


async def test_a_restart_does_not_shorten_the_pause_between_two_times_on(house, heater):
    guard = {"min_cycle": 300}
    house.set_up(config(**guard))
    heater.obey()
    heater.report("ON")
    heater.report("OFF")
    again, heater = await started_again(house, guard, 100, b"OFF")
    with pytest.raises(ServiceRefused, match=r"It may be switched again in (199|200) s"):
        switch(again, "turn_on")
    await again.advance(201)
    switch(again, "turn_on")
    assert heater.obey() == ["ON"]
    await again.stop()


async def test_a_device_that_comes_back_on_is_switched_off_if_its_sensor_is_silent(house):
    device = {**HEATER, "availability_topic": "heater/online"}
    guard = {"entity_id": "switch.heater", "sensors": "sensor.room", "stale_after": 60, "at_start": False}
    house.set_up({"mqtt": {"switch": device, "sensor": ROOM}, "safety": guard})
    heater = Heater(house)
    house.mqtt.deliver("heater/online", b"online")
    warm(house)
    heater.report("ON")
    house.mqtt.deliver("heater/online", b"offline")
    await house.advance(70)
    house.mqtt.published.clear()
    house.mqtt.deliver("heater/online", b"online")
    assert heater.obey() == ["OFF"]


async def test_a_plugin_that_fails_does_not_keep_a_guard_from_acting(house, heater):
    house.set_up(config(max_on=60))
    heater.obey()

    def broken(event):
        raise RuntimeError("a plugin's bug")

    house.house.bus.listen("state_changed", broken)
    house.house.bus.listen_state("switch.heater", broken)
    heater.report("ON")
    await house.advance(61)
    assert heater.obey() == ["OFF"]


async def test_a_stop_makes_it_safe_also_while_its_answer_is_awaited(house, heater):
    house.set_up(config(max_on="01:00:00"))
    heater.report("OFF")
    await house.advance(60)
    heater.obey()
    switch(house, "turn_on")
    house.household.undo()
    assert heater.obey() == ["ON", "OFF"]


async def test_a_stop_says_nothing_to_what_is_safe(house, heater):
    house.set_up(config(max_on="01:00:00"))
    heater.report("OFF")
    await house.advance(60)
    heater.obey()
    house.household.undo()
    assert heater.obey() == []
