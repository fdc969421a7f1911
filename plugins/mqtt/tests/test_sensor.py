"""Check what the mqtt sensor makes of what comes."""

from __future__ import annotations

from typing import Any

import pytest

from hub.api import Remembered

TOPIC = "t/s"


def sensor(home: Any, **options: Any) -> list[str]:
    problems: list[str] = home.set_up(mqtt={"sensor": {"name": "S", "state_topic": TOPIC, **options}})
    return problems


@pytest.mark.parametrize(
    ("options", "payload", "state"),
    [
        ({}, "hello", "hello"),
        ({}, "", ""),
        ({}, "None", "unknown"),
        ({"unit_of_measurement": "W"}, "21.50", "21.50"),
        ({"unit_of_measurement": "W"}, "-3", "-3"),
        ({"unit_of_measurement": "W"}, "1e3", "1e3"),
        ({"unit_of_measurement": "W"}, "None", "unknown"),
        ({"device_class": "timestamp"}, "2021-11-18 20:25:00+01:00", "2021-11-18T19:25:00+00:00"),
        ({"device_class": "timestamp"}, "soon", "unknown"),
        ({"device_class": "date"}, "2021-11-18", "2021-11-18"),
        ({"device_class": "enum", "options": ["a", 1]}, "1", "1"),
        ({"value_template": "{{ value_json.x }}"}, '{"x": 4.0}', "4.0"),
        ({"value_template": "{{ value_json.x }}"}, '{"x": null}', "unknown"),
        ({"value_template": "{{ value | int * 2 }}"}, "4", "8"),
        ({"encoding": "utf-16"}, "ü".encode("utf-16"), "ü"),
        ({"encoding": "utf-16", "value_template": "{{ value_json.x }}"}, '{"x": 3}'.encode("utf-16"), "3"),
        ({"encoding": "", "value_template": "{{ value | unpack('b') }}"}, b"\x05", "5"),
        ({"value_template": "{{ entity_id }} {{ name }} {{ this.state }}"}, "x", "sensor.s S unknown"),
    ],
)
async def test_shows(home: Any, options: dict[str, Any], payload: str | bytes, state: str) -> None:
    sensor(home, **options)

    home.message(TOPIC, payload)

    assert home.state("sensor.s") == state


@pytest.mark.parametrize(
    ("options", "good", "bad", "level"),
    [
        ({"unit_of_measurement": "W"}, "5", "warm", "ERROR"),
        ({"unit_of_measurement": "W"}, "5", "nan", "ERROR"),
        ({"state_class": "measurement"}, "5", "inf", "ERROR"),
        ({"device_class": "timestamp"}, "2021-11-18T20:25:00Z", "2021-11-18T20:25:00", "ERROR"),
        ({"device_class": "enum", "options": ["a", "b"]}, "b", "c", "WARNING"),
        ({}, "ok", "x" * 256, "WARNING"),
        ({}, "ok", b"\xff", "WARNING"),
        ({"encoding": ""}, "", b"\xff", "WARNING"),
        ({"value_template": "{{ 1 / (value | int) }}"}, "1", "0", "WARNING"),
    ],
)
async def test_keeps_its_state_and_says_why(
    home: Any, caplog: Any, options: dict[str, Any], good: str, bad: str | bytes, level: str
) -> None:
    sensor(home, **options)
    home.message(TOPIC, good)
    before = home.state("sensor.s")

    home.message(TOPIC, bad)

    assert home.state("sensor.s") == before
    assert [record.levelname for record in caplog.records][-1] == level


async def test_a_number_does_not_become_empty(home: Any) -> None:
    sensor(home, unit_of_measurement="W")
    home.message(TOPIC, "5")

    home.message(TOPIC, "")

    assert home.state("sensor.s") == "5"


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"device_class": "power", "unit_of_measurement": "kWh"}, "no unit of device_class power"),
        ({"device_class": "heat"}, "no device_class of a sensor"),
        ({"options": ["a"]}, "device_class enum"),
        ({"options": [], "device_class": "enum"}, "can't be empty"),
        ({"last_reset_value_template": "x"}, "state_class total"),
        ({"state_class": "sum"}, "state_class"),
        ({"expire_after": -1}, "expire_after"),
        ({"unknown": 1}, "unknown key"),
        ({"availability": {"topic": "a"}, "availability_topic": "b"}, "can't be given together"),
        ({"device": {"name": "d"}}, "identifiers or connections"),
        ({"qos": 3}, "qos"),
        ({"encoding": "klingon"}, "no encoding"),
    ],
)
async def test_refuses_options_that_make_no_sense(home: Any, options: dict[str, Any], word: str) -> None:
    problems = sensor(home, **options)

    assert word in "".join(problems)
    assert home.state("sensor.s") is None


async def test_tells_its_class_unit_and_options(home: Any) -> None:
    sensor(home, device_class="energy", unit_of_measurement="kWh", state_class="total", icon="mdi:flash")

    attributes = home.attributes("sensor.s")

    assert attributes["device_class"] == "energy"
    assert attributes["unit_of_measurement"] == "kWh"
    assert attributes["state_class"] == "total"
    assert attributes["icon"] == "mdi:flash"


async def test_the_micro_sign_is_written_one_way(home: Any) -> None:
    sensor(home, device_class="pm25", unit_of_measurement="\N{MICRO SIGN}g/m³")

    assert home.attributes("sensor.s")["unit_of_measurement"] == "\N{GREEK SMALL LETTER MU}g/m³"


async def test_last_reset_comes_with_the_state_in_one_change(home: Any) -> None:
    sensor(
        home,
        state_class="total",
        value_template="{{ value_json.v }}",
        last_reset_value_template="{{ value_json.r }}",
    )
    states = home.states_of("sensor.s")

    home.message(TOPIC, {"v": 3, "r": "2020-01-02 08:11:03"})

    assert states == ["3"]
    assert home.attributes("sensor.s")["last_reset"] == "2020-01-02T08:11:03"


async def test_expires_when_no_message_comes(home: Any) -> None:
    sensor(home, expire_after="4")
    assert home.state("sensor.s") == "unavailable"

    home.message(TOPIC, "1")
    await home.advance(3)
    home.message(TOPIC, "1")
    await home.advance(3)
    assert home.state("sensor.s") == "1"

    await home.advance(1)
    assert home.state("sensor.s") == "unavailable"


async def test_a_state_that_is_still_good_is_taken_up_again(home: Any) -> None:
    now = home.house.clock.timestamp()
    home.house.memory._kept["sensor.s"] = Remembered("17", saved=now - 3)

    sensor(home, expire_after=10)

    assert home.state("sensor.s") == "17"
    await home.advance(7)
    assert home.state("sensor.s") == "unavailable"


async def test_a_state_that_has_expired_is_not_taken_up(home: Any) -> None:
    now = home.house.clock.timestamp()
    home.house.memory._kept["sensor.s"] = Remembered("17", saved=now - 11)

    sensor(home, expire_after=10)

    assert home.state("sensor.s") == "unavailable"


async def test_force_update_tells_of_every_message(home: Any) -> None:
    sensor(home, force_update=True)
    states = home.states_of("sensor.s")

    home.message(TOPIC, "1")
    home.message(TOPIC, "1")

    assert states == ["1", "1"]


async def test_an_equal_state_is_no_change(home: Any) -> None:
    sensor(home)
    states = home.states_of("sensor.s")

    home.message(TOPIC, "1")
    home.message(TOPIC, "1")

    assert states == ["1"]
