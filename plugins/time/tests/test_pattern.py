"""When a clock matches a pattern next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from plugins.time.pattern import Hours, Minutes, Pattern

BERLIN = ZoneInfo("Europe/Berlin")
_HOURS: TypeAdapter = TypeAdapter(Hours)
_MINUTES: TypeAdapter = TypeAdapter(Minutes)


def pattern(hours=None, minutes=None, seconds=None) -> Pattern:
    return Pattern.of(
        _HOURS.validate_python(hours), _MINUTES.validate_python(minutes), _MINUTES.validate_python(seconds)
    )


def local(text: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("units", "after", "expected"),
    [
        ({"minutes": "/5"}, "2024-05-06 12:00:00", "2024-05-06 12:05:00"),
        ({"minutes": "/7"}, "2024-05-06 12:56:00", "2024-05-06 13:00:00"),
        ({"minutes": 2}, "2024-05-06 12:30:00", "2024-05-06 13:02:00"),
        ({"minutes": "02"}, "2024-05-06 13:01:59", "2024-05-06 13:02:00"),
        ({"hours": 3}, "2024-05-06 12:00:00", "2024-05-07 03:00:00"),
        ({"hours": "/6", "minutes": 30}, "2024-05-06 18:30:00", "2024-05-07 00:30:00"),
        ({"hours": "*"}, "2024-05-06 12:00:00", "2024-05-06 13:00:00"),
        ({"seconds": "/10"}, "2024-05-06 12:00:51", "2024-05-06 12:01:00"),
        ({"seconds": "*"}, "2024-05-06 12:00:51", "2024-05-06 12:00:52"),
        ({"hours": 1, "minutes": 2, "seconds": 3}, "2024-05-06 01:02:03", "2024-05-07 01:02:03"),
        ({"hours": 0, "minutes": "*", "seconds": "*"}, "2024-05-06 23:59:59", "2024-05-07 00:00:00"),
    ],
)
def test_finds_the_next_match(units, after, expected):
    assert pattern(**units).next_match(local(after), BERLIN) == local(expected)


def test_a_match_lies_on_a_whole_second():
    after = local("2024-05-06 12:00:00.4")

    assert pattern(seconds="*").next_match(after, BERLIN) == local("2024-05-06 12:00:01")


@pytest.mark.parametrize(
    ("units", "after", "expected"),
    [
        ({"minutes": "/30"}, local("2024-03-31 01:30"), local("2024-03-31 03:00")),
        ({"hours": 2}, local("2024-03-30 02:00"), local("2024-04-01 02:00")),
        ({"minutes": 30}, local("2024-10-27 02:30"), local("2024-10-27 02:30", fold=1)),
        ({"hours": 2}, local("2024-10-27 02:00"), local("2024-10-27 02:00", fold=1)),
        ({"hours": 2, "minutes": 30}, local("2024-10-27 02:30", fold=1), local("2024-10-28 02:30")),
    ],
)
def test_follows_the_clock_where_it_is_changed(units, after, expected):
    assert pattern(**units).next_match(after, BERLIN) == expected


_UNIT = st.one_of(st.none(), st.just("*"), st.integers(0, 23), st.integers(1, 23).map(lambda n: f"/{n}"))


@pytest.mark.parametrize(
    ("name", "year"),
    [("Europe/Berlin", 2024), ("Australia/Lord_Howe", 2024), ("America/St_Johns", 2010), ("UTC", 2024)],
)
@given(data=st.data())
def test_never_leaves_a_match_out(name, year, data):
    zone = ZoneInfo(name)
    units = {"hours": data.draw(_UNIT), "minutes": data.draw(_UNIT.filter(bool)), "seconds": 0}
    hour_of_year = data.draw(st.integers(0, 365 * 24))
    after = datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=hour_of_year)
    wanted = pattern(**units)

    found = wanted.next_match(after, zone)

    minutes = int((found - after) / timedelta(minutes=1))
    shown = [(after + timedelta(minutes=n)).astimezone(zone) for n in range(1, min(minutes, 1500) + 1)]
    matching = [t for t in shown if t.hour in wanted.hours.values and t.minute in wanted.minutes.values]
    assert matching in ([], [found.astimezone(zone)])
    assert found.astimezone(zone).hour in wanted.hours.values
    assert found.astimezone(zone).minute in wanted.minutes.values


@pytest.mark.parametrize("value", ["/", "*/5", "/0", "/90", 60, -1, "-1", "five", 2.5, True, [1], "²"])
def test_refuses_what_is_no_pattern(value):
    with pytest.raises(ValidationError, match=r"is no time pattern|is out of range"):
        pattern(minutes=value)


def test_hours_end_at_23():
    with pytest.raises(ValidationError, match="24 is out of range"):
        pattern(hours=24)
