"""Times and durations in templates."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.errors import TemplateError
from hub.template.durations import age, parse_datetime, parse_duration, parse_time


@pytest.fixture
def berlin(make_house: Any) -> Any:
    return make_house(datetime(2024, 5, 6, 22, 30, tzinfo=UTC), "Europe/Berlin")


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("{{ now() }}", "2024-05-07 00:30:00+02:00"),
        ("{{ now().hour }}", 0),
        ("{{ utcnow().hour }}", 22),
        ("{{ today_at('06:15') }}", "2024-05-07 06:15:00+02:00"),
        ("{{ '06:15:30' | today_at }}", "2024-05-07 06:15:30+02:00"),
        ("{{ today_at() }}", "2024-05-07 00:00:00+02:00"),
        ("{{ today_at('00:00') < now() }}", True),
        ("{{ as_timestamp('2024-05-07 00:30:00') }}", 1715034600.0),
        ("{{ as_timestamp('2024-05-07T00:30:00+02:00') }}", 1715034600.0),
        ("{{ now() | as_timestamp }}", 1715034600.0),
        ("{{ 'x' | as_timestamp(none) }}", None),
        ("{{ 1715034600 | timestamp_custom('%H:%M') }}", "00:30"),
        ("{{ 1715034600 | timestamp_custom('%H:%M', false) }}", "22:30"),
        ("{{ none | timestamp_custom('%H', true, 'd') }}", "d"),
        ("{{ 1715034600 | timestamp_local }}", "2024-05-07T00:30:00+02:00"),
        ("{{ 1715034600 | timestamp_utc }}", "2024-05-06T22:30:00+00:00"),
        ("{{ 'x' | timestamp_utc('d') }}", "d"),
        ("{{ 'x' | timestamp_local('d') }}", "d"),
        ("{{ as_datetime('2024-05-06T22:30:00Z') | as_local }}", "2024-05-07 00:30:00+02:00"),
        ("{{ as_datetime('2024-05-06 22:30') | as_local }}", "2024-05-06 22:30:00+02:00"),
        ("{{ as_datetime('2024-5-6 2:3:4.5') }}", "2024-05-06 02:03:04.500000"),
        ("{{ as_datetime('nonsense') }}", None),
        ("{{ as_datetime('nonsense', 'd') }}", "d"),
        ("{{ as_datetime(now()) == now() }}", True),
        ("{{ day | as_datetime }}", "2024-05-06 00:00:00"),
        ("{{ as_timedelta('PT1H30M') }}", "1:30:00"),
        ("{{ '01:30:00' | as_timedelta == timedelta(hours=1.5) }}", True),
        ("{{ strptime('06.05.2024', '%d.%m.%Y').month }}", 5),
        ("{{ now() is datetime, 5 is datetime }}", (True, False)),
        ("{{ relative_time(now() - timedelta(hours=2, minutes=20)) }}", "2 hours"),
        ("{{ (now() + timedelta(hours=2)) | relative_time == now() + timedelta(hours=2) }}", True),
        ("{{ time_since(now() - timedelta(days=1, hours=3), 2) }}", "1 day 3 hours"),
        ("{{ time_until(now() + timedelta(minutes=5)) }}", "5 minutes"),
        ("{{ time_until(5) }}", 5),
        ("{{ timedelta_string(timedelta(hours=25, seconds=3), 0) }}", "1 day 1 hour 3 seconds"),
        ("{{ (now() - timedelta(days=1)).date() }}", "2024-05-06"),
        ("{{ (now() - as_datetime('2024-05-06T22:00:00Z')).total_seconds() }}", 1800.0),
    ],
)
def test_tells_the_time(berlin: Any, source: str, result: Any) -> None:
    assert berlin.render(source, day=date(2024, 5, 6)) == result


@pytest.mark.parametrize(
    "source",
    [
        "{{ today_at('x') }}",
        "{{ today_at('25:00') }}",
        "{{ as_timestamp('x') }}",
        "{{ as_datetime(none) }}",
        "{{ strptime('x', '%Y') }}",
        "{{ 'x' | timestamp_custom }}",
        "{{ 1e20 | timestamp_utc }}",
        "{{ 5 | timestamp_custom('%Y' * 200) }}",
        "{{ strptime('5', '%Y' * 200, 0) }}",
    ],
)
def test_refuses_what_is_no_time(house: Any, source: str) -> None:
    with pytest.raises(TemplateError):
        house.render(source)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("90", timedelta(seconds=90)),
        ("1:30", timedelta(minutes=1, seconds=30)),
        ("1:30:00.5", timedelta(hours=1, minutes=30, seconds=0.5)),
        ("2 days, 1:00:00", timedelta(days=2, hours=1)),
        ("2 1:00:00", timedelta(days=2, hours=1)),
        ("-1:00:00", timedelta(hours=-1)),
        ("-2 days, 1:00:00", timedelta(days=-2, hours=1)),
        ("PT10M", timedelta(minutes=10)),
        ("-P1DT2H", timedelta(days=-1, hours=-2)),
        ("P1.5D", timedelta(days=1.5)),
        ("", None),
        ("-", None),
        ("soon", None),
    ],
)
def test_reads_durations(text: str, duration: timedelta | None) -> None:
    assert parse_duration(text) == duration


@given(st.timedeltas(timedelta(0), timedelta(days=400)))
def test_reads_what_python_writes_of_a_duration(duration: timedelta) -> None:
    read = parse_duration(str(duration))

    assert read is not None
    assert abs(read - duration) < timedelta(milliseconds=1)


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-3, minutes=-30))])))
def test_reads_what_python_writes_of_a_time(when: datetime) -> None:
    assert parse_datetime(str(when)) == when
    assert parse_datetime(when.isoformat()) == when


@pytest.mark.parametrize("text", ["", "5", "x:y", "24:00", "12:60", "12:30:61"])
def test_a_time_of_day_has_hours_and_minutes(text: str) -> None:
    assert parse_time(text) is None


@pytest.mark.parametrize(
    ("seconds", "precision", "words"),
    [
        (0, 1, "0 seconds"),
        (1, 1, "1 second"),
        (89, 1, "1 minute"),
        (91, 1, "2 minutes"),
        (5400, 2, "1 hour 30 minutes"),
        (86400 * 45, 1, "2 months"),
        (86400 * 366, 0, "1 year 1 day"),
    ],
)
def test_says_durations_in_words(seconds: int, precision: int, words: str) -> None:
    assert age(seconds, precision) == words
