"""What a template entity had begun when the hub was killed goes on when it is started again."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import pytest

from hub.testing import SimulatedHouse

Restart = Callable[..., Awaitable[SimulatedHouse]]


def saying(*what: str) -> list[dict[str, Any]]:
    return [{"action": "test.automation", "data": {"what": one}} for one in what]


def said(house: SimulatedHouse) -> list[str]:
    return [call.data["what"] for call in house.calls]


@pytest.fixture
async def restart() -> AsyncIterator[Restart]:
    begun: list[SimulatedHouse] = []

    async def again(
        house: SimulatedHouse, config: Mapping[str, Any], seconds: float = 0, **states: str
    ) -> SimulatedHouse:
        new = house.restarted(seconds)
        begun.append(new)
        for state in house.house.states:
            new.house.memory.keep(state.entity_id, state.state, state.attributes)
        await house.stop()
        for entity_id, state in states.items():
            new.set(entity_id.replace("__", "."), state)
        new.set_up(copy.deepcopy(config))
        await new.settle()
        return new

    yield again
    for house in begun:
        await house.stop()


def template(domain: str, **options: Any) -> dict[str, Any]:
    return {"template": {domain: {"name": "Pump", **options}}}


LATER = [*saying("first"), {"delay": 60}, *saying("then {{ this.entity_id }}")]
COMMANDS = {
    "switch": (template("switch", turn_on=LATER, turn_off=[]), "turn_on", {}, "on"),
    "cover": (
        template("cover", open_cover=LATER, close_cover=[]), "open_cover", {}, "open",
    ),
    "cover position": (
        template("cover", set_cover_position=LATER), "set_cover_position", {"position": 40}, "open",
    ),
    "fan": (template("fan", turn_on=LATER, turn_off=[]), "turn_on", {}, "on"),
    "light": (template("light", turn_on=[], turn_off=LATER), "turn_off", {}, "off"),
    "button": (template("button", press=LATER), "press", {}, "2024-05-06T12:00:00+00:00"),
    "number": (template("number", set_value=LATER), "set_value", {"value": 7}, "unknown"),
}  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
async def test_the_actions_of_a_command_go_on(house: SimulatedHouse, restart: Restart, name: str) -> None:
    config, service, data, state = COMMANDS[name]
    [domain] = config["template"]
    entity_id = f"{domain}.pump"
    house.set_up(copy.deepcopy(config))
    waiting = house.house.services.call(domain, service, {"entity_id": entity_id, **data})
    house.house.tasks.spawn(waiting, "test")  # type: ignore[arg-type]  # it has to wait
    await house.advance(20)
    again = await restart(house, config, 10)
    await again.advance(29)
    assert (said(house), said(again)) == (["first"], [])
    await again.advance(2)
    assert said(again) == [f"then {entity_id}"]
    assert again.state(entity_id) == state
    assert again.agenda.entries() == {}


async def test_a_fan_gets_the_speed_that_was_asked_for(house: SimulatedHouse, restart: Restart) -> None:
    speed = [*saying("{{ percentage }} %"), {"delay": 5}]
    config = template("fan", turn_on=[{"delay": 60}], turn_off=[], set_percentage=speed)
    house.set_up(copy.deepcopy(config))
    waiting = house.house.services.call("fan", "turn_on", {"entity_id": "fan.pump", "percentage": 30})
    house.house.tasks.spawn(waiting, "test")  # type: ignore[arg-type]  # it has to wait
    await house.settle()
    again = await restart(house, config)
    await again.advance(70)
    assert said(again) == ["30 %"]
    assert again.house.states.get("fan.pump").attributes["percentage"] == 30  # type: ignore[union-attr]


async def test_who_called_waits_for_all_that_it_called(house: SimulatedHouse, restart: Restart) -> None:
    pumps = [
        {"name": name, "turn_on": [{"delay": seconds}, *saying(name)], "turn_off": []}
        for name, seconds in (("one", 30), ("two", 60))
    ]
    both = {"action": "switch.turn_on", "target": {"entity_id": ["switch.one", "switch.two"]}}
    actions = [both, *saying("both are on")]
    rule = {"id": "a", "triggers": [{"trigger": "event", "event_type": "go"}], "actions": actions}
    config = {"template": {"switch": pumps}, "automation": [rule]}
    house.set_up(copy.deepcopy(config))
    house.house.bus.emit("go", {})
    await house.advance(10)
    again = await restart(house, config)
    await again.advance(25)
    again = await restart(again, config)
    await again.advance(20)
    assert said(again) == []
    await again.advance(10)
    assert said(again) == ["two", "both are on"]


async def test_changed_actions_do_not_go_on(house: SimulatedHouse, restart: Restart) -> None:
    def config(seconds: int) -> dict[str, Any]:
        return template("switch", turn_on=[{"delay": seconds}, *saying("on")], turn_off=[])

    house.set_up(config(60))
    waiting = house.house.services.call("switch", "turn_on", {"entity_id": "switch.pump"})
    house.house.tasks.spawn(waiting, "test")  # type: ignore[arg-type]  # it has to wait
    await house.settle()
    again = await restart(house, config(61))
    await again.advance(3600)
    assert said(again) == []
    assert again.agenda.entries() == {}


TRIGGERED = {
    "template": {
        "triggers": [{"trigger": "event", "event_type": "go"}],
        "actions": [{"delay": 60}, {"variables": {"doubled": "{{ trigger.event.data.n * 2 }}"}}],
        "sensor": {"name": "Doubled", "state": "{{ doubled }}"},
    }
}


async def test_the_actions_of_a_block_with_triggers_go_on(house: SimulatedHouse, restart: Restart) -> None:
    house.set_up(copy.deepcopy(TRIGGERED))
    house.house.bus.emit("go", {"n": 21})
    await house.advance(20)
    again = await restart(house, TRIGGERED, 10)
    await again.advance(29)
    assert again.state("sensor.doubled") == "unknown"
    await again.advance(2)
    assert again.state("sensor.doubled") == "42"
    assert again.agenda.entries() == {}


async def test_the_for_of_a_trigger_of_a_block_goes_on(house: SimulatedHouse, restart: Restart) -> None:
    trigger = {"trigger": "state", "entity_id": "switch.x", "to": "on", "for": 60}
    block = {"triggers": [trigger], "sensor": {"name": "Since", "state": "{{ trigger.to_state.state }}"}}
    house.set("switch.x", "off")
    house.set_up({"template": copy.deepcopy(block)})
    house.set("switch.x", "on")
    again = await restart(house, {"template": block}, 30, switch__x="on")
    await again.advance(29)
    assert again.state("sensor.since") == "unknown"
    await again.advance(2)
    assert again.state("sensor.since") == "on"


def motion(**more: Any) -> dict[str, Any]:
    return template("binary_sensor", state="{{ is_state('switch.x', 'on') }}", **more)


@pytest.mark.parametrize(
    ("option", "before", "after"), [("delay_on", "off", "on"), ("delay_off", "on", "off")]
)
async def test_a_delay_of_a_binary_sensor_goes_on(
    house: SimulatedHouse, restart: Restart, option: str, before: str, after: str
) -> None:
    config = motion(**{option: 60})
    house.set("switch.x", before)
    house.set_up(copy.deepcopy(config))
    house.set("switch.x", after)
    again = await restart(house, config, 20, switch__x=after)
    await again.advance(39)
    assert again.state("binary_sensor.pump") == before
    await again.advance(2)
    assert again.state("binary_sensor.pump") == after


async def test_a_delay_that_has_nothing_to_wait_for_ends(house: SimulatedHouse, restart: Restart) -> None:
    config = motion(delay_on=60)
    house.set("switch.x", "off")
    house.set_up(copy.deepcopy(config))
    house.set("switch.x", "on")
    again = await restart(house, config, 20, switch__x="off")
    await again.advance(3600)
    assert again.state("binary_sensor.pump") == "off"
    assert again.agenda.entries() == {}


async def test_auto_off_counts_from_before(house: SimulatedHouse, restart: Restart) -> None:
    config = {
        "template": {
            "triggers": [{"trigger": "event", "event_type": "go"}],
            "binary_sensor": {"name": "Pump", "state": "{{ true }}", "auto_off": 60},
        }
    }
    house.set_up(copy.deepcopy(config))
    house.house.bus.emit("go", {})
    assert house.state("binary_sensor.pump") == "on"
    again = await restart(house, config, 30)
    await again.advance(29)
    assert again.state("binary_sensor.pump") == "on"
    await again.advance(2)
    assert again.state("binary_sensor.pump") == "off"
