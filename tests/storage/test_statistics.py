"""Readings are taken together by the time that they lasted, and meters may begin anew."""

from __future__ import annotations

import pytest

from hub.core.store import Series
from hub.storage.statistics import Carried, Reading, summarise
from hub.testing.house import START

T = START.timestamp()


def made(kind, readings, carried=None, end=300.0):
    return summarise(
        Series(1, kind, "W"), [Reading(*each) for each in readings], carried or Carried(), 0, end
    )


def test_a_mean_is_weighted_by_time():
    row = made("measurement", [(100, 30.0), (200, 0.0)], Carried(10.0))
    assert row == (1, 0, pytest.approx((10 * 100 + 30 * 100) / 300), 0, 30, 0, None)


def test_what_is_unknown_does_not_count():
    row = made("measurement", [(100, None), (200, 40.0)], Carried(10.0))
    assert row.mean == pytest.approx(25)
    assert made("measurement", [(10, None)]) is None


def test_a_period_without_a_change_is_what_was():
    assert made("measurement", [], Carried(7.0))[2:6] == (7, 7, 7, 7)


def test_directions_have_a_mean_direction():
    assert made("measurement_angle", [(150, 10.0)], Carried(350.0)).mean == pytest.approx(0, abs=1e-9)
    assert made("measurement_angle", [(150, 180.0)], Carried(0.0)).mean is None


@pytest.mark.parametrize(
    ("kind", "readings", "grown"),
    [
        ("total_increasing", [(1, 100.0), (2, 105.0)], 5),
        ("total_increasing", [(1, 100.0), (2, 0.0), (3, 7.0)], 7),
        ("total_increasing", [(1, 100.0), (2, 3.0)], 3),
        ("total_increasing", [(1, 100.0), (2, 99.0), (3, 101.0)], 1),
        ("total", [(1, 100.0), (2, 90.0)], -10),
        ("total", [(1, 100.0), (2, 4.0, True), (3, 6.0)], 6),
    ],
)
def test_the_sum_of_a_meter_grows_over_its_resets(kind, readings, grown):
    assert made(kind, readings).sum == pytest.approx(grown)


def test_what_ended_when_the_period_began_is_no_part_of_it():
    assert made("measurement", [(0, None)], Carried(7.0)) is None
    row = made("measurement", [(0, 1.0)], Carried(7.0))
    assert (row.min, row.max, row.mean) == (1, 1, 1)


async def test_five_minutes_and_hours_are_made(recording):
    meter = {"state_class": "total_increasing", "unit_of_measurement": "kWh"}
    for minute in range(0, 130, 5):
        recording.set("sensor.meter", str(1000 + minute), meter)
        recording.set("sensor.power", str(minute % 10), {"unit_of_measurement": "W"})
        await recording.advance(300)
    await recording.archive.compile()

    fine = await recording.history.statistics(["sensor.power"], 0, period="5minute")
    hours = await recording.history.statistics(["sensor.meter"], 0, period="hour")
    day = await recording.history.statistics(["sensor.meter"], 0, period="day")

    assert [each.mean for each in fine["sensor.power"]] == [0, 5] * 13
    assert [each.change for each in hours["sensor.meter"]] == [55, 60, 10]
    assert [(each.sum, each.last) for each in day["sensor.meter"]] == [(125, 1125)]
    assert [each.start for each in hours["sensor.meter"]] == [T, T + 3600, T + 7200]


async def test_a_total_says_itself_when_it_began_anew(recording):
    for value, since in (("10", "monday"), ("30", "monday"), ("5", "tuesday"), ("8", "tuesday")):
        attributes = {"state_class": "total", "unit_of_measurement": "kWh", "last_reset": since}
        recording.set("sensor.m", value, attributes)
        await recording.advance(100)
    await recording.advance(300)
    await recording.archive.compile()
    found = await recording.history.statistics(["sensor.m"], 0, period="5minute")
    assert found["sensor.m"][-1].sum == 28


async def test_what_a_killed_hub_left_is_made_up_for(start):
    house = await start()
    house.set("sensor.p", "4", {"unit_of_measurement": "W"})
    for _ in range(3):
        await house.advance(290)
        house.set("sensor.p", str(4 + house.now % 2), {"unit_of_measurement": "W"})
    await house.archive.ready()
    await house.archive.close()
    again = await start(start=house.simulated.clock.now())
    await again.advance(7200)
    again.set("sensor.p", "5", {"unit_of_measurement": "W"})
    await again.advance(600)
    await again.archive.compile()
    found = (await again.history.statistics(["sensor.p"], 0, period="5minute"))["sensor.p"]
    starts = [round(each.start - T) for each in found]
    assert starts[:2] == [0, 300]
    assert starts == sorted(set(starts))


async def test_an_hour_under_way_is_not_taken_for_what_was_before(recording):
    attributes = {"state_class": "total_increasing", "unit_of_measurement": "kWh"}
    await recording.advance(1800)
    began = recording.now
    for step in range(24):
        recording.set("sensor.meter", str(100 + step), attributes)
        await recording.advance(300)
    await recording.archive.compile()
    found = await recording.history.statistics(["sensor.meter"], began - 600, period="5minute")
    changes = [row.change for row in found["sensor.meter"]]
    assert changes == [0, *([1] * (len(changes) - 1))]
