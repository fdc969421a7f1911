"""When a local clock shows a time next, also where clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.wall import change_between, next_occurrence

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns"]


def local(text: str, zone: ZoneInfo = BERLIN, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


@pytest.mark.parametrize(
    ("after", "at", "expected"),
    [
        ("2024-05-06 12:00", time(12, 30), "2024-05-06 12:30"),
        ("2024-05-06 12:00", time(12, 0), "2024-05-07 12:00"),
        ("2024-05-06 11:59:59", time(12, 0), "2024-05-06 12:00"),
        ("2024-12-31 23:59", time(0, 0), "2025-01-01 00:00"),
        ("2024-02-28 12:00", time(11, 0), "2024-02-29 11:00"),
    ],
)
def test_an_ordinary_day_has_each_time_once(after, at, expected):
    assert next_occurrence(local(after), at, BERLIN) == local(expected)


@pytest.mark.parametrize(
    ("skipped", "after", "expected"),
    [
        ("after_gap", "2024-03-30 02:30", "2024-03-31 03:00"),
        ("after_gap", "2024-03-31 03:00", "2024-04-01 02:30"),
        ("skip", "2024-03-30 02:30", "2024-04-01 02:30"),
    ],
)
def test_a_time_that_a_day_does_not_have_comes_after_the_gap_or_not_at_all(skipped, after, expected):
    found = next_occurrence(local(after), time(2, 30), BERLIN, skipped=skipped)

    assert found == local(expected)


@pytest.mark.parametrize(
    ("repeated", "after", "expected"),
    [
        ("first", local("2024-10-26 12:00"), local("2024-10-27 02:30")),
        ("first", local("2024-10-27 02:30"), local("2024-10-28 02:30")),
        ("first", local("2024-10-27 02:10", fold=1), local("2024-10-28 02:30")),
        ("both", local("2024-10-26 12:00"), local("2024-10-27 02:30")),
        ("both", local("2024-10-27 02:30"), local("2024-10-27 02:30", fold=1)),
        ("both", local("2024-10-27 02:30", fold=1), local("2024-10-28 02:30")),
    ],
)
def test_a_time_that_a_day_has_twice_counts_once_or_twice(repeated, after, expected):
    found = next_occurrence(after.astimezone(UTC), time(2, 30), BERLIN, repeated=repeated)

    assert found == expected.astimezone(UTC)


def test_a_day_that_a_country_left_out_ends_with_its_gap():
    apia = ZoneInfo("Pacific/Apia")

    found = next_occurrence(local("2011-12-29 20:00", apia), time(12, 0), apia)

    assert found.astimezone(apia).replace(tzinfo=None) == datetime.fromisoformat("2011-12-31 00:00")


@pytest.mark.parametrize("name", ZONES)
@given(
    after=st.datetimes(datetime(2010, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001  # made aware below
    at=st.times().map(lambda at: at.replace(microsecond=0)),
)
def test_finds_a_later_moment_that_shows_the_time(name, after, at):
    zone = ZoneInfo(name)
    moment = after.replace(tzinfo=UTC)

    found = next_occurrence(moment, at, zone)

    assert moment < found <= moment + timedelta(hours=26)
    shown = found.astimezone(zone)
    before = (found - timedelta(seconds=1)).astimezone(zone)
    assert shown.time() == at or before.utcoffset() < shown.utcoffset()


def test_a_time_that_says_which_of_two_it_is_counts_as_any_other():
    found = next_occurrence(local("2024-03-30 12:00").astimezone(UTC), time(2, 30, fold=1), BERLIN)

    assert found == local("2024-03-31 03:00").astimezone(UTC)


def test_finds_the_second_at_which_clocks_change():
    found = change_between(local("2024-03-31 00:00"), local("2024-03-31 12:00"), BERLIN)

    assert found == datetime(2024, 3, 31, 1, 0, tzinfo=UTC)
