"""Who is within a circle on the earth."""

from __future__ import annotations

import pytest

from hub.api import HubError, State
from plugins.zone.circle import Circle, Spot, metres


def state(attributes: dict, text: str = "0") -> State:
    return State("zone.test", text, attributes, 0, 0, 0, None)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [  # by Vincenty's formulae
        ((32.880837, -117.237561), (32.880586, -117.237564), 27.838),
        ((32.880837, -117.237561), (32.881011, -117.234758), 263.01),
        ((0.0, 0.0), (0.0, 1.0), 111_319.49),
        ((50.0, 8.0), (51.0, 9.0), 131_935.96),
        ((60.0, 179.9999), (60.0, -179.9999), 11.16),
        ((-33.0, 151.0), (-33.001, 151.0), 110.90),
    ],
)
def test_the_distance_is_that_on_the_earth(a, b, expected):
    assert metres(Spot(*a), Spot(*b)) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(
    ("latitude", "accuracy", "inside"),
    [(0.0, 0, True), (0.0009, 0, True), (0.001, 0, False), (0.001, 20, True), (0.002, 20, False)],
)
def test_what_the_spot_may_be_wrong_by_counts_in_favour(latitude, accuracy, inside):
    circle = Circle("zone.test", Spot(0.0, 0.0), 100)

    assert circle.holds(Spot(latitude, 0.0, accuracy)) is inside


@pytest.mark.parametrize("radius", [None, "100", True, float("nan")])
def test_a_zone_without_a_radius_takes_nobody_in(radius):
    circle = Circle.of(state({"latitude": 0.0, "longitude": 0.0, "radius": radius}))

    assert circle.holds(Spot(0.0, 0.0)) is False


def test_a_zone_that_is_unavailable_takes_nobody_in():
    circle = Circle.of(state({"latitude": 0.0, "longitude": 0.0, "radius": 9}, "unavailable"))

    assert circle.holds(Spot(0.0, 0.0)) is False


@pytest.mark.parametrize("name", ["latitude", "longitude"])
def test_a_zone_without_a_place_is_refused(name):
    attributes = {"latitude": 0.0, "longitude": 0.0, "radius": 9}
    del attributes[name]

    with pytest.raises(HubError, match=f"has no {name}"):
        Circle.of(state(attributes))
