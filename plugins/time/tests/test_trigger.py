"""When the time and time_pattern triggers fire, and what they tell."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from pydantic import TypeAdapter

from hub.api import Attachment, HubError, Trigger, TriggerField
from hub.fields import Parsing
from hub.testing import SimulatedHouse

TIMESTAMP = {"device_class": "timestamp"}


def parse(house, config: dict) -> Trigger:
    context = Parsing(house.house.kinds, house.house.templates).context()
    return TypeAdapter(TriggerField).validate_python({"trigger": "time", **config}, context=context)


def attach(house, config: dict, **variables):
    fired: list[dict] = []
    attachment = Attachment(
        house.house, lambda facts, cause: fired.append(facts), variables, "test", {"id": "0"}
    )
    return fired, parse(house, config).attach(attachment)


def shown(fired: list[dict]) -> list[str]:
    return [f"{facts['now']:%d %H:%M:%S}" for facts in fired]


def input_datetime(house, *, day: str | None = None, at: str | None = None) -> None:
    given: dict[str, object] = {"has_date": day is not None, "has_time": at is not None}
    if day is not None:
        given |= dict(zip(("year", "month", "day"), map(int, day.split("-")), strict=True))
    if at is not None:
        given |= dict(zip(("hour", "minute", "second"), map(int, at.split(":")), strict=True))
    house.set("input_datetime.a", f"{day} {at}", given)


# The simulated house begins on Monday 2024-05-06 12:00 UTC.


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("12:30", ["06 12:30:00", "07 12:30:00"]),
        ("5:00:05", ["07 05:00:05", "08 05:00:05"]),
        ("12:00", ["07 12:00:00", "08 12:00:00"]),
        (["6:00", "18:00"], ["06 18:00:00", "07 06:00:00", "07 18:00:00", "08 06:00:00"]),
        ("{{ hour }}:30", ["07 09:30:00", "08 09:30:00"]),
    ],
)
async def test_fires_each_day_at_the_time(house, at, expected):
    fired, _ = attach(house, {"at": at}, hour=9)

    await house.advance(2 * 86400)

    assert shown(fired) == expected


async def test_the_time_is_that_of_the_houses_zone(house):
    house.house.settings.time_zone = ZoneInfo("America/Los_Angeles")
    fired, _ = attach(house, {"at": "5:00"})

    await house.advance(86400)

    assert fired[0] == {
        "now": datetime(2024, 5, 7, 5, 0, tzinfo=ZoneInfo("America/Los_Angeles")),
        "entity_id": None,
        "description": "time",
    }


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2024-03-30T12:00:00+00:00", ["31 03:00:00+02:00", "01 02:30:00+02:00"]),
        ("2024-10-26T12:00:00+00:00", ["27 02:30:00+02:00", "28 02:30:00+01:00"]),
    ],
    ids=["spring", "autumn"],
)
async def test_fires_once_on_a_day_on_which_clocks_change(start, expected):
    house = SimulatedHouse(start=datetime.fromisoformat(start))
    house.house.settings.time_zone = ZoneInfo("Europe/Berlin")
    fired, _ = attach(house, {"at": "02:30"})

    await house.advance(2 * 86400)

    assert [facts["now"].isoformat(" ")[8:] for facts in fired] == expected


@pytest.mark.parametrize(
    ("weekday", "days"),
    [("tue", ["07"]), (["mon", "wed"], ["06", "08"]), (None, ["06", "07", "08"]), ([], [])],
)
async def test_fires_on_the_days_that_are_named(house, weekday, days):
    fired, _ = attach(house, {"at": "18:00", "weekday": weekday})

    await house.advance(3 * 86400)

    assert [f"{facts['now']:%d}" for facts in fired] == days


@pytest.mark.parametrize(
    ("day", "at", "config", "expected"),
    [
        ("2024-05-07", "09:30:00", {}, ["07 09:30:00"]),
        ("2024-05-07", None, {}, ["07 00:00:00"]),
        ("2024-05-05", "09:30:00", {}, []),
        ("2024-05-07", "09:30:00", {"offset": "-01:00"}, ["07 08:30:00"]),
        (None, "09:30:00", {}, ["07 09:30:00", "08 09:30:00"]),
        (None, "00:10:00", {"offset": "-00:20:00"}, ["06 23:50:00", "07 23:50:00"]),
        (None, None, {}, []),
    ],
)
async def test_takes_the_time_of_an_input_datetime(house, day, at, config, expected):
    input_datetime(house, day=day, at=at)
    fired, _ = attach(house, {"at": {"entity_id": "input_datetime.a", **config}})

    await house.advance(2 * 86400)

    assert shown(fired) == expected


@pytest.mark.parametrize(
    ("state", "attributes", "expected"),
    [
        ("2024-05-06T14:00:00+00:00", TIMESTAMP, ["06 14:00:00"]),
        ("2024-05-06T16:00:00+02:00", TIMESTAMP, ["06 14:00:00"]),
        ("2024-05-06T12:00:00+00:00", TIMESTAMP, []),
        ("2024-05-06T14:00:00+00:00", {}, []),
        ("unknown", TIMESTAMP, []),
        ("soon", TIMESTAMP, []),
    ],
)
async def test_takes_the_moment_of_a_timestamp_sensor(house, state, attributes, expected):
    house.set("sensor.a", state, attributes)
    fired, _ = attach(house, {"at": "sensor.a"})

    await house.advance(86400)

    assert shown(fired) == expected


@pytest.mark.parametrize(
    ("state", "attributes", "expected"),
    [
        ("2024-05-06T15:00:00+00:00", TIMESTAMP, ["06 15:00:00"]),
        ("2024-05-06T11:00:00+00:00", TIMESTAMP, []),
        ("unavailable", TIMESTAMP, []),
        ("2024-05-06T14:00:00+00:00", {}, []),
    ],
)
async def test_an_entity_that_changes_is_planned_anew(house, state, attributes, expected):
    house.set("sensor.a", "2024-05-06T14:00:00+00:00", TIMESTAMP)
    fired, _ = attach(house, {"at": "sensor.a"})

    house.set("sensor.a", state, attributes)
    await house.advance(86400)

    assert shown(fired) == expected


async def test_an_entity_that_goes_takes_its_time_away(house):
    input_datetime(house, at="14:00:00")
    fired, _ = attach(house, {"at": "input_datetime.a"})

    house.house.states.remove("input_datetime.a")
    await house.advance(86400)

    assert fired == []


async def test_is_silent_once_detached(house):
    house.set("sensor.a", "2024-05-06T14:00:00+00:00", TIMESTAMP)
    fired, detach = attach(house, {"at": ["sensor.a", "14:00"]})

    detach()
    house.set("sensor.a", "2024-05-06T15:00:00+00:00", TIMESTAMP)
    await house.advance(86400)

    assert fired == []


def test_names_the_entity_that_holds_the_time(house):
    house.set("sensor.a", "2024-05-06T12:00:01+00:00", TIMESTAMP)
    fired, _ = attach(house, {"at": "sensor.a"})

    house.clock.run_next(datetime(2024, 5, 7, tzinfo=UTC))

    assert (fired[0]["entity_id"], fired[0]["description"]) == ("sensor.a", "time set in sensor.a")


@pytest.mark.parametrize(
    ("at", "problem"),
    [
        (3605, "Write '01:00:05' in quotes|is a text, not the number 3605"),
        (745, "not the number 745"),
        (True, "is no time"),
        ("binary_sensor.bla", "is no time"),
        ("25:00", "is no time"),
        ("13:00:00.5", "is no time"),
        ({"entity_id": "13:00:00"}, "should be an input_datetime"),
        ({"entity_id": "sensor.a", "offset": "soon"}, "offset: 'soon' is no duration"),
        ({"entity_id": "sensor.a", "delay": 5}, "unknown key 'delay'"),
        ("{{ states('sensor.a') | nonsense }}", "nonsense"),
    ],
)
def test_refuses_what_is_no_time(house, at, problem):
    with pytest.raises(ValueError, match=problem):
        parse(house, {"at": at})


def test_refuses_a_day_that_the_week_does_not_have(house):
    with pytest.raises(ValueError, match="'mon'"):
        parse(house, {"at": "5:00", "weekday": "monday"})


@pytest.mark.parametrize("template", ["{{ 'hello world' }}", "{{ states('sensor.a') }}"])
def test_a_template_that_gives_no_time_is_an_error(house, template):
    with pytest.raises(HubError):
        attach(house, {"at": template})


def test_says_what_it_waits_for(house):
    house.set("sensor.a", "2024-05-06T14:00:00+00:00", TIMESTAMP)
    at = ["5:00", {"entity_id": "sensor.a", "offset": 60}, "input_datetime.b"]

    words = parse(house, {"at": at, "weekday": ["wed", "thu"]}).waits_for(house.house)

    assert words == (
        "05:00:00 (next 2024-05-08 05:00:00)"
        " or the time of sensor.a and 0:01:00 (2024-05-06 14:00:00+00:00)"
        " or the time of input_datetime.b (which holds none) on wed or thu"
    )


# --- time_pattern ---


async def test_a_pattern_fires_whenever_the_clock_matches(house):
    fired, detach = attach(house, {"trigger": "time_pattern", "minutes": "/20"})

    await house.advance(3600)
    detach()
    await house.advance(3600)

    assert shown(fired) == ["06 12:20:00", "06 12:40:00", "06 13:00:00"]
    assert fired[0]["description"] == "time pattern"


def test_a_pattern_needs_a_unit(house):
    with pytest.raises(ValueError, match="time_pattern needs a unit"):
        parse(house, {"trigger": "time_pattern"})


def test_a_pattern_says_what_it_waits_for(house):
    words = parse(house, {"trigger": "time_pattern", "minutes": "/7"}).waits_for(house.house)

    assert words == "hours *, minutes /7, seconds 0 (next 2024-05-06 12:07:00)"
