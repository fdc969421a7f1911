"""Lights: what they show and what they are told."""

from __future__ import annotations

import pytest

LIGHT = "light.tasmota_test"


def shown(home, *names):
    attributes = home.attributes(LIGHT)
    return tuple(attributes.get(name) for name in names)


async def told(home, service="turn_on", **data):
    """Call a service and return the commands that the device gets."""
    await home.call(f"light.{service}", LIGHT, **data)
    ((topic, backlog),) = home.sent()
    assert topic == "cmnd/Backlog"
    return [command.removeprefix("NoDelay;") for command in backlog.split(";NoDelay;")]


@pytest.mark.parametrize(
    ("kind", "modes", "effects"),
    [
        (0, ["onoff"], False),
        (1, ["brightness"], False),
        (2, ["color_temp"], False),
        (3, ["hs"], True),
        (4, ["hs", "white"], True),
        (5, ["color_temp", "hs"], True),
        (9, ["color_temp", "hs"], True),
    ],
)
def test_its_kind_says_what_it_can(home, kind, modes, effects):
    home.announce(rl=[2], lt_st=kind)
    home.online()

    assert home.state(LIGHT) == "off"
    assert shown(home, "supported_color_modes") == (modes,)
    assert ("effect_list" in home.attributes(LIGHT)) is effects


@pytest.mark.parametrize(("narrow", "range"), [(0, (2000, 6535)), (1, (2631, 5000))])
def test_set_option_82_narrows_its_temperatures(home, narrow, range):
    home.announce(rl=[2], lt_st=2, so={"82": narrow})

    assert shown(home, "min_color_temp_kelvin", "max_color_temp_kelvin") == range


def test_a_colored_one_shows_hue_and_saturation(home):
    home.announce(rl=[2], lt_st=3)
    home.online()

    home.tell("tele/STATE", {"POWER": "ON", "Dimmer": 50, "HSBColor": "30,100,50", "Scheme": 3})

    assert shown(home, "brightness", "color_mode", "effect") == (128, "hs", "Cycle down")
    assert shown(home, "hs_color", "rgb_color") == ((30, 100), (255, 128, 0))
    assert shown(home, "xy_color") == ((0.611, 0.375),)


@pytest.mark.parametrize(("kind", "white"), [(4, "white"), (5, "color_temp")])
def test_white_light_goes_before_colour(home, kind, white):
    home.announce(rl=[2], lt_st=kind)
    home.online()

    home.tell("tele/STATE", {"POWER": "ON", "Dimmer": 50, "HSBColor": "30,100,50", "White": 0})
    assert shown(home, "color_mode") == ("hs",)

    home.tell("tele/STATE", {"POWER": "ON", "White": 50})
    assert shown(home, "color_mode") == (white,)


def test_one_that_is_off_shows_nothing(home):
    home.announce(rl=[2], lt_st=5)
    home.online()
    home.tell("tele/STATE", {"POWER": "ON", "Dimmer": 50, "CT": 300})
    assert shown(home, "color_temp_kelvin", "brightness") == (3333, 128)

    home.tell("tele/STATE", {"POWER": "OFF", "Dimmer": 50, "CT": 300})

    assert shown(home, "color_mode", "color_temp_kelvin", "brightness", "effect") == (None,) * 4


@pytest.mark.parametrize(
    "content",
    [
        {"HSBColor": "30,100"},
        {"HSBColor": "a,b,c"},
        {"Dimmer": "50"},
        {"CT": None},
        {"Color": "GG0000"},
        {"Color": 7},
        {"Scheme": True},
    ],
)
def test_what_is_no_value_is_left_out(home, content):
    home.announce(rl=[2], lt_st=5)
    home.online()

    home.tell("tele/STATE", {"POWER": "ON", **content})

    assert shown(home, "brightness", "hs_color", "effect") == (None, None, None)


def test_a_scheme_without_a_name_shows_its_number(home):
    home.announce(rl=[2], lt_st=3)
    home.online()

    home.tell("tele/STATE", {"POWER": "ON", "Scheme": 7})

    assert shown(home, "effect") == ("Scheme 7",)


