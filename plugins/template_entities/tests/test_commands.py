"""Template entities obey services by running their actions."""

from __future__ import annotations

from typing import Any

import pytest

from hub.api import HubError, Remembered
from hub.testing import SimulatedHouse


def calling(**data: Any) -> list[dict[str, Any]]:
    return [{"action": "test.automation", "data": data}]


async def call(house: SimulatedHouse, service: str, entity_id: str, **data: Any) -> None:
    domain, _, name = service.partition(".")
    await house.house.services.wait(domain, name, {"entity_id": entity_id, **data})


def switch(**more: Any) -> dict[str, Any]:
    actions = {"turn_on": calling(to="on", me="{{ this.entity_id }}"), "turn_off": calling(to="off")}
    return {"template": {"switch": {"name": "Pump", **actions, **more}}}


async def test_a_switch_without_a_state_takes_what_it_was_told(house: SimulatedHouse) -> None:
    house.set_up(switch())
    assert house.state("switch.pump") == "unknown"

    await call(house, "switch.turn_on", "switch.pump")

    assert house.state("switch.pump") == "on"
    assert house.calls[-1].data == {"to": "on", "me": "switch.pump"}


async def test_a_switch_with_a_state_waits_for_it(house: SimulatedHouse) -> None:
    house.set("sensor.pump", "off")
    house.set_up(switch(state="{{ states('sensor.pump') }}"))

    await call(house, "switch.toggle", "switch.pump")

    assert house.state("switch.pump") == "off"
    assert house.calls[-1].data["to"] == "on"


async def test_a_switch_without_a_state_is_restored() -> None:
    house = SimulatedHouse(remembered={"switch.pump": Remembered("on")})
    house.set_up(switch())
    assert house.state("switch.pump") == "on"
    await house.stop()


async def test_actions_may_wait(house: SimulatedHouse) -> None:
    house.set_up(switch(turn_on=[{"delay": 5}, *calling(to="later")]))
    waiting = house.house.services.call("switch", "turn_on", {"entity_id": "switch.pump"})
    done = house.house.tasks.spawn(waiting, "test")  # type: ignore[arg-type]  # it has to wait
    await house.advance(4)
    assert house.calls == []

    await house.advance(1)

    assert house.calls[-1].data == {"to": "later"}
    assert done.done()


async def test_a_failing_action_fails_the_service(house: SimulatedHouse) -> None:
    house.set_up(switch(turn_on=[{"stop": "no water", "error": True}]))
    with pytest.raises(HubError, match="no water"):
        await call(house, "switch.turn_on", "switch.pump")


async def test_a_number_is_set_within_its_limits(house: SimulatedHouse) -> None:
    house.set_up(
        {"template": {"number": {"name": "Level", "max": 10, "set_value": calling(v="{{ value }}")}}}
    )

    await call(house, "number.set_value", "number.level", value=4)

    assert house.state("number.level") == "4.0"
    assert house.calls[-1].data == {"v": 4.0}
    with pytest.raises(HubError, match="is not from"):
        await call(house, "number.set_value", "number.level", value=11)


@pytest.mark.parametrize(
    ("service", "chosen"),
    [("select_next", "a"), ("select_previous", "b"), ("select_first", "a"), ("select_last", "c")],
)
async def test_a_select_goes_through_its_options(house: SimulatedHouse, service: str, chosen: str) -> None:
    options = {
        "name": "Mode",
        "options": "{{ ['a', 'b', 'c'] }}",
        "state": "c",
        "select_option": calling(o="{{ option }}"),
    }
    house.set_up({"template": {"select": options}})
    assert house.state("select.mode") == "c"

    await call(house, f"select.{service}", "select.mode")

    assert house.calls[-1].data == {"o": chosen}


async def test_a_button_remembers_when_it_was_pressed(house: SimulatedHouse) -> None:
    house.set_up({"template": {"button": {"name": "Bell", "press": calling(ring=True)}}})

    await call(house, "button.press", "button.bell")

    assert house.state("button.bell") == "2024-05-06T12:00:00+00:00"
    assert house.calls[-1].data == {"ring": True}
