"""Measured values come in the units of the house, or in those that people chose."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.entities import EntityInfo
from hub.core.units import FACTORS, converted, converter, fits, shown_unit
from hub.testing.house import SimulatedHouse

PAIRS = [(name, unit, other) for name, units in FACTORS.items() for unit in units for other in units]


@pytest.mark.parametrize(
    ("device_class", "unit", "metric", "us"),
    [
        ("temperature", "°F", "°C", "°F"),
        ("temperature", "K", "°C", "°F"),
        ("distance", "mi", "km", "mi"),
        ("distance", "m", "m", "ft"),
        ("wind_speed", "m/s", "km/h", "mph"),
        ("wind_speed", "kn", "kn", "kn"),
        ("atmospheric_pressure", "mbar", "hPa", "inHg"),
        ("energy", "kWh", "kWh", "kWh"),
        (None, "mi", "mi", "mi"),
    ],
)
def test_a_house_shows_its_own_units(device_class: str | None, unit: str, metric: str, us: str) -> None:
    assert shown_unit(device_class, unit, "metric") == metric
    assert shown_unit(device_class, unit, "us_customary") == us


def test_only_temperatures_are_converted_for_an_entity_that_can_not_be_told_from_others() -> None:
    assert shown_unit("distance", "mi", "metric", named=False) == "mi"
    assert shown_unit("temperature", "°F", "metric", named=False) == "°C"


@pytest.mark.parametrize(
    ("text", "device_class", "unit", "other", "shown"),
    [
        ("12", "temperature", "°F", "°C", "-11.1111111111111"),
        ("100", "distance", "mi", "km", "160.9344"),
        ("1013", "atmospheric_pressure", "hPa", "inHg", "29.9138730839232"),
        ("unknown", "distance", "mi", "km", "unknown"),
        ("nan", "distance", "mi", "km", "nan"),
    ],
)
def test_a_state_is_converted(text: str, device_class: str, unit: str, other: str, shown: str) -> None:
    assert converted(text, device_class, unit, other) == shown


@given(st.sampled_from(PAIRS), st.floats(-1e6, 1e6))
def test_there_and_back_is_the_same(pair: tuple[str, str, str], value: float) -> None:
    device_class, unit, other = pair
    back = converter(device_class, other, unit)(converter(device_class, unit, other)(value))
    assert fits(device_class, unit, other)
    assert math.isclose(back, value, rel_tol=1e-9, abs_tol=1e-9)


def info(**more: object) -> EntityInfo:
    return EntityInfo(
        "sensor", "test", unique_id="u", name="S", device_class="distance", unit_of_measurement="mi", **more
    )


async def test_an_entity_is_shown_in_the_unit_that_people_chose() -> None:
    simulated = SimulatedHouse()
    house = simulated.house
    entity = house.entities.add(info())
    entity.write("1")
    assert house.states.get("sensor.s").attributes["unit_of_measurement"] == "km"
    assert (simulated.state("sensor.s"), entity.told("1.609344")) == ("1.609344", "1.0")

    house.registry.update("sensor.s", unit_by_user="m")
    house.entities.redescribe(entity, info())
    entity.show()

    assert house.states.get("sensor.s").attributes["unit_of_measurement"] == "m"
    assert simulated.state("sensor.s") == "1609.344"
    await simulated.stop()
