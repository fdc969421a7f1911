"""Template entities with triggers are renewed when one fires."""

from __future__ import annotations

from typing import Any

from hub.api import Event, Remembered
from hub.testing import SimulatedHouse


def block(**more: Any) -> dict[str, Any]:
    return {"template": [{"triggers": {"trigger": "event", "event_type": "go"}, **more}]}


def fire(house: SimulatedHouse, **data: Any) -> None:
    house.house.bus.fire(Event("go", data))


def sensor(state: str, **more: Any) -> dict[str, Any]:
    return {"name": "Out", "state": state, **more}


async def test_it_is_renewed_by_the_trigger_alone(house: SimulatedHouse) -> None:
    house.set("sensor.in", "1")
    house.set_up(block(sensor=sensor("{{ states('sensor.in') }}")))
    assert house.state("sensor.out") == "unknown"

    fire(house)
    house.set("sensor.in", "2")

    assert house.state("sensor.out") == "1"


async def test_conditions_are_asked_with_the_trigger(house: SimulatedHouse) -> None:
    house.set_up(
        block(conditions="{{ trigger.event.data.n > 1 }}", sensor=sensor("{{ trigger.event.data.n }}"))
    )
    fire(house, n=1)
    assert house.state("sensor.out") == "unknown"

    fire(house, n=2)

    assert house.state("sensor.out") == "2"


async def test_the_answer_of_an_action_can_be_shown(house: SimulatedHouse) -> None:
    house.house.services.register("test", "ask", lambda call: {"answer": 42}, response="optional")
    action = {"action": "test.ask", "response_variable": "told"}
    house.set_up(block(actions=[action], sensor=sensor("{{ told.answer }}")))

    fire(house)

    assert house.state("sensor.out") == "42"


async def test_an_attribute_sees_those_before_it(house: SimulatedHouse) -> None:
    attributes = {"a": "{{ trigger.event.data.n }}", "b": "{{ a + 1 }}"}
    house.set_up(block(sensor=sensor("x", attributes=attributes)))

    fire(house, n=1)

    state = house.house.states.get("sensor.out")
    assert state is not None
    assert (state.attributes["a"], state.attributes["b"]) == (1, 2)


async def test_what_it_showed_is_restored() -> None:
    before = Remembered("7", {"a": 1, "icon": "mdi:old", "other": 2})
    house = SimulatedHouse(remembered={"sensor.out": before})
    options = {"attributes": {"a": "{{ 2 }}"}, "icon": "{{ 'mdi:new' }}"}
    house.set_up(block(sensor=sensor("8", **options)))

    state = house.house.states.get("sensor.out")

    assert state is not None
    assert (state.state, state.attributes["a"], state.attributes["icon"]) == ("7", 1, "mdi:old")
    assert "other" not in state.attributes
    await house.stop()


async def test_auto_off_ends_by_itself_and_begins_anew(house: SimulatedHouse) -> None:
    house.set_up(block(binary_sensor={"name": "Out", "state": "on", "auto_off": 5}))
    fire(house)
    await house.advance(4)
    fire(house)
    await house.advance(4)
    assert house.state("binary_sensor.out") == "on"

    await house.advance(1)

    assert house.state("binary_sensor.out") == "off"


async def test_it_renders_when_the_house_starts(house: SimulatedHouse) -> None:
    options = {"triggers": {"trigger": "homeassistant", "event": "start"}, "sensor": sensor("up")}
    house.set_up({"template": options})
    assert house.state("sensor.out") == "up"


async def test_a_block_that_is_taken_out_hears_nothing(house: SimulatedHouse) -> None:
    house.set_up(block(sensor=sensor("1")))

    await house.stop()
    fire(house)

    assert house.state("sensor.out") is None
