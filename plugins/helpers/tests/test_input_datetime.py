"""Dates and times that people set."""

from __future__ import annotations

import datetime as dt

import pytest

from hub.api import ServiceRefused

BOTH = {"has_date": True, "has_time": True}
DATE = {"has_date": True}
TIME = {"has_time": True}


def moments(options, **more):
    return {"input_datetime": {"a": {**options, **more}}}


@pytest.mark.parametrize(
    ("options", "before", "state"),
    [
        (BOTH, None, "2024-05-06 00:00:00"),
        (DATE, None, "2024-05-06"),
        (TIME, None, "00:00:00"),
        (BOTH, "2017-09-07 19:46:00", "2017-09-07 19:46:00"),
        (DATE, "2017-09-07", "2017-09-07"),
        (TIME, "19:46:00", "19:46:00"),
        (DATE, "19:46:00", "2024-05-06"),
        (TIME, "2017-09-07", "00:00:00"),
        (BOTH, "rubbish", "2024-05-06 00:00:00"),
        ({**BOTH, "initial": "2020-01-10 23:45:56"}, "2017-09-07 19:46:00", "2020-01-10 23:45:56"),
        ({**BOTH, "initial": "2020-01-10T23:45:56+00:00"}, None, "2020-01-11 01:45:56"),
        ({**DATE, "initial": "2019-1-1"}, None, "2019-01-01"),
        ({**TIME, "initial": "7:05"}, None, "07:05:00"),
    ],
)
async def test_it_begins_as_declared_or_as_it_was_or_today_at_midnight(make_house, options, before, state):
    past = {"input_datetime.a": before} if before is not None else None
    # Two hours ahead of UTC in winter, three in summer.
    house = make_house(past, zone="Europe/Kyiv")

    house.set_up(moments(options))

    assert house.state("input_datetime.a") == state


@pytest.mark.parametrize(
    ("options", "data", "state"),
    [
        (BOTH, {"date": "2017-09-07", "time": "19:46:30"}, "2017-09-07 19:46:30"),
        (BOTH, {"date": "2017-09-07"}, "2017-09-07 00:00:00"),
        (BOTH, {"time": "5:00"}, "2024-05-06 05:00:00"),
        (BOTH, {"datetime": "2017-09-07 19:46:30"}, "2017-09-07 19:46:30"),
        (BOTH, {"datetime": "2017-09-07T19:46:30.5"}, "2017-09-07 19:46:30"),
        (BOTH, {"datetime": "2017-09-07"}, "2017-09-07 00:00:00"),
        # The hours that it shows count, as with Home Assistant, and not its zone.
        (BOTH, {"datetime": dt.datetime(2017, 9, 7, 19, 46, tzinfo=dt.UTC)}, "2017-09-07 19:46:00"),
        (BOTH, {"timestamp": 1504813590.0}, "2017-09-07 21:46:30"),
        (BOTH, {"timestamp": 0}, "1970-01-01 01:00:00"),
        (DATE, {"date": dt.date(2017, 9, 7)}, "2017-09-07"),
        (DATE, {"datetime": "2017-09-07 19:46:30"}, "2017-09-07"),
        (DATE, {"date": "2017-09-07", "time": "19:46"}, "2017-09-07"),
        (TIME, {"time": dt.time(19, 46)}, "19:46:00"),
        (TIME, {"timestamp": "1504813590"}, "21:46:30"),
    ],
)
async def test_it_can_be_set_in_several_ways(make_house, call, options, data, state):
    house = make_house(zone="Europe/Berlin")
    house.set_up(moments(options))

    call(house, "input_datetime.a", "set_datetime", **data)

    assert house.state("input_datetime.a") == state


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        (BOTH, {"year": 2017, "month": 9, "day": 7, "hour": 19, "minute": 46, "second": 30}),
        (BOTH, {"has_date": True, "has_time": True, "timestamp": 1504806390.0}),
        (DATE, {"year": 2017, "month": 9, "day": 7, "timestamp": 1504735200.0}),
        (TIME, {"hour": 19, "minute": 46, "second": 30, "timestamp": 71190}),
    ],
)
async def test_it_shows_its_parts(make_house, call, attributes, options, shown):
    house = make_house(zone="Europe/Berlin")
    house.set_up(moments(options))

    call(house, "input_datetime.a", "set_datetime", datetime="2017-09-07 19:46:30")

    found = attributes(house, "input_datetime.a")
    assert {name: found[name] for name in shown} == shown


@pytest.mark.parametrize(("options", "absent"), [(DATE, "hour"), (TIME, "year")])
async def test_it_does_not_show_what_it_has_not(house, attributes, options, absent):
    house.set_up(moments(options))

    assert absent not in attributes(house, "input_datetime.a")


@pytest.mark.parametrize(
    ("options", "data", "words"),
    [
        (DATE, {"time": "19:46:00"}, "only has a date"),
        (TIME, {"date": "2017-09-07"}, "only has a time"),
        (DATE, {}, "nothing to set"),
        (BOTH, {"time": "19:46:00", "datetime": "2017-09-07 19:46:00"}, "too much"),
        (BOTH, {"timestamp": 1, "datetime": "2017-09-07 19:46:00"}, "too much"),
        (BOTH, {"timestamp": 1e18}, "no moment"),
        (BOTH, {"date": "2017-13-07"}, "no date"),
        (BOTH, {"time": "noon"}, "no time of day"),
        (BOTH, {"datetime": "2017-09-07 25:00"}, "no date with a time"),
        (BOTH, {"datetime": "2017-09-07 12:00+99:00"}, "no date with a time"),
    ],
)
async def test_what_makes_no_sense_is_refused_and_changes_nothing(house, call, options, data, words):
    house.set_up(moments(options))
    before = house.state("input_datetime.a")

    with pytest.raises(ServiceRefused, match=words):
        call(house, "input_datetime.a", "set_datetime", **data)

    assert house.state("input_datetime.a") == before
