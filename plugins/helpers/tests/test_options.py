"""Which helpers can be declared, what they show, and how a mistake is told."""

from __future__ import annotations

import pytest

EACH = {
    "counter": {},
    "input_boolean": {},
    "input_button": {},
    "input_datetime": {"has_time": True},
    "input_number": {"min": 0, "max": 10},
    "input_select": {"options": ["a", "b"]},
    "input_text": {},
    "schedule": {"name": "Plan"},
    "timer": {},
}


@pytest.mark.parametrize(("section", "options"), EACH.items(), ids=EACH)
async def test_a_helper_is_known_by_its_key_and_shows_its_name(house, attributes, section, options):
    given = {**options, "name": "My Helper", "icon": "mdi:lamp"}

    configuration = house.set_up({section: {"my_key": given}})

    shown = attributes(house, f"{section}.my_key")
    assert configuration.problems == []
    assert (shown["friendly_name"], shown["icon"], shown["editable"]) == ("My Helper", "mdi:lamp", False)
    assert house.house.registry.get(f"{section}.my_key").unique_id == "my_key"


@pytest.mark.parametrize("section", ["counter", "input_boolean", "input_button", "input_text", "timer"])
async def test_a_helper_may_need_no_options(house, section):
    configuration = house.set_up({section: {"a": None}})

    assert configuration.problems == []
    assert house.state(f"{section}.a") is not None


@pytest.mark.parametrize(("section", "options"), EACH.items(), ids=EACH)
async def test_a_helper_goes_when_its_section_stops(house, section, options):
    house.set_up({section: {"a": options}})

    await house.stop()

    assert house.state(f"{section}.a") is None


@pytest.mark.parametrize("key", ["with space", "Upper", "täg", "a-b", "__a"])
async def test_a_key_that_makes_no_entity_id_is_refused(house, problems, key):
    found = problems(house, {"counter": {key: None}})

    assert len(found) == 1
    assert "can't be a helper's name" in found[0]


async def test_a_number_as_key_is_a_name(house):
    house.set_up({"counter": {"1": None}})

    assert house.state("counter.1") == "0"


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"counter": {"a": {"minimun": 3}}}, "Did you mean 'minimum'?"),
        ({"counter": {"a": {"step": -1}}}, "step"),
        ({"counter": {"a": {"initial": True}}}, "not true or false"),
        ({"counter": {"a": 5}}, "counter.a"),
        ({"input_boolean": {"a": {"initial": "maybe"}}}, "initial"),
        ({"input_boolean": {"a": {"icon": "lamp"}}}, "mdi:lamp"),
        ({"input_datetime": {"a": None}}, "neither a date nor a time"),
        ({"input_datetime": {"a": {"has_date": True, "initial": "12:00"}}}, "2026-02-03"),
        ({"input_datetime": {"a": {"has_time": True, "initial": "25:00"}}}, "07:30:00"),
        ({"input_number": {"a": {"min": 0}}}, "max"),
        ({"input_number": {"a": {"min": 50, "max": 50}}}, "should be more than"),
        ({"input_number": {"a": {"min": 0, "max": 9, "initial": 10}}}, "initial (10)"),
        ({"input_number": {"a": {"min": 0, "max": 9, "step": 0}}}, "step"),
        ({"input_number": {"a": {"min": 0, "max": 9, "mode": "dial"}}}, "mode"),
        ({"input_select": {"a": {"options": []}}}, "options"),
        ({"input_select": {"a": {"options": [1, 2], "initial": 3}}}, "none of the options"),
        ({"input_text": {"a": {"min": 5, "max": 4}}}, "should not be less than"),
        ({"input_text": {"a": {"max": 256}}}, "255"),
        ({"input_text": {"a": {"max": 3, "initial": "four"}}}, "0 to 3 characters"),
        ({"schedule": {"a": {"monday": []}}}, "name"),
        ({"schedule": {"a": {"name": "A", "mondey": []}}}, "Did you mean 'monday'?"),
        ({"schedule": {"a": {"name": "A", "monday": {"from": "7:00", "too": "8:00"}}}}, "Did you mean 'to'?"),
        ({"schedule": {"a": {"name": "A", "monday": {"from": "9:00", "to": "8:00"}}}}, "over midnight"),
        ({"timer": {"a": {"duration": -5}}}, "negative"),
        ({"timer": {"a": {"duration": "soon"}}}, "no duration"),
        ({"timer": {"a": {"duration": 1e11}}}, "hundred years"),
    ],
)
async def test_a_mistake_is_told(house, problems, config, words):
    found = problems(house, config)

    assert len(found) == 1
    assert words in found[0]


@pytest.mark.parametrize(
    "ranges",
    [
        [("00:00", "23:59:59"), ("07:00", "08:00")],
        [("07:00", "08:00"), ("07:00", "08:00")],
        [("07:59", "09:00"), ("07:00", "08:00")],
        [("23:00", "24:00"), ("23:30", "24:00")],
    ],
)
async def test_ranges_of_a_day_must_not_overlap(house, problems, ranges):
    day = [{"from": begin, "to": end} for begin, end in ranges]

    found = problems(house, {"schedule": {"a": {"name": "A", "sunday": day}}})

    assert len(found) == 1
    assert "overlap" in found[0]


async def test_an_option_that_stands_twice_counts_once(house, problems, attributes):
    config = {"input_select": {"a": {"options": ["x", "y", "x"]}}}

    house.set_up(config)

    assert "stands twice" in problems(house, config)[0]
    assert attributes(house, "input_select.a")["options"] == ["x", "y"]
