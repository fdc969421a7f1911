"""When the zone condition holds, and why it does not."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from hub.api import HubError
from hub.configuration import parse_condition

HERE = {"latitude": 2.1, "longitude": 1.1}
FAR = {"latitude": 20.1, "longitude": 10.1}


@pytest.fixture
def ask(house):
    """Return the condition, for a cat and a zone, with the scope to ask it in."""

    def parse(**config):
        data = {"condition": "zone", "entity_id": "device_tracker.cat", "zone": "zone.garden", **config}
        condition, problems = parse_condition(data, house.house)
        assert not problems
        return condition, SimpleNamespace(house=house.house, variables={})

    house.set("zone.garden", "0", {**HERE, "radius": 10})
    house.set("zone.work", "0", {**FAR, "radius": 10})
    return parse


@pytest.mark.parametrize(
    ("config", "cat", "holds"),
    [
        ({}, ("home", HERE), True),
        ({}, ("home", FAR), False),
        ({}, ("unavailable", HERE), False),
        ({}, ("unknown", {}), False),
        ({"zone": ["zone.garden", "zone.work"]}, ("home", FAR), True),
        ({"zone": ["zone.garden", "zone.mars"]}, ("home", HERE), True),
    ],
)
def test_goes_by_the_coordinates(house, ask, config, cat, holds):
    condition, scope = ask(**config)

    house.set("device_tracker.cat", *cat)

    assert condition.test(scope) is holds


@pytest.mark.parametrize(
    ("cat", "dog", "holds"),
    [(HERE, FAR, True), (FAR, FAR, True), (HERE, {"latitude": 0, "longitude": 0}, False)],
)
def test_each_must_be_in_one_of_the_zones(house, ask, cat, dog, holds):
    condition, scope = ask(
        entity_id=["device_tracker.cat", "device_tracker.dog"], zone=["zone.garden", "zone.work"]
    )

    house.set("device_tracker.cat", "x", cat)
    house.set("device_tracker.dog", "x", dog)

    assert condition.test(scope) is holds


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        ({"entity_id": "device_tracker.bird"}, r"there is no entity device_tracker\.bird"),
        ({"zone": "zone.mars"}, r"there is no zone zone\.mars"),
        ({"zone": "device_tracker.cat"}, r"device_tracker\.cat has no longitude"),
        ({}, r"device_tracker\.cat has no longitude"),
        ({"entity_id": ["device_tracker.bird", "device_tracker.dog"]}, r"device_tracker\.bird"),
    ],
)
def test_what_has_no_place_leaves_the_answer_open(house, ask, config, problem):
    condition, scope = ask(**config)
    house.set("device_tracker.dog", "x", FAR)
    house.set("device_tracker.cat", "home", {"latitude": 2.1})

    with pytest.raises(HubError, match=problem):
        condition.test(scope)


@pytest.mark.parametrize(
    ("config", "cat", "words"),
    [
        ({}, ("x", {**HERE, "latitude": 2.101}), "111 m from zone.garden, whose radius is 10 m"),
        (
            {"zone": ["zone.garden", "zone.work"]},
            ("x", {**HERE, "latitude": 2.101, "gps_accuracy": 20}),
            "111 m (± 20 m) from zone.garden, whose radius is 10 m and "
            "2220426 m (± 20 m) from zone.work, whose radius is 10 m",
        ),
        ({}, ("unknown", HERE), "it is unknown"),
    ],
)
def test_says_why_not(house, ask, config, cat, words):
    condition, scope = ask(**config)
    house.set("device_tracker.cat", *cat)

    held = condition.test(scope)

    assert (held, condition.why(scope)) == (False, f"zone device_tracker.cat: {words}")
