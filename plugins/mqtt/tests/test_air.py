"""Check fans, humidifiers and water heaters."""

from __future__ import annotations

from typing import Any

import pytest

from hub.api import HubError

FAN = {
    "name": "F",
    "command_topic": "set",
    "state_topic": "st",
    "percentage_command_topic": "set/p",
    "percentage_state_topic": "st/p",
    "speed_range_max": 4,
    "preset_mode_command_topic": "set/m",
    "preset_mode_state_topic": "st/m",
    "preset_modes": ["auto"],
    "oscillation_command_topic": "set/o",
    "oscillation_state_topic": "st/o",
    "direction_command_topic": "set/d",
    "direction_state_topic": "st/d",
}


def fan(home: Any, **options: Any) -> list[str]:
    problems: list[str] = home.set_up(mqtt={"fan": {**FAN, **options}})
    return problems


@pytest.mark.parametrize(
    ("topic", "payload", "attribute", "value"),
    [
        ("st/p", "2", "percentage", 50),
        ("st/p", "0", "percentage", 0),
        ("st/p", "5", "percentage", None),
        ("st/p", "fast", "percentage", None),
        ("st/m", "auto", "preset_mode", "auto"),
        ("st/m", "turbo", "preset_mode", None),
        ("st/o", "oscillate_on", "oscillating", True),
        ("st/o", "?", "oscillating", False),
        ("st/d", "reverse", "direction", "reverse"),
    ],
)
async def test_a_fan_tells(home: Any, topic: str, payload: str, attribute: str, value: object) -> None:
    fan(home)

    home.message(topic, payload)

    assert home.attributes("fan.f")[attribute] == value


async def test_a_fan_forgets_what_is_reset(home: Any) -> None:
    fan(home)
    home.message("st/p", "2")
    home.message("st/m", "auto")

    home.message("st/p", "None")
    home.message("st/m", "None")

    attributes = home.attributes("fan.f")
    assert (attributes["percentage"], attributes["preset_mode"]) == (None, None)


@pytest.mark.parametrize(
    ("service", "data", "sent"),
    [
        ("turn_on", {}, [("set", "ON")]),
        ("turn_on", {"percentage": 75}, [("set", "ON"), ("set/p", "3")]),
        ("turn_on", {"preset_mode": "auto"}, [("set", "ON"), ("set/m", "auto")]),
        ("turn_off", {}, [("set", "OFF")]),
        ("toggle", {}, [("set", "ON")]),
        # As in Home Assistant: a speed of zero is told as a speed, it does not switch off.
        ("set_percentage", {"percentage": 0}, [("set/p", "0")]),
        ("set_percentage", {"percentage": 26}, [("set/p", "2")]),
        ("increase_speed", {}, [("set/p", "3")]),
        ("decrease_speed", {}, [("set/p", "1")]),
        ("increase_speed", {"percentage_step": 60}, [("set/p", "4")]),
        ("oscillate", {"oscillating": False}, [("set/o", "oscillate_off")]),
        ("set_direction", {"direction": "forward"}, [("set/d", "forward")]),
    ],
)
async def test_a_fan_is_commanded(
    home: Any, service: str, data: dict[str, Any], sent: list[tuple[str, str]]
) -> None:
    fan(home)
    home.message("st/p", "2")

    await home.call(f"fan.{service}", "fan.f", **data)

    assert home.sent() == sent


async def test_a_fan_refuses_a_preset_that_it_has_not(home: Any) -> None:
    fan(home)

    with pytest.raises(HubError, match="no preset_mode 'turbo'"):
        await home.call("fan.turn_on", "fan.f", preset_mode="turbo")

    assert home.sent() == []


async def test_a_fan_assumes_what_is_not_told(home: Any) -> None:
    home.set_up(mqtt={"fan": {"name": "F", "command_topic": "set", "percentage_command_topic": "p"}})

    await home.call("fan.turn_on", "fan.f", percentage=40)

    assert home.state("fan.f") == "on"
    assert home.attributes("fan.f")["percentage"] == 40


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"speed_range_min": 9, "speed_range_max": 3}, "more than speed_range_min"),
        ({"preset_modes": []}, "go together"),
        ({"preset_modes": ["None"]}, "payload_reset_preset_mode"),
    ],
)
async def test_a_fan_refuses_options(home: Any, options: dict[str, Any], word: str) -> None:
    assert word in "".join(fan(home, **options))