@pytest.mark.parametrize(
    ("data", "commands"),
    [
        ({}, ["Power1 ON"]),
        ({"brightness": 192}, ["Dimmer 75"]),
        ({"brightness": 1}, ["Dimmer 1"]),
        ({"brightness_pct": 20}, ["Dimmer 20"]),
        ({"brightness": 0}, ["Power1 OFF"]),
        ({"brightness": 0, "transition": 2}, ["Fade2 1", "Speed2 4", "Power1 OFF"]),
        ({"hs_color": [0, 100]}, ["Power1 ON", "HsbColor1 0", "HsbColor2 100"]),
        ({"rgb_color": [0, 0, 255]}, ["Power1 ON", "HsbColor1 240", "HsbColor2 100"]),
        ({"color_name": "lime"}, ["Power1 ON", "HsbColor1 120", "HsbColor2 100"]),
        ({"color_name": "no such"}, ["Power1 ON", "HsbColor1 0", "HsbColor2 0"]),
        ({"xy_color": [0.611, 0.375]}, ["Power1 ON", "HsbColor1 30", "HsbColor2 100"]),
        ({"rgbw_color": [255, 0, 0, 255]}, ["Power1 ON", "HsbColor1 0", "HsbColor2 50"]),
        ({"rgbww_color": [255, 0, 0, 0, 0]}, ["Power1 ON", "HsbColor1 0", "HsbColor2 100"]),
        ({"color_temp_kelvin": 5000}, ["Power1 ON", "CT 200"]),
        ({"color_temp": 300}, ["Power1 ON", "CT 300"]),
        ({"profile": "relax"}, ["Dimmer 56", "HsbColor1 36", "HsbColor2 69"]),
        ({"effect": "Random"}, ["Power1 ON", "Scheme 4"]),
        ({"effect": "no such"}, ["Power1 ON"]),
        ({"white": 128}, ["Power1 ON"]),
    ],
)
async def test_it_is_told_what_its_kind_understands(home, data, commands):
    home.announce(rl=[2], lt_st=5)
    home.online()
    home.tell("tele/STATE", {"POWER": "ON"})

    assert await told(home, **data) == commands


@pytest.mark.parametrize(
    ("kind", "data", "commands"),
    [
        (0, {"brightness": 100}, ["Power1 ON"]),
        (0, {"brightness": 0}, ["Power1 OFF"]),
        (1, {"rgb_color": [255, 0, 0]}, ["Power1 ON"]),
        (1, {"brightness_step": 51}, ["Dimmer 70"]),
        (1, {"brightness_step_pct": -20}, ["Dimmer 30"]),
        (2, {"rgb_color": [255, 255, 255]}, ["Power1 ON", "CT 167"]),
        (3, {"color_temp_kelvin": 2700}, ["Power1 ON", "HsbColor1 28", "HsbColor2 66"]),
        (4, {"white": 128}, ["Power1 ON", "White 50"]),
        (4, {"white": True}, ["Power1 ON", "White 50"]),
        (4, {"white": 255, "brightness": 51}, None),
    ],
)
async def test_each_kind_makes_the_best_of_it(home, kind, data, commands):
    home.announce(rl=[2], lt_st=kind)
    home.online()
    home.tell("tele/STATE", {"POWER": "ON", "Dimmer": 50})

    assert await told(home, **data) == (commands or ["Power1 ON", "White 20"])


async def test_toggle_turns_it_the_other_way(home):
    home.announce(rl=[2], lt_st=1)
    home.online()

    assert await told(home, "toggle", brightness=128) == ["Dimmer 50"]
    home.tell("tele/STATE", {"POWER": "ON"})
    assert await told(home, "toggle") == ["Power1 OFF"]


