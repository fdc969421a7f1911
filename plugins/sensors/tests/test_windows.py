"""Statistics, trends and filters look at the latest samples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from hub.testing import SimulatedHouse


def attributes(house: SimulatedHouse, entity_id: str) -> Mapping[str, Any]:
    state = house.house.states.get(entity_id)
    assert state is not None
    return state.attributes


async def feed(house: SimulatedHouse, *values: object, entity_id: str = "sensor.in") -> None:
    """Let the source tell one value each second."""
    for value in values:
        house.set(entity_id, str(value), {"unit_of_measurement": "W"})
        await house.advance(1)


def statistics(kind: str, **more: Any) -> dict[str, Any]:
    base = {"platform": "statistics", "name": "Out", "entity_id": "sensor.in", "sampling_size": 20}
    return {"sensor": {**base, "state_characteristic": kind, **more}}


@pytest.mark.parametrize(
    ("kind", "shown", "unit"),
    [
        ("average_linear", "10.67", "W"),
        ("average_step", "11.36", "W"),
        ("average_timeless", "10.77", "W"),
        ("change", "-11.0", "W"),
        ("change_sample", "-1.38", "W/sample"),
        ("change_second", "-1.38", "W/s"),
        ("count", "9", None),
        ("datetime_newest", "2024-05-06T12:00:08+00:00", None),
        ("datetime_value_max", "2024-05-06T12:00:01+00:00", None),
        ("distance_95_percent_of_values", "23.1", "W"),
        ("distance_absolute", "16.2", "W"),
        ("median", "9.2", "W"),
        ("noisiness", "5.3", "W"),
        ("percentile", "9.2", "W"),
        ("standard_deviation", "5.89", "W"),
        ("sum_differences", "42.4", "W"),
        ("total", "96.9", "W"),
        ("value_max", "20.0", "W"),
        ("variance", "34.71", "W²"),
    ],
)
async def test_characteristics(house: SimulatedHouse, kind: str, shown: str, unit: str | None) -> None:
    house.set_up(statistics(kind))
    await feed(house, 17, 20, 15.2, 5, 3.8, 9.2, 6.7, 14, 6)
    assert house.state("sensor.out") == shown
    assert attributes(house, "sensor.out").get("unit_of_measurement") == unit


@pytest.mark.parametrize(
    ("kind", "shown"), [("mean", "66.67"), ("count_on", "2"), ("count_off", "1"), ("average_step", "100.0")]
)
async def test_binary_characteristics(house: SimulatedHouse, kind: str, shown: str) -> None:
    house.set_up(statistics(kind, entity_id="binary_sensor.in"))
    await feed(house, "on", "on", "off", entity_id="binary_sensor.in")
    assert house.state("sensor.out") == shown


async def test_old_samples_are_forgotten(house: SimulatedHouse) -> None:
    house.set_up(statistics("count", sampling_size=None, max_age=10))
    assert house.state("sensor.out") == "unavailable"
    await feed(house, 1, 2, 3)
    assert house.state("sensor.out") == "3"
    await house.advance(8.5)
    assert house.state("sensor.out") == "1"
    assert attributes(house, "sensor.out")["age_coverage_ratio"] == 0


async def test_what_can_not_be_told_is_refused(house: SimulatedHouse) -> None:
    found = house.read(statistics("median", entity_id="binary_sensor.in"))
    assert "can't be told of binary_sensor.in" in str(found.errors[0])


@pytest.mark.parametrize(
    ("options", "values", "shown"),
    [
        ({}, (1, 2), "on"),
        ({}, (2, 1), "off"),
        ({"invert": True}, (2, 1), "on"),
        ({"min_gradient": 2}, (1, 2), "off"),
        ({"max_samples": 4, "min_samples": 4}, (1, 9, 2), "unknown"),
        ({"max_samples": 4}, (1, 9, 2, 3), "off"),
        ({"max_samples": 4}, (1, 2, 2, 3), "on"),
        ({}, (1, 2, "unknown"), "unavailable"),
    ],
)
async def test_trends(
    house: SimulatedHouse, options: dict[str, Any], values: tuple[object, ...], shown: str
) -> None:
    trend = {"platform": "trend", "sensors": {"up": {"entity_id": "sensor.in", **options}}}
    house.set_up({"binary_sensor": trend})
    await feed(house, *values)
    assert house.state("binary_sensor.up") == shown


@pytest.mark.parametrize(
    ("options", "values", "shown"),
    [
        ({"filter": "range", "lower_bound": 0, "upper_bound": 10}, (5, 12), "10.0"),
        ({"filter": "range", "lower_bound": 0, "upper_bound": 10}, (5, -2), "0.0"),
        ({"filter": "outlier", "window_size": 2, "radius": 4}, (20, 21, 22, 90), "21.5"),
        ({"filter": "outlier", "window_size": 2, "radius": 4}, (20, 21, 22, 23), "23.0"),
        ({"filter": "lowpass", "time_constant": 10}, (10, 12, 20), "12.8"),
        ({"filter": "lowpass", "time_constant": 3, "precision": 0}, (10, 12, 20), "15"),
        ({"filter": "throttle", "window_size": 3}, (1, 2, 3, 4, 5), "5.0"),
        ({"filter": "time_throttle", "window_size": 3}, (1, 2, 3, 4, 5), "4.0"),
        ({"filter": "time_simple_moving_average", "window_size": 4}, (0, 1, 4, 5, 6), "2.5"),
        ({"filter": "lowpass"}, (10, "broken"), "10.0"),
    ],
)
async def test_filters(
    house: SimulatedHouse, options: dict[str, Any], values: tuple[object, ...], shown: str
) -> None:
    sensor = {"platform": "filter", "name": "Out", "entity_id": "sensor.in", "filters": [options]}
    house.set_up({"sensor": sensor})
    await feed(house, *values)
    assert house.state("sensor.out") == shown


async def test_filters_work_one_after_the_other(house: SimulatedHouse) -> None:
    filters = [{"filter": "range", "upper_bound": 10}, {"filter": "lowpass", "time_constant": 2}]
    sensor = {"platform": "filter", "name": "Out", "entity_id": "sensor.in", "filters": filters}
    house.set_up({"sensor": sensor})
    await feed(house, 0, 1, 50)
    assert house.state("sensor.out") == "5.5"
    assert attributes(house, "sensor.out")["unit_of_measurement"] == "W"
