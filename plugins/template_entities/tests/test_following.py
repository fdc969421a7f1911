"""Template entities without triggers follow what they read."""

from __future__ import annotations

from typing import Any

import pytest

from hub.api import Remembered
from hub.testing import SimulatedHouse


def sensor(**more: Any) -> dict[str, Any]:
    return {"template": [{"sensor": [{"name": "Out", "state": "{{ states('sensor.in') }}", **more}]}]}


def attribute(house: SimulatedHouse, entity_id: str, name: str) -> Any:
    state = house.house.states.get(entity_id)
    assert state is not None
    return state.attributes.get(name)


async def test_a_sensor_follows_what_it_reads(house: SimulatedHouse) -> None:
    house.set("sensor.in", "1")
    house.set_up(sensor(unit_of_measurement="W"))
    assert house.state("sensor.out") == "1"

    house.set("sensor.in", "2.50")

    assert house.state("sensor.out") == "2.5"
    assert attribute(house, "sensor.out", "unit_of_measurement") == "W"


async def test_state_and_attributes_change_in_one_step(house: SimulatedHouse) -> None:
    house.set_up(sensor(attributes={"twice": "{{ states('sensor.in') | int(0) * 2 }}"}))
    seen: list[Any] = []
    house.house.bus.listen_state("sensor.out", seen.append)

    house.set("sensor.in", "4")

    assert [(event.new.state, event.new.attributes["twice"]) for event in seen] == [("4", 8)]


async def test_an_error_makes_it_unavailable_until_it_renders_again(house: SimulatedHouse) -> None:
    house.set_up(sensor(state="{{ states('sensor.in') | float }}"))
    assert house.state("sensor.out") == "unavailable"

    house.set("sensor.in", "3")

    assert house.state("sensor.out") == "3.0"


async def test_availability_decides_first_and_keeps_the_looks(house: SimulatedHouse) -> None:
    house.set("sensor.in", "5")
    options = {"availability": "{{ is_state('sensor.on', 'yes') }}", "icon": "mdi:flash"}
    house.set_up(sensor(**options))
    assert house.state("sensor.out") == "unavailable"
    assert attribute(house, "sensor.out", "icon") == "mdi:flash"

    house.set("sensor.on", "yes")

    assert house.state("sensor.out") == "5"


async def test_a_measured_value_that_is_no_number_is_not_shown(house: SimulatedHouse) -> None:
    house.set("sensor.in", "5")
    house.set_up(sensor(unit_of_measurement="W"))

    house.set("sensor.in", "broken")

    assert house.state("sensor.out") == "5"


async def test_a_timestamp_is_shown_in_utc(house: SimulatedHouse) -> None:
    house.set("sensor.in", "2024-05-06 14:00:00.5+02:00")
    house.set_up(sensor(device_class="timestamp"))
    assert house.state("sensor.out") == "2024-05-06T12:00:00+00:00"


async def test_icon_and_name_may_be_templates(house: SimulatedHouse) -> None:
    house.set("sensor.in", "a")
    options = {"name": "Is {{ states('sensor.in') }}", "default_entity_id": "sensor.out"}
    house.set_up(sensor(icon="mdi:{{ states('sensor.in') }}", **options))

    house.set("sensor.in", "b")

    assert attribute(house, "sensor.out", "icon") == "mdi:b"
    assert attribute(house, "sensor.out", "friendly_name") == "Is b"


async def test_variables_of_block_and_entity_are_joined(house: SimulatedHouse) -> None:
    entity = {"name": "Out", "state": "{{ a + b }}", "variables": {"b": 2}}
    house.set_up({"template": {"variables": {"a": 1, "b": 1}, "sensor": entity}})
    assert house.state("sensor.out") == "3"


async def test_a_template_that_reads_itself_ends(house: SimulatedHouse) -> None:
    house.set_up(sensor(state="{{ this.state | int(0) + 1 }}"))
    assert house.state("sensor.out") == "2"


@pytest.mark.parametrize(("state", "shown"), [("on", "on"), ("1", "on"), ("off", "off"), ("nonsense", "off")])
async def test_a_binary_sensor_takes_truth_loosely(house: SimulatedHouse, state: str, shown: str) -> None:
    house.set("sensor.in", state)
    house.set_up({"template": {"binary_sensor": {"name": "Out", "state": "{{ states('sensor.in') }}"}}})
    assert house.state("binary_sensor.out") == shown


async def test_a_delayed_binary_sensor_is_restored() -> None:
    house = SimulatedHouse(remembered={"binary_sensor.out": Remembered("on")})
    options = {"name": "Out", "state": "{{ is_state('sensor.in', 'on') }}", "delay_off": 5}
    house.set_up({"template": {"binary_sensor": options}})
    assert house.state("binary_sensor.out") == "on"

    await house.advance(5)

    assert house.state("binary_sensor.out") == "off"
    await house.stop()


async def test_auto_off_without_triggers_is_warned_of(house: SimulatedHouse) -> None:
    found = house.set_up({"template": {"binary_sensor": {"state": "on", "auto_off": 5}}})
    assert "auto_off needs triggers" in str(found.problems[0])


async def test_a_misspelt_key_is_named_with_its_place(house: SimulatedHouse) -> None:
    found = house.set_up({"template": [{"sensor": [{"state": "1", "nmae": "x"}]}]})
    assert "Did you mean 'name'?" in str(found.problems[0])


async def test_the_old_platform_still_works(house: SimulatedHouse) -> None:
    options = {"friendly_name": "My sum", "value_template": "{{ 1 + 1 }}", "icon_template": "mdi:plus"}
    house.set_up({"sensor": [{"platform": "template", "sensors": {"total": options}}]})
    assert house.state("sensor.total") == "2"
    assert attribute(house, "sensor.total", "friendly_name") == "My sum"
    assert attribute(house, "sensor.total", "icon") == "mdi:plus"
