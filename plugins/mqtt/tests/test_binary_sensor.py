"""Check what the mqtt binary_sensor makes of what comes."""

from __future__ import annotations

from typing import Any

import pytest

TOPIC = "t/b"


def binary_sensor(home: Any, **options: Any) -> None:
    home.set_up(mqtt={"binary_sensor": {"name": "B", "state_topic": TOPIC, **options}})


@pytest.mark.parametrize(
    ("options", "payload", "state"),
    [
        ({}, "ON", "on"),
        ({}, "OFF", "off"),
        ({}, "None", "unknown"),
        ({}, "on", "unknown"),
        ({}, "", "unknown"),
        ({"payload_on": 1, "payload_off": 0}, "1", "on"),
        ({"payload_on": True, "value_template": "{{ value_json.x }}"}, '{"x": true}', "on"),
        ({"value_template": "{{ value | upper }}"}, " on ", "on"),
    ],
)
async def test_shows(home: Any, options: dict[str, Any], payload: str, state: str) -> None:
    binary_sensor(home, **options)

    home.message(TOPIC, payload)

    assert home.state("binary_sensor.b") == state


async def test_goes_off_by_itself_after_the_last_on(home: Any) -> None:
    binary_sensor(home, off_delay=30)

    home.message(TOPIC, "ON")
    await home.advance(20)
    home.message(TOPIC, "ON")
    await home.advance(20)
    assert home.state("binary_sensor.b") == "on"

    await home.advance(10)
    assert home.state("binary_sensor.b") == "off"


async def test_an_off_that_came_needs_no_delay(home: Any) -> None:
    binary_sensor(home, off_delay=30)
    home.message(TOPIC, "ON")
    home.message(TOPIC, "OFF")
    states = home.states_of("binary_sensor.b")

    await home.advance(60)

    assert states == []


async def test_any_message_keeps_it_from_expiring(home: Any) -> None:
    binary_sensor(home, expire_after=4)
    home.message(TOPIC, "ON")
    await home.advance(3)
    home.message(TOPIC, "something else")

    await home.advance(3)

    assert home.state("binary_sensor.b") == "on"
