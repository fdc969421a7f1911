"""Check the mqtt climate: each value on its own topic, by its own template."""

from __future__ import annotations

from typing import Any

import pytest

from hub.api import HubError

OPTIONS = {
    "name": "C",
    "mode_command_topic": "set/mode",
    "mode_state_topic": "st",
    "mode_state_template": "{{ value_json.mode }}",
    "modes": ["off", "heat", "auto"],
    "temperature_command_topic": "set/t",
    "temperature_state_topic": "st",
    "temperature_state_template": "{{ value_json.target }}",
    "current_temperature_topic": "st",
    "current_temperature_template": "{{ value_json.now }}",
    "action_topic": "st",
    "action_template": "{{ value_json.action }}",
    "min_temp": "5",
    "max_temp": "30",
}


def climate(home: Any, **options: Any) -> list[str]:
    problems: list[str] = home.set_up(mqtt={"climate": {**OPTIONS, **options}})
    return problems


async def test_a_message_with_four_values_is_one_change(home: Any) -> None:
    climate(home)
    states = home.states_of("climate.c")

    home.message("st", {"mode": "heat", "target": 22, "now": 20.54, "action": "heating"})

    assert states == ["heat"]
    attributes = home.attributes("climate.c")
    assert attributes["temperature"] == 22.0
    assert attributes["current_temperature"] == 20.5
    assert attributes["hvac_action"] == "heating"


@pytest.mark.parametrize(
    ("change", "attribute", "value"),
    [
        ({"target": "warm"}, "temperature", 22.0),
        ({"target": None}, "temperature", None),
        ({"action": "dancing"}, "hvac_action", "heating"),
        ({"action": None}, "hvac_action", None),
    ],
)
async def test_null_takes_a_value_away_and_nonsense_does_not(
    home: Any, change: dict[str, Any], attribute: str, value: object
) -> None:
    climate(home)
    good = {"mode": "heat", "target": 22, "now": 20.5, "action": "heating"}
    home.message("st", good)

    home.message("st", {**good, **change})

    assert home.attributes("climate.c").get(attribute) == value


async def test_sets_mode_and_temperature(home: Any) -> None:
    climate(home)

    await home.call("climate.set_temperature", "climate.c", temperature="21.5", hvac_mode="heat")

    assert home.sent() == [("set/mode", "heat"), ("set/t", "21.5")]
    assert home.attributes("climate.c")["temperature"] is None


@pytest.mark.parametrize(
    ("service", "data", "word"),
    [
        ("set_temperature", {"temperature": 31}, r"not from 5\.0 to 30\.0"),
        ("set_hvac_mode", {"hvac_mode": "dry"}, "no hvac_mode 'dry'"),
        ("set_fan_mode", {"fan_mode": "low"}, "does not support"),
    ],
)
async def test_refuses_what_the_device_can_not_do(
    home: Any, service: str, data: dict[str, Any], word: str
) -> None:
    climate(home)

    with pytest.raises(HubError, match=word):
        await home.call(f"climate.{service}", "climate.c", **data)


async def test_without_state_topics_its_values_are_assumed(home: Any) -> None:
    home.set_up(
        mqtt={
            "climate": {
                "name": "C",
                "mode_command_topic": "m",
                "temperature_command_topic": "t",
                "fan_mode_command_topic": "f",
                "preset_mode_command_topic": "p",
                "preset_modes": ["eco"],
            }
        }
    )

    await home.call("climate.set_hvac_mode", "climate.c", hvac_mode="cool")
    await home.call("climate.set_fan_mode", "climate.c", fan_mode="high")
    await home.call("climate.set_preset_mode", "climate.c", preset_mode="eco")

    attributes = home.attributes("climate.c")
    assert home.state("climate.c") == "cool"
    assert attributes["temperature"] == 21.0
    assert attributes["fan_mode"] == "high"
    assert attributes["preset_mode"] == "eco"
    assert attributes["preset_modes"] == ["none", "eco"]


@pytest.mark.parametrize(
    ("modes", "sent"), [(["off", "dry"], "dry"), (["off", "cool", "heat", "auto"], "heat")]
)
async def test_turns_on_in_the_mode_that_fits(home: Any, modes: list[str], sent: str) -> None:
    climate(home, modes=modes)

    await home.call("climate.turn_on", "climate.c")
    await home.call("climate.turn_off", "climate.c")

    assert home.sent() == [("set/mode", sent), ("set/mode", "off")]


async def test_power_has_a_topic_of_its_own(home: Any) -> None:
    climate(home, power_command_topic="set/power", power_command_template="p={{ value }}")

    await home.call("climate.turn_off", "climate.c")

    assert home.sent() == [("set/power", "p=OFF")]


async def test_a_device_in_fahrenheit_is_shown_in_the_house_s_unit(home: Any) -> None:
    climate(home, temperature_unit="F", min_temp=41, max_temp=86)

    home.message("st", {"mode": "heat", "target": 68, "now": 70, "action": "idle"})
    await home.call("climate.set_temperature", "climate.c", temperature=25)

    assert home.attributes("climate.c")["temperature"] == 20.0
    assert home.attributes("climate.c")["max_temp"] == 30.0
    assert home.sent() == [("set/t", "77.0")]


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"preset_modes": ["none"], "preset_mode_command_topic": "p"}, "none among them"),
        ({"preset_modes": ["eco"]}, "go together"),
        ({"min_humidity": 60, "max_humidity": 50}, "more than min_humidity"),
        ({"target_humidity_state_topic": "h"}, "target_humidity_command_topic only"),
        ({"precision": 0.2}, "0.1, 0.5 or 1.0"),
    ],
)
async def test_refuses_options_that_make_no_sense(home: Any, options: dict[str, Any], word: str) -> None:
    assert word in "".join(climate(home, **options))
