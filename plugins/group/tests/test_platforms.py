"""Groups as platforms: one entity of a domain for several."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from hub.testing import SimulatedHouse


def group(domain: str, *members: str, **more: Any) -> dict[str, Any]:
    entities = [f"{domain}.{member}" for member in members]
    return {domain: [{"platform": "group", "name": "G", "entities": entities, **more}]}


def attributes(house: SimulatedHouse, entity_id: str) -> Mapping[str, Any]:
    state = house.house.states.get(entity_id)
    assert state is not None
    return state.attributes


@pytest.mark.parametrize(
    ("states", "every", "shown"),
    [
        (("on", "off"), False, "on"),
        (("on", "off"), True, "off"),
        (("on", "unknown"), True, "unknown"),
        (("on", "unavailable"), False, "on"),
        (("unavailable", "unavailable"), False, "unavailable"),
    ],
)
@pytest.mark.parametrize("domain", ["switch", "binary_sensor", "light"])
async def test_on_and_off(
    house: SimulatedHouse, domain: str, states: tuple[str, str], every: bool, shown: str
) -> None:
    house.set(f"{domain}.a", states[0])
    house.set(f"{domain}.b", states[1])
    house.set_up(group(domain, "a", "b", all=every))
    assert house.state(f"{domain}.g") == shown


async def test_without_its_members_it_is_unavailable(house: SimulatedHouse) -> None:
    house.set_up(group("switch", "a"))
    assert house.state("switch.g") == "unavailable"


@pytest.mark.parametrize(
    ("states", "shown"),
    [
        (("locked", "locked"), "locked"),
        (("locked", "unlocked"), "unlocked"),
        (("locked", "jammed"), "jammed"),
        (("locking", "unlocking"), "locking"),
        (("locked", "unavailable"), "unlocked"),
    ],
)
async def test_locks(house: SimulatedHouse, states: tuple[str, str], shown: str) -> None:
    house.set("lock.a", states[0])
    house.set("lock.b", states[1])
    house.set_up(group("lock", "a", "b"))
    assert house.state("lock.g") == shown


async def test_covers_show_their_mean_position(house: SimulatedHouse) -> None:
    house.set("cover.a", "open", {"current_position": 30})
    house.set("cover.b", "closed", {"current_position": 0})
    house.set_up(group("cover", "a", "b"))
    assert house.state("cover.g") == "open"
    assert attributes(house, "cover.g")["current_position"] == 15


async def test_lights_show_what_they_have_in_common(house: SimulatedHouse) -> None:
    modes = {"supported_color_modes": ["hs", "color_temp"], "effect_list": ["b", "a"]}
    house.set("light.a", "on", {**modes, "color_mode": "hs", "hs_color": (340, 100), "brightness": 100})
    house.set("light.b", "on", {**modes, "color_mode": "hs", "hs_color": (0, 50), "brightness": 200})
    house.set_up(group("light", "a", "b"))
    told = attributes(house, "light.g")
    assert (told["brightness"], told["color_mode"], told["effect_list"]) == (150, "hs", ["a", "b"])
    assert told["hs_color"] == pytest.approx((350, 75))
    assert told["supported_color_modes"] == ["color_temp", "hs"]


async def test_a_command_goes_to_all_members(house: SimulatedHouse) -> None:
    members = [
        {"name": name, "turn_on": [{"action": "test.automation", "data": {"on": name}}], "turn_off": []}
        for name in ("a", "b")
    ]
    house.set_up({"template": {"switch": members}, **group("switch", "a", "b")})

    await house.house.services.wait("switch", "turn_on", {"entity_id": "switch.g"})

    assert [called.data["on"] for called in house.calls] == ["a", "b"]


@pytest.mark.parametrize(
    ("kind", "shown"),
    [("mean", "6.0"), ("last", "9.0"), ("stdev", "4.24264068711928"), ("product", "27.0"), ("max", "9.0")],
)
async def test_sensors_make_one_number(house: SimulatedHouse, kind: str, shown: str) -> None:
    house.set("sensor.a", "3")
    await house.advance(1)
    house.set("sensor.b", "9")
    house.set_up(group("sensor", "a", "b", type=kind))
    assert house.state("sensor.g") == shown
    assert attributes(house, "sensor.g")["icon"] == "mdi:calculator"


@pytest.mark.parametrize(("ignore", "shown"), [(True, "3.0"), (False, "unknown")])
async def test_a_sensor_that_has_no_number(house: SimulatedHouse, ignore: bool, shown: str) -> None:
    house.set("sensor.a", "3")
    house.set("sensor.b", "broken")
    house.set_up(group("sensor", "a", "b", type="sum", ignore_non_numeric=ignore))
    assert house.state("sensor.g") == shown


async def test_units_of_one_kind_are_converted(house: SimulatedHouse) -> None:
    house.set("sensor.a", "500", {"unit_of_measurement": "W", "device_class": "power"})
    house.set("sensor.b", "1.5", {"unit_of_measurement": "kW", "device_class": "power"})
    house.set_up(group("sensor", "a", "b", type="sum"))
    assert house.state("sensor.g") == "2000.0"
    assert attributes(house, "sensor.g")["unit_of_measurement"] == "W"


async def test_members_are_of_the_domain(house: SimulatedHouse) -> None:
    found = house.set_up({"switch": [{"platform": "group", "entities": ["light.a"]}]})
    assert "light.a can't be a member" in str(found.problems[0])


@pytest.mark.parametrize(
    ("states", "shown"),
    [
        (("playing", "playing"), "playing"),
        (("playing", "off"), "on"),
        (("off", "unavailable"), "off"),
        (("unknown", "unavailable"), "unknown"),
        (("unavailable", "unavailable"), "unavailable"),
    ],
)
async def test_players(house: SimulatedHouse, states: tuple[str, str], shown: str) -> None:
    house.set("media_player.a", states[0])
    house.set("media_player.b", states[1])
    house.set_up(group("media_player", "a", "b"))
    assert house.state("media_player.g") == shown


async def test_players_get_louder_from_where_they_are(house: SimulatedHouse) -> None:
    house.record("media_player", "volume_set")
    house.set("media_player.a", "playing", {"volume_level": 0.25})
    house.set("media_player.b", "playing", {"volume_level": 0.95})
    house.set_up(group("media_player", "a", "b"))

    await house.house.services.wait("media_player", "volume_up", {"entity_id": "media_player.g"})

    assert [call.data["volume_level"] for call in house.calls] == [0.35, 1.0]


async def test_what_happens_to_a_member_happens_to_the_group(house: SimulatedHouse) -> None:
    types = {"event_types": ["press", "hold"]}
    house.set("event.a", "2024-05-06T11:00:00.000+00:00", {**types, "event_type": "press"})
    house.set("event.b", "unknown", {"event_types": ["press", "turn"]})
    house.set_up(group("event", "a", "b"))
    assert house.state("event.g") == "unknown"
    assert attributes(house, "event.g")["event_types"] == ["press", "hold", "turn"]

    await house.advance(1)
    house.set("event.a", "2024-05-06T12:00:01.000+00:00", {**types, "event_type": "hold", "seconds": 3})

    assert house.state("event.g") == "2024-05-06T12:00:01.000+00:00"
    assert attributes(house, "event.g")["event_type"] == "hold"
    assert attributes(house, "event.g")["seconds"] == 3


async def test_a_member_that_comes_back_is_no_event(house: SimulatedHouse) -> None:
    told = {"event_types": ["press"], "event_type": "press"}
    house.set("event.a", "unavailable")
    house.set_up(group("event", "a"))
    house.set("event.a", "2024-05-06T12:00:01.000+00:00", told)
    assert house.state("event.g") == "unknown"


@pytest.mark.parametrize(("domain", "shown"), [("cover", 7), ("light", 44), ("fan", 49)])
async def test_a_group_can_what_any_member_can(house: SimulatedHouse, domain: str, shown: int) -> None:
    able = {"cover": (3, 4), "light": (4, 40), "fan": (49, 8)}[domain]
    for name, features in zip("ab", able, strict=True):
        house.set(f"{domain}.{name}", "unknown", {"supported_features": features})
    house.set_up(group(domain, "a", "b"))
    assert attributes(house, f"{domain}.g")["supported_features"] == shown
