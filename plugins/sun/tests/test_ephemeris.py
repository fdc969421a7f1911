"""When the sun rises and sets, also where it does not do so every day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hub.api import Settings
from plugins.sun.ephemeris import event_of_day, height, next_event, position

SAN_DIEGO = Settings(latitude=32.87336, longitude=-117.22743, time_zone=ZoneInfo("America/Los_Angeles"))
AUCKLAND = Settings(latitude=-36.85, longitude=174.76, time_zone=ZoneInfo("Pacific/Auckland"))
TROMSO = Settings(latitude=69.65, longitude=18.96, time_zone=ZoneInfo("Europe/Oslo"))
# Clocks that are far from the sun: it rises at seven and sets at three in the next night.
SKEWED = Settings(latitude=66.5, longitude=162.4, time_zone=ZoneInfo("America/Anchorage"))
KOTZEBUE = Settings(latitude=66.9, longitude=-162.6, time_zone=ZoneInfo("America/Anchorage"))
CHICAGO = Settings(latitude=41.88, longitude=-87.63, time_zone=ZoneInfo("America/Chicago"))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("event", "after", "expected"),
    [
        ("sunrise", "2015-09-16 07:00", "2015-09-16 13:33:18"),
        ("sunset", "2015-09-16 07:00", "2015-09-17 01:53:44"),
        ("sunset", "2015-09-17 01:53:43", "2015-09-17 01:53:44"),
        ("sunset", "2015-09-17 01:53:45", "2015-09-18 01:52:23"),
    ],
)
def test_finds_the_next_event(event, after, expected):
    found = next_event(SAN_DIEGO, event, utc(after))

    assert found is not None
    assert found.replace(microsecond=0) == utc(expected)


@pytest.mark.parametrize("offset", [timedelta(hours=-30), timedelta(minutes=-1), timedelta(hours=50)])
def test_an_offset_moves_the_event(offset):
    after = utc("2015-09-16 07:00")

    found = next_event(SAN_DIEGO, "sunrise", after, offset)

    assert found is not None
    assert timedelta(0) < found - after <= timedelta(hours=25)
    assert found - offset == next_event(SAN_DIEGO, "sunrise", after - offset)


@pytest.mark.parametrize("settings", [SAN_DIEGO, AUCKLAND], ids=["west", "east"])
@pytest.mark.parametrize(("event", "hours"), [("sunrise", (4, 9)), ("sunset", (16, 21))])
def test_an_event_of_a_day_is_that_of_the_local_day(settings, event, hours):
    day = date(2024, 3, 3)

    found = event_of_day(settings, event, day)

    assert found is not None
    local = found.astimezone(settings.time_zone)
    assert local.date() == day
    assert hours[0] <= local.hour < hours[1]


@pytest.mark.parametrize(("event", "day"), [("sunrise", date(2024, 12, 21)), ("sunset", date(2024, 6, 21))])
def test_the_polar_night_and_day_have_no_event(event, day):
    assert event_of_day(TROMSO, event, day) is None


def test_the_first_sunrise_after_the_polar_night_is_found():
    found = next_event(TROMSO, "sunrise", utc("2024-12-01 00:00"))

    assert found is not None
    assert found.month == 1


@pytest.mark.parametrize(
    ("settings", "event", "day", "expected"),
    [
        (SKEWED, "sunrise", date(2015, 7, 24), "2015-07-24 15:16:46"),
        (SKEWED, "sunset", date(2015, 7, 24), "2015-07-24 11:17:54"),
        (SKEWED, "sunset", date(2015, 7, 25), "2015-07-25 11:13:32"),
        # The sun of that day sets after its midnight; at its beginning it was yesterday's that did.
        (KOTZEBUE, "sunset", date(2015, 8, 5), "2015-08-06 08:08:01"),
    ],
)
def test_where_clocks_are_far_from_the_sun_no_event_comes_before_its_day(settings, event, day, expected):
    found = event_of_day(settings, event, day)

    assert found is not None
    assert found.replace(microsecond=0) == utc(expected)


@pytest.mark.parametrize("event", ["sunrise", "sunset", "dawn", "dusk", "noon", "midnight"])
@pytest.mark.parametrize("settings", [CHICAGO, SAN_DIEGO, AUCKLAND], ids=["middle", "west", "east"])
def test_no_day_of_a_year_is_left_out(settings, event):
    moment = first = utc("2024-01-01 00:00")
    gaps = []

    for _ in range(366):
        found = next_event(settings, event, moment)
        assert found is not None
        gaps.append(found - moment)
        moment = found

    assert max(gaps) < timedelta(hours=24, minutes=3)
    assert moment - first <= timedelta(days=366)


def test_a_time_zone_may_have_two_sunsets_on_one_day():
    first = next_event(KOTZEBUE, "sunset", utc("2015-08-07 07:00"))
    assert first is not None
    second = next_event(KOTZEBUE, "sunset", first)
    assert second is not None

    assert [each.astimezone(KOTZEBUE.time_zone).date() for each in (first, second)] == [date(2015, 8, 7)] * 2


def test_the_higher_one_stands_the_sooner_the_sun_rises():
    mountain = Settings(latitude=32.87336, longitude=-117.22743, elevation=500)

    found = next_event(mountain, "sunrise", utc("2015-09-16 07:00"))

    assert found is not None
    assert found.replace(microsecond=0) == utc("2015-09-16 13:30:45")


@pytest.mark.parametrize("settings", [SAN_DIEGO, TROMSO, AUCKLAND], ids=["west", "north", "east"])
@pytest.mark.parametrize("event", ["sunrise", "sunset"])
def test_the_upper_edge_is_at_the_horizon_when_the_sun_rises_and_sets(settings, event):
    found = next_event(settings, event, utc("2024-03-03 00:00"))

    assert found is not None
    assert height(settings, found) == pytest.approx(0, abs=0.02)


def test_knows_where_the_sun_stands():
    elevation, azimuth = position(SAN_DIEGO, utc("2015-09-16 19:44"))

    assert elevation == pytest.approx(59.7, abs=0.5)
    assert azimuth == pytest.approx(180, abs=2)
