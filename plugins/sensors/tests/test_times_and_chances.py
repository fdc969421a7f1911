"""Times of the day, chance and probability."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hub.api import Settings
from hub.testing import SimulatedHouse


def attributes(house: SimulatedHouse, entity_id: str) -> Mapping[str, Any]:
    state = house.house.states.get(entity_id)
    assert state is not None
    return state.attributes


def tod(after: str, before: str, **more: Any) -> dict[str, Any]:
    return {"binary_sensor": {"platform": "tod", "name": "Now", "after": after, "before": before, **more}}


@pytest.mark.parametrize(
    ("after", "before", "shown"),
    [
        ("10:00", "14:00", "on"),
        ("12:00", "14:00", "on"),
        ("10:00", "12:00", "off"),
        ("13:00", "14:00", "off"),
        ("22:00", "14:00", "on"),
        ("22:00", "05:00", "off"),
        ("10:00", "10:00", "off"),
    ],
)
async def test_it_is_on_between_two_times(house: SimulatedHouse, after: str, before: str, shown: str) -> None:
    house.set_up(tod(after, before))
    assert house.state("binary_sensor.now") == shown


async def test_it_changes_at_its_times(house: SimulatedHouse) -> None:
    house.set_up(tod("22:00", "05:00", after_offset="-00:30:00"))
    assert attributes(house, "binary_sensor.now")["next_update"] == "2024-05-06T21:30:00+00:00"
    await house.advance(9.5 * 3600)
    assert house.state("binary_sensor.now") == "on"
    assert attributes(house, "binary_sensor.now")["before"] == "2024-05-07T05:00:00+00:00"
    await house.advance(7.5 * 3600)
    assert house.state("binary_sensor.now") == "off"


async def test_a_time_stays_the_same_over_the_summer_time() -> None:
    settings = Settings(time_zone=ZoneInfo("Europe/Berlin"))
    house = SimulatedHouse(start=datetime(2024, 3, 30, 12, tzinfo=UTC), settings=settings)
    house.set_up(tod("22:00", "07:00"))
    await house.move_to(datetime(2024, 3, 31, 4, 59, tzinfo=UTC))
    assert house.state("binary_sensor.now") == "on"
    await house.move_to(datetime(2024, 3, 31, 5, 0, tzinfo=UTC))
    assert house.state("binary_sensor.now") == "off"
    await house.stop()


async def test_a_time_in_the_gap_comes_at_its_end() -> None:
    settings = Settings(time_zone=ZoneInfo("Europe/Berlin"))
    house = SimulatedHouse(start=datetime(2024, 3, 30, 12, tzinfo=UTC), settings=settings)
    house.set_up(tod("02:30", "03:20"))
    await house.move_to(datetime(2024, 3, 31, 0, 59, 59, tzinfo=UTC))
    assert house.state("binary_sensor.now") == "off"
    await house.move_to(datetime(2024, 3, 31, 1, 0, tzinfo=UTC))
    assert house.state("binary_sensor.now") == "on"
    await house.move_to(datetime(2024, 3, 31, 1, 20, tzinfo=UTC))
    assert house.state("binary_sensor.now") == "off"
    await house.stop()


async def test_the_sun_is_asked_of_its_entity(house: SimulatedHouse) -> None:
    house.set_up(tod("sunset", "sunrise", after_offset="00:10:00"))
    told = {"next_rising": "2024-05-07T04:00:00+00:00", "next_setting": "2024-05-06T19:00:00+00:00"}
    house.set("sun.sun", "above_horizon", told)
    assert house.state("binary_sensor.now") == "off"

    await house.move_to(datetime(2024, 5, 6, 19, 0, tzinfo=UTC))
    house.set("sun.sun", "below_horizon", {**told, "next_setting": "2024-05-07T19:02:00+00:00"})
    assert house.state("binary_sensor.now") == "off"
    await house.advance(600)

    assert house.state("binary_sensor.now") == "on"


async def test_a_number_by_chance_is_within_its_limits(house: SimulatedHouse) -> None:
    house.set_up({"sensor": {"platform": "random", "minimum": 3, "maximum": 4, "scan_interval": 5}})
    seen = set()
    for _ in range(50):
        seen.add(house.state("sensor.random_sensor"))
        await house.advance(5)
    assert seen == {"3", "4"}


def bayesian(*observations: dict[str, Any], **more: Any) -> dict[str, Any]:
    told = {"prior": 0.2, "probability_threshold": 0.32, **more}
    told["observations"] = list(observations)
    return {"binary_sensor": {"platform": "bayesian", "name": "B", **told}}


_OFF = {"platform": "state", "entity_id": "sensor.m", "to_state": "off"}
_P = {"prob_given_true": 0.8, "prob_given_false": 0.4}


@pytest.mark.parametrize(
    ("state", "shown", "probability"),
    [("on", "off", 0.08), ("off", "on", 0.33), ("unknown", "off", 0.2)],
)
async def test_an_observation_changes_the_probability(
    house: SimulatedHouse, state: str, shown: str, probability: float
) -> None:
    house.set("sensor.m", state)
    house.set_up(bayesian({**_OFF, **_P}))
    assert house.state("binary_sensor.b") == shown
    assert attributes(house, "binary_sensor.b")["probability"] == probability


async def test_numbers_and_templates_are_observed(house: SimulatedHouse) -> None:
    numeric = {"platform": "numeric_state", "entity_id": "sensor.n", "above": 5, **_P}
    template = {"platform": "template", "value_template": "{{ is_state('sensor.t', 'x') }}", **_P}
    house.set_up(bayesian(numeric, template))
    house.set("sensor.n", "6")
    house.set("sensor.t", "x")
    assert attributes(house, "binary_sensor.b")["probability"] == 0.5
    assert attributes(house, "binary_sensor.b")["occurred_observation_entities"] == ["sensor.n"]


async def test_ranges_must_not_overlap(house: SimulatedHouse) -> None:
    low = {"platform": "numeric_state", "entity_id": "sensor.n", "below": 6, **_P}
    found = house.read(bayesian(low, {**low, "below": None, "above": 5}))
    assert "ranges of sensor.n overlap" in str(found.errors[0])
