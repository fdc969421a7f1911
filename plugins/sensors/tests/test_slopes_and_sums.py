"""Integration and derivative follow a source over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from hub.api import Remembered
from hub.testing import SimulatedHouse

WATT = {"unit_of_measurement": "W", "device_class": "power"}


def sensor(platform: str, **more: Any) -> dict[str, Any]:
    return {"sensor": [{"platform": platform, "name": "Out", "source": "sensor.in", **more}]}


def attributes(house: SimulatedHouse, entity_id: str) -> Mapping[str, Any]:
    state = house.house.states.get(entity_id)
    assert state is not None
    return state.attributes


async def at(house: SimulatedHouse, *readings: tuple[float, object], unit: Mapping[str, Any] = WATT) -> None:
    for seconds, value in readings:
        await house.advance(seconds)
        house.set("sensor.in", str(value), unit)


@pytest.mark.parametrize(
    ("method", "shown"), [("trapezoidal", "1.500"), ("left", "1.000"), ("right", "2.000")]
)
async def test_power_becomes_energy(house: SimulatedHouse, method: str, shown: str) -> None:
    house.set_up(sensor("integration", unit_prefix="k", method=method))
    assert house.state("sensor.out") == "unknown"

    await at(house, (0, 1000), (3600, 2000))

    assert house.state("sensor.out") == shown
    told = attributes(house, "sensor.out")
    assert (told["unit_of_measurement"], told["device_class"]) == ("kWh", "energy")
    assert told["state_class"] == "total"


async def test_a_reading_that_stays_the_same_counts_too(house: SimulatedHouse) -> None:
    house.set_up(sensor("integration"))
    await at(house, (0, 60), (1800, 60), (1800, 60))
    assert house.state("sensor.out") == "60.000"


async def test_time_alone_counts_with_max_sub_interval(house: SimulatedHouse) -> None:
    house.set_up(sensor("integration", max_sub_interval={"minutes": 1}))
    await at(house, (0, 60))
    await house.advance(600)
    assert house.state("sensor.out") == "10.000"

    await at(house, (30, 0))

    assert house.state("sensor.out") == "10.250"


async def test_a_time_below_the_line_is_cancelled(house: SimulatedHouse) -> None:
    house.set_up(sensor("integration"))
    await at(house, (0, 5), unit={"unit_of_measurement": "km/h"})
    assert attributes(house, "sensor.out")["unit_of_measurement"] == "km"


async def test_a_sum_is_restored_and_goes_on() -> None:
    before = Remembered("12.5", {"unit_of_measurement": "Wh"})
    house = SimulatedHouse(remembered={"sensor.out": before})
    house.set_up(sensor("integration"))
    assert house.state("sensor.out") == "12.500"
    await at(house, (0, 3600), (1, 3600))
    assert house.state("sensor.out") == "13.500"
    await house.stop()


async def test_a_slope_has_the_unit_of_its_source(house: SimulatedHouse) -> None:
    house.set_up(sensor("derivative", unit_time="min", round=1))
    assert house.state("sensor.out") == "unavailable"

    await at(house, (0, 10), (60, 40), unit={"unit_of_measurement": "°C"})

    assert house.state("sensor.out") == "30.0"
    assert attributes(house, "sensor.out")["unit_of_measurement"] == "°C/min"


async def test_a_window_smooths(house: SimulatedHouse) -> None:
    house.set_up(sensor("derivative", unit_time="s", time_window=20))
    await at(house, (0, 0), (10, 10), (10, 10), (10, 40))
    assert house.state("sensor.out") == "1.500"


async def test_silence_lets_the_slope_fade(house: SimulatedHouse) -> None:
    house.set_up(sensor("derivative", unit_time="s", time_window=20, max_sub_interval=5))
    await at(house, (0, 0), (20, 20))
    assert house.state("sensor.out") == "1.000"
    await house.advance(10)
    assert house.state("sensor.out") == "0.500"
    await house.advance(15)
    assert house.state("sensor.out") == "0.000"


async def test_a_counter_that_begins_anew_is_no_slope(house: SimulatedHouse) -> None:
    house.set_up(sensor("derivative", unit_time="s"))
    await at(house, (0, 10), (10, 20), (10, 0), unit={"state_class": "total_increasing"})
    assert house.state("sensor.out") == "1.000"
