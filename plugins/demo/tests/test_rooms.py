"""Rooms warm and cool, and a day goes by."""

from __future__ import annotations

import pytest

from plugins.demo.house import DemoHouse, Room


def test_a_room_warms_with_its_heater_and_cools_without() -> None:
    room = Room("room", 20.0, heater=True)
    room.pass_time(5, outdoor=5.0)
    warm = room.temperature
    room.heater = False
    room.pass_time(5, outdoor=5.0)

    assert warm > 20.0
    assert 5.0 < room.temperature < warm


def test_a_step_of_time_may_be_taken_in_two() -> None:
    one, two = Room("one", 20.0), Room("two", 20.0)
    one.pass_time(4, outdoor=5.0)
    two.pass_time(1, outdoor=5.0)
    two.pass_time(3, outdoor=5.0)

    assert one.temperature == pytest.approx(two.temperature)


def test_the_day_begins_mild_and_gets_cold() -> None:
    house = DemoHouse()
    mild = house.outdoor
    house.pass_time(37.5)

    assert mild > 10 > house.outdoor
