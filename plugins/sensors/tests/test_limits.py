"""Threshold and min_max look at the values now."""

from __future__ import annotations

from typing import Any

import pytest

from hub.testing import SimulatedHouse


@pytest.mark.parametrize(
    ("limits", "values", "shown", "position"),
    [
        ({"upper": 20}, (21,), "on", "above"),
        ({"upper": 20}, (20,), "off", "below"),
        ({"upper": 20, "hysteresis": 2}, (23, 19), "on", "above"),
        ({"upper": 20, "hysteresis": 2}, (23, 17), "off", "below"),
        ({"lower": 20}, (19,), "on", "below"),
        ({"lower": 20}, (20,), "off", "above"),
        ({"lower": 10, "upper": 20}, (15,), "on", "in_range"),
        ({"lower": 10, "upper": 20}, (9,), "off", "below"),
        ({"lower": 10, "upper": 20}, (21,), "off", "above"),
        ({"lower": 10, "upper": 20, "hysteresis": 2}, (7, 11), "off", "below"),
        ({"upper": 20}, (21, "unknown"), "unknown", "unknown"),
    ],
)
async def test_thresholds(
    house: SimulatedHouse, limits: dict[str, Any], values: tuple[object, ...], shown: str, position: str
) -> None:
    house.set_up({"binary_sensor": {"platform": "threshold", "entity_id": "sensor.in", **limits}})
    for value in values:
        house.set("sensor.in", str(value))
    state = house.house.states.get("binary_sensor.threshold")
    assert state is not None
    assert (state.state, state.attributes["position"]) == (shown, position)


async def test_a_threshold_needs_a_limit(house: SimulatedHouse) -> None:
    found = house.read({"binary_sensor": {"platform": "threshold", "entity_id": "sensor.in"}})
    assert "needs a limit" in str(found.errors[0])


@pytest.mark.parametrize(
    ("kind", "shown"), [("max", "20.0"), ("range", "4.7"), ("sum", "unknown"), ("mean", "17.65")]
)
async def test_a_member_that_is_unknown(house: SimulatedHouse, kind: str, shown: str) -> None:
    house.set("sensor.a", "15.3")
    house.set("sensor.b", "20")
    house.set("sensor.c", "unknown")
    members = ["sensor.a", "sensor.b", "sensor.c"]
    house.set_up({"sensor": {"platform": "min_max", "type": kind, "entity_ids": members}})
    assert house.state(f"sensor.{kind}_sensor") == shown
