"""Check the lights of the three schemas: what they show and what they are sent."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

JSON = {"schema": "json", "name": "L", "command_topic": "set", "state_topic": "st"}
BASIC = {"name": "L", "command_topic": "set", "state_topic": "st"}


def light(home: Any, options: dict[str, Any], **more: Any) -> list[str]:
    problems: list[str] = home.set_up(mqtt={"light": {**options, **more}})
    return problems


def modes(*names: str) -> dict[str, Any]:
    return {"supported_color_modes": list(names)}


# --- schema json -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "told", "shown"),
    [
        ({}, {}, {"color_mode": "onoff"}),
        ({"brightness": True}, {"brightness": 100}, {"color_mode": "brightness", "brightness": 100}),
        ({"brightness": True, "brightness_scale": 100}, {"brightness": 50}, {"brightness": 128}),
        ({"brightness": True}, {"brightness": 0}, {"brightness": None}),
        ({"brightness": True}, {"brightness": "much"}, {"brightness": None}),
        (
            modes("rgb"),
            {"color_mode": "rgb", "color": {"r": 255, "g": 0, "b": 0}},
            {"rgb_color": (255, 0, 0), "hs_color": (0.0, 100.0), "xy_color": (0.701, 0.299)},
        ),
        (
            modes("rgbww"),
            {"color_mode": "rgbww", "color": {"r": 1, "g": 2, "b": 3, "c": 4, "w": 5}},
            {"rgbww_color": (1, 2, 3, 4, 5)},
        ),
        (
            modes("color_temp", "hs"),
            {"color_mode": "color_temp", "color_temp": 250},
            {"color_mode": "color_temp", "color_temp_kelvin": 4000, "color_temp": 250},
        ),
        (
            {**modes("color_temp"), "color_temp_kelvin": True},
            {"color_mode": "color_temp", "color_temp": 2700},
            {"color_temp_kelvin": 2700},
        ),
        (modes("hs", "xy"), {"color_mode": "rgb"}, {"color_mode": "unknown", "rgb_color": None}),
        (modes("hs"), {"color_mode": "hs", "color": {"h": 1}}, {"hs_color": None}),
        ({"effect": True, "effect_list": ["disco"]}, {"effect": "disco"}, {"effect": "disco"}),
    ],
)
async def test_a_json_light_shows(
    home: Any, options: dict[str, Any], told: dict[str, Any], shown: dict[str, Any]
) -> None:
    assert light(home, JSON, **options) == []

    home.message("st", {"state": "ON", **told})

    attributes = home.attributes("light.l")
    assert home.state("light.l") == "on"
    assert {name: attributes[name] for name in shown} == shown


async def test_a_light_that_is_off_shows_no_colour(home: Any) -> None:
    light(home, JSON, **modes("hs"))
    home.message("st", {"state": "ON", "color_mode": "hs", "color": {"h": 10, "s": 20}, "brightness": 5})

    home.message("st", {"state": "OFF"})

    attributes = home.attributes("light.l")
    assert home.state("light.l") == "off"
    assert {attributes[name] for name in ("color_mode", "brightness", "hs_color")} == {None}


@pytest.mark.parametrize(
    ("options", "data", "sent"),
    [
        ({}, {}, {}),
        ({}, {"brightness": 5, "rgb_color": [1, 2, 3]}, {}),
        ({"brightness": True, "brightness_scale": 100}, {"brightness_pct": 50}, {"brightness": 50}),
        ({"brightness": True}, {"brightness": 1, "transition": 2}, {"brightness": 1, "transition": 2.0}),
        ({}, {"flash": "long"}, {"flash": 10}),
        ({"flash": False, "transition": False}, {"flash": "short", "transition": 1}, {}),
        (modes("hs"), {"hs_color": [10, 20]}, {"color": {"h": 10, "s": 20}}),
        (modes("hs"), {"rgb_color": [255, 0, 0]}, {"color": {"h": 0, "s": 100}}),
        (modes("hs"), {"color_name": "Dodger Blue"}, {"color": {"h": 209.6, "s": 88.235}}),
        (modes("xy"), {"rgb_color": [0, 0, 255]}, {"color": {"x": 0.136, "y": 0.04}}),
        (modes("rgb"), {"xy_color": [0.4, 0.4]}, {"color": {"r": 255, "g": 234, "b": 164}}),
        (modes("rgb"), {"rgb_color": [200, 100, 0], "brightness": 51}, {"color": {"r": 40, "g": 20, "b": 0}}),
        (modes("rgbw"), {"rgb_color": [255, 128, 64]}, {"color": {"r": 255, "g": 85, "b": 0, "w": 85}}),
        (modes("rgbww"), {"color_temp_kelvin": 2000}, {"color": {"r": 0, "g": 0, "b": 0, "c": 0, "w": 255}}),
        (modes("color_temp"), {"color_temp_kelvin": 2500}, {"color_temp": 400}),
        (modes("color_temp"), {"color_temp": 300}, {"color_temp": 300}),
        (modes("color_temp"), {"xy_color": [0.44, 0.4]}, {"color_temp": 342}),
        ({**modes("color_temp"), "color_temp_kelvin": True}, {"kelvin": 2500}, {"color_temp": 2500}),
        (modes("hs"), {"color_temp_kelvin": 2700}, {"color": {"h": 28.395, "s": 65.723}}),
        (modes("rgb", "white"), {"white": 128, "brightness": 51}, {"white": 51}),
        (modes("hs"), {"profile": "relax"}, {"color": {"h": 35.932, "s": 69.412}, "brightness": 144}),
        ({"effect": True}, {"effect": "disco"}, {"effect": "disco"}),
    ],
)
async def test_a_json_light_is_told(
    home: Any, options: dict[str, Any], data: dict[str, Any], sent: dict[str, Any]
) -> None:
    light(home, JSON, **options)

    await home.call("light.turn_on", "light.l", **data)

    ((topic, payload),) = home.sent()
    assert (topic, orjson.loads(payload)) == ("set", {"state": "ON", **sent})


@pytest.mark.parametrize(
    ("data", "sent"),
    [
        ({"brightness_step": 20}, {"state": "ON", "brightness": 120}),
        ({"brightness_step_pct": -20}, {"state": "ON", "brightness": 48}),
        ({"brightness_step": -200}, {"state": "OFF"}),
        ({"brightness": 0, "transition": 3}, {"state": "OFF", "transition": 3.0}),
    ],
)
async def test_brightness_goes_by_steps(home: Any, data: dict[str, Any], sent: dict[str, Any]) -> None:
    light(home, JSON, brightness=True)
    home.message("st", {"state": "ON", "brightness": 100})

    await home.call("light.turn_on", "light.l", **data)

    assert [orjson.loads(payload) for _, payload in home.sent()] == [sent]


async def test_a_light_that_tells_nothing_is_assumed_and_remembered(home: Any) -> None:
    options = {"schema": "json", "name": "L", "command_topic": "set", **modes("hs", "color_temp")}
    light(home, options)

    await home.call("light.turn_on", "light.l", brightness=90, hs_color=[10, 20])

    attributes = home.attributes("light.l")
    assert home.state("light.l") == "on"
    assert (attributes["brightness"], attributes["hs_color"]) == (90, (10.0, 20.0))
    assert home.house.memory.recall("light.l").attributes["brightness"] == 90


async def test_a_light_toggles_with_the_fields_of_turn_on(home: Any) -> None:
    light(home, JSON, brightness=True)
    home.message("st", {"state": "ON"})
    await home.call("light.toggle", "light.l", brightness=5, transition=1)
    home.message("st", {"state": "OFF"})
    await home.call("light.toggle", "light.l", brightness=5)

    assert [orjson.loads(payload) for _, payload in home.sent()] == [
        {"state": "OFF", "transition": 1.0},
        {"state": "ON", "brightness": 5},
    ]


@pytest.mark.parametrize(
    ("names", "word"),
    [
        (["onoff", "rgb"], "onoff can't go with others"),
        (["brightness", "hs"], "brightness can't go with others"),
        (["white"], "white goes with colours only"),
        (["rgb", "rgb"], "twice"),
        (["purple"], "supported_color_modes"),
    ],
)
async def test_modes_that_can_not_go_together_are_refused(home: Any, names: list[str], word: str) -> None:
    assert word in "".join(light(home, JSON, **modes(*names)))


# --- schema basic ------------------------------------------------------------------------------------


def topics(*names: str) -> dict[str, Any]:
    return {f"{name}_{kind}_topic": f"{name}/{kind}" for name in names for kind in ("command", "state")}


@pytest.mark.parametrize(
    ("options", "topic", "payload", "shown"),
    [
        ({}, "st", "ON", {"color_mode": "onoff"}),
        (topics("brightness"), "brightness/state", "128", {"brightness": 128}),
        ({**topics("brightness"), "brightness_scale": 100}, "brightness/state", "50", {"brightness": 128}),
        (topics("rgb"), "rgb/state", "125,125,125", {"rgb_color": (255, 255, 255), "brightness": 125}),
        (topics("rgb", "brightness"), "rgb/state", "1,2,3", {"rgb_color": (1, 2, 3)}),
        (topics("rgb"), "rgb/state", "1,2", {"rgb_color": None}),
        (topics("hs"), "hs/state", "200,50", {"hs_color": (200.0, 50.0), "color_mode": "hs"}),
        (topics("xy"), "xy/state", "0.4,0.4", {"xy_color": (0.4, 0.4)}),
        (topics("rgbw", "brightness"), "rgbw/state", "1,2,3,4", {"rgbw_color": (1, 2, 3, 4)}),
        (topics("color_temp"), "color_temp/state", "300", {"color_temp_kelvin": 3333}),
        (topics("color_temp"), "color_temp/state", "warm", {"color_temp_kelvin": None}),
        ({**topics("effect"), "effect_list": ["a"]}, "effect/state", "a", {"effect": "a"}),
    ],
)
async def test_a_basic_light_shows(
    home: Any, options: dict[str, Any], topic: str, payload: str, shown: dict[str, Any]
) -> None:
    assert light(home, BASIC, **options) == []
    home.message("st", "ON")

    home.message(topic, payload)

    attributes = home.attributes("light.l")
    assert {name: attributes[name] for name in shown} == shown


@pytest.mark.parametrize(
    ("options", "data", "sent"),
    [
        ({}, {}, [("set", "ON")]),
        (
            {**topics("brightness"), "brightness_scale": 100},
            {"brightness": 255},
            [("brightness/command", "100"), ("set", "ON")],
        ),
        (
            {**topics("brightness"), "on_command_type": "first"},
            {"brightness": 9},
            [("set", "ON"), ("brightness/command", "9")],
        ),
        ({**topics("brightness"), "on_command_type": "brightness"}, {}, [("brightness/command", "255")]),
        (
            topics("rgb"),
            {"rgb_color": [255, 100, 0], "brightness": 128},
            [("rgb/command", "128,50,0"), ("set", "ON")],
        ),
        (topics("rgb"), {"brightness": 51}, [("rgb/command", "51,51,51"), ("set", "ON")]),
        (
            {**topics("rgb"), "rgb_command_template": "#{{ '%02x%02x%02x' | format(red, green, blue) }}"},
            {"rgb_color": [255, 128, 0]},
            [("rgb/command", "#ff8000"), ("set", "ON")],
        ),
        (topics("hs"), {"hs_color": [10, 20]}, [("hs/command", "10.0,20.0"), ("set", "ON")]),
        (topics("color_temp"), {"color_temp": 300}, [("color_temp/command", "300"), ("set", "ON")]),
        (
            {**topics("effect"), "effect_list": ["a"]},
            {"effect": "a"},
            [("effect/command", "a"), ("set", "ON")],
        ),
        ({**topics("effect"), "effect_list": ["a"]}, {"effect": "b"}, [("set", "ON")]),
        (
            {**topics("rgb"), "white_command_topic": "white", "white_scale": 50},
            {"white": 255},
            [("white", "50"), ("set", "ON")],
        ),
    ],
)
async def test_a_basic_light_is_told(
    home: Any, options: dict[str, Any], data: dict[str, Any], sent: list[tuple[str, str]]
) -> None:
    assert light(home, BASIC, **options) == []

    await home.call("light.turn_on", "light.l", **data)

    assert home.sent() == sent


async def test_white_alone_is_refused(home: Any) -> None:
    assert "white goes with colours only" in "".join(light(home, BASIC, white_command_topic="w"))


# --- schema template ---------------------------------------------------------------------------------

TEMPLATE = {
    "schema": "template",
    "name": "L",
    "command_topic": "set",
    "state_topic": "st",
    "command_on_template": (
        "on,{{ brightness | d }},{{ red | d }}-{{ green | d }}-{{ blue | d }},{{ transition | d }}"
    ),
    "command_off_template": "off,{{ transition | d }}",
    "state_template": "{{ value.split(',')[0] }}",
    "brightness_template": "{{ value.split(',')[1] }}",
    "red_template": "{{ value.split(',')[2] }}",
    "green_template": "{{ value.split(',')[3] }}",
    "blue_template": "{{ value.split(',')[4] }}",
    "effect_list": ["disco"],
    "effect_template": "{{ value.split(',')[5] }}",
}


async def test_a_template_light_shows(home: Any) -> None:
    assert light(home, TEMPLATE) == []

    home.message("st", "on,100,255,0,0,disco")

    attributes = home.attributes("light.l")
    assert home.state("light.l") == "on"
    assert attributes["brightness"] == 100
    assert attributes["hs_color"] == (0.0, 100.0)
    assert attributes["effect"] == "disco"


async def test_a_template_light_is_told(home: Any) -> None:
    light(home, TEMPLATE)

    await home.call("light.turn_on", "light.l", brightness=50, hs_color=[0, 100], transition=2)
    await home.call("light.turn_off", "light.l")

    assert home.sent() == [("set", "on,50,255-0-0,2.0"), ("set", "off,")]


async def test_what_a_template_light_can_not_read_is_told(home: Any, caplog: Any) -> None:
    light(home, TEMPLATE)

    home.message("st", "maybe,much,1,2,x,none")

    assert home.state("light.l") == "unknown"
    assert caplog.text.count("can't be read") == 4