class TestFades:
    """`Speed` is half seconds for the whole way, so a short way needs a slower speed."""

    @pytest.mark.parametrize(
        ("now", "service", "data", "commands"),
        [
            ({"POWER": "OFF"}, "turn_on", {"brightness": 255, "transition": 4}, ["Fade2 1", "Speed2 8"]),
            ({"POWER": "OFF"}, "turn_on", {"brightness": 255, "transition": 100}, ["Fade2 1", "Speed2 40"]),
            ({"POWER": "OFF"}, "turn_on", {"brightness": 255, "transition": 0}, ["Fade2 0"]),
            ({"POWER": "OFF"}, "turn_on", {"brightness": 128, "transition": 4}, ["Fade2 1", "Speed2 16"]),
            (
                {"POWER": "ON", "Dimmer": 50},
                "turn_on",
                {"brightness": 0, "transition": 4},
                ["Fade2 1", "Speed2 16"],
            ),
            ({"POWER": "ON", "Dimmer": 50}, "turn_off", {"transition": 4}, ["Fade2 1", "Speed2 16"]),
            (
                {"POWER": "ON", "Dimmer": 50},
                "turn_on",
                {"brightness": 128, "transition": 4},
                ["Fade2 1", "Speed2 1"],
            ),
            (
                {"POWER": "ON", "Dimmer": 50, "Color": "0,255,0"},
                "turn_on",
                {"rgb_color": [255, 0, 0], "transition": 6},
                ["Fade2 1", "Speed2 24"],
            ),
            (
                {"POWER": "ON", "Dimmer": 100, "Color": "00FF00"},
                "turn_on",
                {"rgb_color": [255, 0, 0], "transition": 6},
                ["Fade2 1", "Speed2 12"],
            ),
            (
                {"POWER": "ON", "Dimmer": 50, "CT": 153},
                "turn_on",
                {"color_temp": 500, "transition": 6},
                ["Fade2 1", "Speed2 24"],
            ),
        ],
    )
    async def test_the_longest_way_counts(self, home, now, service, data, commands):
        home.announce(rl=[2], lt_st=5)
        home.online()
        home.tell("tele/STATE", now)

        assert (await told(home, service, **data))[: len(commands)] == commands

    async def test_with_set_option_117_the_way_does_not_count(self, home):
        home.announce(rl=[2], lt_st=5, so={"117": 1})
        home.online()

        assert (await told(home, brightness=51, transition=4))[:2] == ["Fade2 1", "Speed2 8"]

    async def test_a_tuya_does_not_fade(self, home):
        home.announce(rl=[2], lt_st=1, ty=1)
        home.online()

        assert await told(home, brightness=128, transition=4) == ["Dimmer3 50"]
        assert await told(home, "turn_off", transition=4) == ["Power1 OFF"]


async def test_with_set_option_20_a_brightness_does_not_switch_it_on(home):
    home.announce(rl=[2], lt_st=1, so={"20": 1})
    home.online()

    assert await told(home, brightness=128) == ["Dimmer 50", "Power1 ON"]


async def test_with_set_option_68_each_channel_is_a_light(home):
    home.announce(rl=[2, 2], lt_st=5, so={"68": 1})
    home.online()
    home.tell("tele/STATE", {"POWER2": "ON", "Channel2": 50})

    await home.call("light.turn_on", "light.tasmota_beer", brightness=255)

    assert home.attributes("light.tasmota_beer")["brightness"] == 128
    assert home.sent() == [("cmnd/Backlog", "NoDelay;Channel2 100")]


@pytest.mark.parametrize(("kind", "white"), [(4, ["brightness"]), (5, ["color_temp"])])
async def test_colour_and_white_that_are_not_linked_are_two_lights(home, kind, white):
    home.announce(rl=[0, 2, 2], fn=["A", "Colour", "White"], lt_st=kind, lk=0)
    home.online()
    home.tell("tele/STATE", {"POWER2": "ON", "POWER3": "ON", "Dimmer": 1, "Dimmer1": 20, "Dimmer2": 100})

    await home.call("light.turn_on", "light.tasmota_colour", brightness=255)
    await home.call("light.turn_on", "light.tasmota_white", brightness=255)

    assert home.attributes("light.tasmota_colour")["supported_color_modes"] == ["hs"]
    assert home.attributes("light.tasmota_white")["supported_color_modes"] == white
    assert home.attributes("light.tasmota_colour")["brightness"] == 51
    assert home.attributes("light.tasmota_white")["brightness"] == 255
    assert home.sent() == [
        ("cmnd/Backlog", "NoDelay;Dimmer1 100"),
        ("cmnd/Backlog", "NoDelay;Dimmer2 100"),
    ]