# --- humidifiers -------------------------------------------------------------------------------------

HUMIDIFIER = {
    "name": "H",
    "command_topic": "set",
    "state_topic": "st",
    "target_humidity_command_topic": "set/h",
    "target_humidity_state_topic": "st/h",
    "current_humidity_topic": "now",
    "action_topic": "act",
    "mode_command_topic": "set/m",
    "mode_state_topic": "st/m",
    "modes": ["baby"],
    "min_humidity": 30,
    "max_humidity": 80,
}


async def test_a_humidifier_tells(home: Any) -> None:
    home.set_up(mqtt={"humidifier": HUMIDIFIER})
    for topic, payload in (("st", "ON"), ("st/h", "45.4"), ("now", "52"), ("act", "idle"), ("st/m", "baby")):
        home.message(topic, payload)
    for topic, payload in (("st/h", "95"), ("now", "wet"), ("act", "dancing"), ("st/m", "party")):
        home.message(topic, payload)

    attributes = home.attributes("humidifier.h")
    assert home.state("humidifier.h") == "on"
    assert attributes["humidity"] == 45
    assert attributes["current_humidity"] == 52
    assert attributes["action"] == "idle"
    assert attributes["mode"] == "baby"
    assert attributes["available_modes"] == ["baby"]


async def test_a_humidifier_is_commanded(home: Any) -> None:
    home.set_up(mqtt={"humidifier": HUMIDIFIER})

    await home.call("humidifier.toggle", "humidifier.h")
    await home.call("humidifier.set_humidity", "humidifier.h", humidity="50")
    await home.call("humidifier.set_mode", "humidifier.h", mode="baby")

    assert home.sent() == [("set", "ON"), ("set/h", "50"), ("set/m", "baby")]


@pytest.mark.parametrize(
    ("service", "data"), [("set_humidity", {"humidity": 90}), ("set_mode", {"mode": "party"})]
)
async def test_a_humidifier_refuses(home: Any, service: str, data: dict[str, Any]) -> None:
    home.set_up(mqtt={"humidifier": HUMIDIFIER})

    with pytest.raises(HubError):
        await home.call(f"humidifier.{service}", "humidifier.h", **data)


# --- water heaters -----------------------------------------------------------------------------------

WATER_HEATER = {
    "name": "W",
    "mode_command_topic": "set/m",
    "mode_state_topic": "st/m",
    "temperature_command_topic": "set/t",
    "temperature_state_topic": "st/t",
    "current_temperature_topic": "now",
    "power_command_topic": "power",
    "min_temp": 40,
    "max_temp": 65,
}


async def test_a_water_heater_tells(home: Any) -> None:
    home.set_up(mqtt={"water_heater": WATER_HEATER})

    for topic, payload in (("st/m", "eco"), ("st/t", "55"), ("now", "48.26"), ("st/m", "boil")):
        home.message(topic, payload)

    attributes = home.attributes("water_heater.w")
    assert home.state("water_heater.w") == "eco"
    assert attributes["operation_mode"] == "eco"
    assert attributes["temperature"] == 55.0
    assert attributes["current_temperature"] == 48.3


async def test_a_water_heater_is_commanded(home: Any) -> None:
    home.set_up(mqtt={"water_heater": WATER_HEATER})

    await home.call("water_heater.set_temperature", "water_heater.w", temperature=50, operation_mode="gas")
    await home.call("water_heater.turn_off", "water_heater.w")

    assert home.sent() == [("set/m", "gas"), ("set/t", "50.0"), ("power", "OFF")]


@pytest.mark.parametrize(
    ("service", "data"),
    [("set_temperature", {"temperature": 90}), ("set_operation_mode", {"operation_mode": "boil"})],
)
async def test_a_water_heater_refuses(home: Any, service: str, data: dict[str, Any]) -> None:
    home.set_up(mqtt={"water_heater": WATER_HEATER})

    with pytest.raises(HubError):
        await home.call(f"water_heater.{service}", "water_heater.w", **data)
