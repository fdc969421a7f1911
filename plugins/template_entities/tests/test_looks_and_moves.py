"""Template lights, covers, fans and locks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from hub.api import HubError
from hub.testing import SimulatedHouse


def calling(**data: Any) -> list[dict[str, Any]]:
    return [{"action": "test.automation", "data": data}]


async def call(house: SimulatedHouse, service: str, entity_id: str, **data: Any) -> None:
    domain, _, name = service.partition(".")
    await house.house.services.wait(domain, name, {"entity_id": entity_id, **data})


def attributes(house: SimulatedHouse, entity_id: str) -> Mapping[str, Any]:
    state = house.house.states.get(entity_id)
    assert state is not None
    return state.attributes


def entity(domain: str, **options: Any) -> dict[str, Any]:
    return {"template": {domain: {"name": "It", **options}}}


LIGHT = {
    "turn_on": calling(do="on"),
    "turn_off": calling(do="off"),
    "set_level": calling(do="level", to="{{ brightness }}"),
    "set_temperature": calling(do="temperature", to="{{ color_temp_kelvin }}"),
    "set_hs": calling(do="hs", to="{{ h }}"),
}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, {"do": "on"}),
        ({"brightness_pct": 50}, {"do": "level", "to": 128}),
        ({"color_temp_kelvin": 4000}, {"do": "temperature", "to": 4000}),
        ({"hs_color": [120, 50]}, {"do": "hs", "to": 120}),
        ({"rgb_color": [255, 0, 0], "brightness": 9}, {"do": "hs", "to": 0}),
    ],
)
async def test_a_light_runs_the_action_for_what_is_asked(
    house: SimulatedHouse, asked: dict[str, Any], told: dict[str, Any]
) -> None:
    house.set_up(entity("light", **LIGHT))
    await call(house, "light.turn_on", "light.it", **asked)
    assert house.calls[-1].data == told
    assert house.state("light.it") == "on"


async def test_a_light_shows_what_its_templates_give(house: SimulatedHouse) -> None:
    house.set_up(entity("light", **LIGHT, state="on", level="{{ 80 }}", temperature="{{ 250 }}"))
    told = attributes(house, "light.it")
    assert (told["brightness"], told["color_mode"], told["color_temp_kelvin"]) == (80, "color_temp", 4000)
    assert told["supported_color_modes"] == ["color_temp", "hs"]


COVER = {"open_cover": calling(do="open"), "close_cover": calling(do="close")}


@pytest.mark.parametrize(
    ("state", "shown"), [("open", "open"), ("True", "open"), ("closing", "closing"), ("x", "unknown")]
)
async def test_a_cover_shows_its_state(house: SimulatedHouse, state: str, shown: str) -> None:
    house.set_up(entity("cover", **COVER, state=state))
    assert house.state("cover.it") == shown


async def test_a_cover_moves(house: SimulatedHouse) -> None:
    house.set_up(entity("cover", **COVER, set_cover_position=calling(to="{{ position }}")))
    await call(house, "cover.set_cover_position", "cover.it", position=30)
    assert house.calls[-1].data == {"to": 30}
    assert attributes(house, "cover.it")["current_position"] == 30
    await call(house, "cover.toggle", "cover.it")
    assert house.state("cover.it") == "closed"


async def test_a_cover_that_can_not_move_is_refused(house: SimulatedHouse) -> None:
    assert house.read(entity("cover", state="open")).errors


async def test_a_fan_is_turned_on_at_a_speed(house: SimulatedHouse) -> None:
    speed = calling(speed="{{ percentage }}")
    house.set_up(entity("fan", turn_on=calling(do="on"), turn_off=calling(do="off"), set_percentage=speed))
    await call(house, "fan.turn_on", "fan.it", percentage=40)
    assert [dict(called.data) for called in house.calls] == [{"do": "on"}, {"speed": 40}]
    assert (house.state("fan.it"), attributes(house, "fan.it")["percentage"]) == ("on", 40)


async def test_a_lock_hands_the_code_on(house: SimulatedHouse) -> None:
    actions = {"lock": calling(do="lock"), "unlock": calling(code="{{ code }}")}
    house.set_up(entity("lock", **actions, state="{{ true }}"))
    assert house.state("lock.it") == "locked"
    await call(house, "lock.unlock", "lock.it", code="1a")
    assert house.calls[-1].data == {"code": "1a"}
    with pytest.raises(HubError, match="does not support"):
        await call(house, "lock.open", "lock.it")


@pytest.mark.parametrize("state", ["nonsense", "{{ none }}", "{{ 5 }}"])
async def test_a_lock_is_not_called_locked_without_reason(house: SimulatedHouse, state: str) -> None:
    house.set_up(entity("lock", lock=[], unlock=[], state=state))
    assert house.state("lock.it") == "unknown"


@pytest.mark.parametrize(
    ("domain", "key", "options"),
    [
        ("light", "lights", {**LIGHT, "value_template": "on", "level_template": "{{ 80 }}"}),
        ("cover", "covers", {**COVER, "position_template": "{{ 30 }}"}),
        ("fan", "fans", {"turn_on": [], "turn_off": [], "value_template": "on"}),
    ],
)
async def test_the_old_platforms_still_work(
    house: SimulatedHouse, domain: str, key: str, options: dict[str, Any]
) -> None:
    house.set_up({domain: [{"platform": "template", key: {"it": options}}]})
    assert house.state(f"{domain}.it") in ("on", "open")
