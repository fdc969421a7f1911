"""The sun as a trigger, as a condition and as an entity."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from pydantic import TypeAdapter

from hub.api import Attachment, Trigger, TriggerField
from hub.configuration import parse_condition
from hub.fields import Parsing
from plugins.sun.integration import SunIntegration

# There, on that local day: sunrise 2015-09-16 13:33:18 UTC, sunset 2015-09-17 01:53:44 UTC.
LOS_ANGELES = ZoneInfo("America/Los_Angeles")


@pytest.fixture
async def san_diego(house):
    """The house in San Diego, on 2015-09-16 at midnight."""
    settings = house.house.settings
    settings.latitude, settings.longitude, settings.time_zone = 32.87336, -117.22743, LOS_ANGELES
    house.clock.__init__(datetime(2015, 9, 16, 7, 0, tzinfo=UTC))
    return house


def parse(house, config: dict) -> Trigger:
    context = Parsing(house.house.kinds, house.house.templates).context()
    return TypeAdapter(TriggerField).validate_python({"trigger": "sun", **config}, context=context)


def attach(house, config: dict):
    fired: list[tuple[str, dict]] = []

    def fire(facts, cause):
        fired.append((f"{house.clock.now():%d %H:%M}", facts))

    return fired, parse(house, config).attach(Attachment(house.house, fire, {}, "test"))


# --- trigger ---


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"event": "sunrise"}, ["16 13:33", "17 13:33"]),
        ({"event": "SUNSET"}, ["17 01:53", "18 01:52"]),
        ({"event": "sunrise", "offset": "-0:30:00"}, ["16 13:03", "17 13:03"]),
        ({"event": "sunrise", "offset": {"hours": 1}}, ["16 14:33", "17 14:33"]),
    ],
)
async def test_fires_each_day(san_diego, config, expected):
    fired, detach = attach(san_diego, config)

    await san_diego.advance(2 * 86400)
    detach()
    await san_diego.advance(2 * 86400)

    assert [when for when, _ in fired] == expected


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"event": "sunset"}, {"event": "sunset", "offset": timedelta(), "description": "sunset"}),
        (
            {"event": "sunset", "offset": 60},
            {"event": "sunset", "offset": timedelta(minutes=1), "description": "sunset with offset"},
        ),
    ],
)
async def test_tells_which_event_it_was(san_diego, config, told):
    fired, _ = attach(san_diego, config)

    await san_diego.advance(86400)

    assert fired[0][1] == told


async def test_waits_where_the_sun_never_rises(san_diego):
    san_diego.house.settings.latitude = 90.0

    fired, detach = attach(san_diego, {"event": "sunrise"})
    await san_diego.advance(86400)
    detach()

    assert fired == []


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"event": "sunrise"}, "sunrise (next 2015-09-16 06:33:18)"),
        ({"event": "sunset", "offset": "-01:00"}, "sunset with offset -1:00:00 (next 2015-09-16 17:53:44)"),
    ],
)
def test_says_what_it_waits_for(san_diego, config, words):
    assert parse(san_diego, config).waits_for(san_diego.house) == words


def test_knows_no_other_event(house):
    with pytest.raises(ValueError, match="sunrise"):
        parse(house, {"event": "noon"})


# --- condition ---


def ask(house, **config):
    condition, problems = parse_condition({"condition": "sun", **config}, house.house)
    assert not problems
    return condition, SimpleNamespace(house=house.house, variables={})


@pytest.mark.parametrize(
    ("config", "at", "holds"),
    [
        ({"before": "sunrise"}, "00:00:00", True),
        ({"before": "sunrise"}, "06:33:18", True),
        ({"before": "sunrise"}, "06:33:19", False),
        ({"before": "sunrise", "before_offset": "+1:00:00"}, "07:33:18", True),
        ({"before": "sunrise", "before_offset": "-1:00:00"}, "06:33:00", False),
        ({"after": "sunrise"}, "06:33:18", False),
        ({"after": "sunrise"}, "06:33:19", True),
        ({"after": "sunrise"}, "23:59:59", True),
        ({"after": "sunset"}, "00:00:01", False),
        ({"after": "sunset"}, "18:53:45", True),
        ({"after": "sunset", "after_offset": "-1:00:00"}, "17:53:45", True),
        ({"after": "sunrise", "before": "sunset"}, "06:33:00", False),
        ({"after": "sunrise", "before": "sunset"}, "12:00:00", True),
        ({"after": "sunrise", "before": "sunset"}, "18:53:45", False),
        ({"after": "sunset", "before": "sunrise"}, "03:00:00", True),
        ({"after": "sunset", "before": "sunrise"}, "12:00:00", False),
        ({"after": "sunset", "before": "sunrise"}, "22:00:00", True),
    ],
)
async def test_compares_with_todays_events(san_diego, config, at, holds):
    condition, scope = ask(san_diego, **config)

    await san_diego.move_to(datetime.fromisoformat(f"2015-09-16 {at}").replace(tzinfo=LOS_ANGELES))

    assert condition.test(scope) is holds


@pytest.mark.parametrize(
    ("config", "at", "holds"),
    [
        ({"before": "sunrise"}, "24 15:21:13", False),
        ({"before": "sunrise"}, "24 14:21:12", True),
        ({"before": "sunrise"}, "24 08:00:00", True),
        ({"before": "sunrise"}, "24 07:59:59", False),
        ({"after": "sunrise"}, "24 15:21:12", True),
        ({"after": "sunrise"}, "24 08:00:01", False),
        ({"after": "sunrise"}, "24 07:59:59", True),
        ({"before": "sunset"}, "25 11:13:33", False),
        ({"before": "sunset"}, "25 11:13:32", True),
        ({"before": "sunset"}, "24 08:00:00", True),
        ({"before": "sunset"}, "24 07:59:59", False),
        ({"after": "sunset"}, "25 11:13:33", True),
        ({"after": "sunset"}, "25 11:13:32", False),
        ({"after": "sunset"}, "24 08:00:01", False),
        ({"after": "sunset"}, "24 07:59:59", True),
    ],
)
async def test_compares_with_todays_events_where_the_sun_sets_at_three_in_the_night(house, config, at, holds):
    settings = house.house.settings
    settings.latitude, settings.longitude, settings.time_zone = 66.5, 162.4, ZoneInfo("America/Anchorage")
    condition, scope = ask(house, **config)

    house.clock.__init__(datetime.fromisoformat(f"2015-07-{at}").replace(tzinfo=UTC))

    assert condition.test(scope) is holds


@pytest.mark.parametrize("config", [{"before": "sunset"}, {"after": "sunrise"}])
def test_does_not_hold_where_there_is_no_such_event(san_diego, config):
    san_diego.house.settings.latitude = 90.0
    condition, scope = ask(san_diego, **config)

    held = condition.test(scope)

    event = next(iter(config.values()))
    assert (held, condition.why(scope)) == (False, f"sun: there is no {event} today")


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"before": "sunrise"}, "sun: 12:00:00 is not before sunrise (06:33:18)"),
        (
            {"after": "sunset", "after_offset": 60},
            "sun: 12:00:00 is not after sunset with its offset (18:54:44)",
        ),
        (
            {"after": "sunset", "before": "sunrise"},
            "sun: 12:00:00 is not before sunrise (06:33:18) and 12:00:00 is not after sunset (18:53:44)",
        ),
    ],
)
async def test_says_why_not(san_diego, config, words):
    condition, scope = ask(san_diego, **config)
    await san_diego.move_to(datetime(2015, 9, 16, 12, 0, tzinfo=LOS_ANGELES))

    held = condition.test(scope)

    assert (held, condition.why(scope)) == (False, words)


def test_needs_a_side(house):
    condition, problems = parse_condition({"condition": "sun"}, house.house)

    assert condition is None
    assert "Give it before, after or both" in str(problems[0])


# --- entity ---


async def test_the_entity_follows_the_sun(san_diego):
    stop = SunIntegration().start(san_diego.house)

    seen = [san_diego.state("sun.sun")]
    await san_diego.move_to(datetime(2015, 9, 16, 13, 33, 18, tzinfo=UTC))
    seen.append(san_diego.state("sun.sun"))
    await san_diego.move_to(datetime(2015, 9, 16, 13, 33, 19, tzinfo=UTC))
    seen.append(san_diego.state("sun.sun"))
    await san_diego.move_to(datetime(2015, 9, 17, 1, 53, 45, tzinfo=UTC))
    seen.append(san_diego.state("sun.sun"))
    stop()

    assert seen == ["below_horizon", "below_horizon", "above_horizon", "below_horizon"]
    assert san_diego.state("sun.sun") is None


@pytest.mark.parametrize(
    ("attribute", "then"), [("next_rising", "above_horizon"), ("next_setting", "below_horizon")]
)
async def test_the_entity_changes_when_it_said(san_diego, attribute, then):
    SunIntegration().start(san_diego.house)
    moment = datetime.fromisoformat(san_diego.house.states.get("sun.sun").attributes[attribute])

    await san_diego.move_to(moment - timedelta(microseconds=1))
    before = san_diego.state("sun.sun")
    await san_diego.move_to(moment)

    assert before != then
    assert san_diego.state("sun.sun") == then


async def test_the_entity_leaves_one_that_is_there_already_alone(san_diego):
    san_diego.set("sun.sun", "above_horizon")

    SunIntegration().start(san_diego.house)

    assert dict(san_diego.house.states.get("sun.sun").attributes) == {}


async def test_at_the_midnight_sun_the_entity_stays_above_the_horizon(san_diego):
    settings = san_diego.house.settings
    settings.latitude, settings.longitude = 69.6, 18.8
    san_diego.clock.__init__(datetime(2016, 6, 1, 8, 7, 45, tzinfo=UTC))
    SunIntegration().start(san_diego.house)
    changes = []
    san_diego.house.bus.listen_state("sun.sun", changes.append)

    await san_diego.advance(86400)

    attributes = san_diego.house.states.get("sun.sun").attributes
    assert {change.new.state for change in changes} == {"above_horizon"}
    assert attributes["next_rising"][:19] == "2016-07-24T22:59:45"
    assert attributes["next_setting"][:19] == "2016-07-25T22:17:13"


async def test_the_entity_tells_what_comes_next(san_diego):
    SunIntegration().start(san_diego.house)

    state = san_diego.house.states.get("sun.sun")

    assert {name: state.attributes[name][:16] for name in state.attributes if name.startswith("next_")} == {
        "next_dawn": "2015-09-16T13:08",
        "next_rising": "2015-09-16T13:33",
        "next_noon": "2015-09-16T19:44",
        "next_setting": "2015-09-17T01:53",
        "next_dusk": "2015-09-17T02:18",
        "next_midnight": "2015-09-16T07:43",
    }
    assert state.attributes["elevation"] < -40
    assert state.attributes["rising"] is False
    assert state.attributes["friendly_name"] == "Sun"


async def test_the_entity_moves_with_the_day(san_diego):
    SunIntegration().start(san_diego.house)
    changes = []
    san_diego.house.bus.listen_state("sun.sun", changes.append)

    await san_diego.advance(86400)

    assert 200 < len(changes) < 500
    gaps = {change.new.updated - change.old.updated for change in changes}
    assert max(gaps) <= 25 * 60


async def test_the_entity_lives_where_the_sun_never_sets(san_diego):
    san_diego.house.settings.latitude = 90.0

    SunIntegration().start(san_diego.house)

    state = san_diego.house.states.get("sun.sun")
    assert (state.state, state.attributes["next_setting"]) == ("above_horizon", None)
