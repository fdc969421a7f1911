"""What input_boolean, input_button, input_number, input_select, input_text and counter hold."""

from __future__ import annotations

import pytest

from hub.api import Cause, ServiceRefused


def numbers(**more):
    return {"input_number": {"a": {"min": 0, "max": 51, **more}}}


def choices(**more):
    return {"input_select": {"a": {"options": ["first", "middle", "last"], **more}}}


# --- how they begin ---


@pytest.mark.parametrize(
    ("config", "before", "state"),
    [
        ({"input_boolean": {"a": None}}, None, "off"),
        ({"input_boolean": {"a": None}}, "on", "on"),
        ({"input_boolean": {"a": None}}, "unavailable", "off"),
        ({"input_boolean": {"a": {"initial": False}}}, "on", "off"),
        ({"input_boolean": {"a": {"initial": True}}}, "off", "on"),
        ({"input_button": {"a": None}}, None, "unknown"),
        ({"input_button": {"a": None}}, "2024-05-01T10:00:00+00:00", "2024-05-01T10:00:00+00:00"),
        ({"input_button": {"a": None}}, "unavailable", "unknown"),
        (numbers(), None, "0.0"),
        (numbers(min=-3), "200", "-3.0"),
        (numbers(), "7", "7.0"),
        (numbers(), "=", "0.0"),
        (numbers(), "nan", "0.0"),
        (numbers(initial=50), "7", "50.0"),
        (choices(), None, "first"),
        (choices(), "last", "last"),
        (choices(), "gone", "first"),
        (choices(initial="middle"), "last", "middle"),
        ({"input_text": {"a": None}}, None, "unknown"),
        ({"input_text": {"a": None}}, "text", "text"),
        ({"input_text": {"a": {"max": 3}}}, "text", "unknown"),
        ({"input_text": {"a": {"min": 1}}}, "", "unknown"),
        ({"input_text": {"a": {"initial": "new"}}}, "text", "new"),
        ({"counter": {"a": None}}, None, "0"),
        ({"counter": {"a": None}}, "11", "11"),
        ({"counter": {"a": {"initial": 10}}}, "-22", "-22"),
        ({"counter": {"a": {"initial": 10, "restore": False}}}, "11", "10"),
        ({"counter": {"a": {"minimum": 3}}}, "1", "3"),
        ({"counter": {"a": {"maximum": 9}}}, "10", "9"),
        ({"counter": {"a": {"initial": 4}}}, "many", "4"),
    ],
)
async def test_it_begins_as_declared_or_as_it_was(make_house, config, before, state):
    entity_id = f"{next(iter(config))}.a"
    house = make_house({entity_id: before} if before is not None else None)

    house.set_up(config)

    assert house.state(entity_id) == state


# --- what they show ---


@pytest.mark.parametrize(
    ("config", "shown"),
    [
        (numbers(), {"initial": None, "min": 0.0, "max": 51.0, "step": 1.0, "mode": "slider"}),
        (
            numbers(initial=2, step=0.5, mode="box", unit_of_measurement="°C"),
            {"initial": 2.0, "step": 0.5, "mode": "box", "unit_of_measurement": "°C"},
        ),
        (choices(), {"options": ["first", "middle", "last"]}),
        ({"input_text": {"a": None}}, {"min": 0, "max": 100, "pattern": None, "mode": "text"}),
        ({"counter": {"a": None}}, {"initial": 0, "step": 1}),
        ({"counter": {"a": {"minimum": "1", "maximum": 5.7}}}, {"minimum": 1, "maximum": 5}),
    ],
)
async def test_it_shows_its_options(house, attributes, config, shown):
    house.set_up(config)

    found = attributes(house, f"{next(iter(config))}.a")
    assert {name: found[name] for name in shown} == shown


async def test_what_is_not_given_is_not_shown(house, attributes):
    house.set_up({**numbers(), "counter": {"a": None}})

    assert "unit_of_measurement" not in attributes(house, "input_number.a")
    assert not {"minimum", "maximum", "icon"} & set(attributes(house, "counter.a"))


# --- what they obey ---


@pytest.mark.parametrize(
    ("config", "calls", "state"),
    [
        ({"input_boolean": {"a": None}}, [("turn_on", {})], "on"),
        ({"input_boolean": {"a": None}}, [("turn_on", {}), ("turn_off", {})], "off"),
        ({"input_boolean": {"a": None}}, [("toggle", {})], "on"),
        ({"input_boolean": {"a": None}}, [("toggle", {}), ("toggle", {})], "off"),
        ({"input_button": {"a": None}}, [("press", {})], "2024-05-06T12:00:00+00:00"),
        (numbers(), [("set_value", {"value": "30.4"})], "30.4"),
        (numbers(initial=50), [("increment", {})] * 2, "51.0"),
        (numbers(initial=1), [("decrement", {})] * 2, "0.0"),
        (numbers(initial=2.4, step=1.2), [("increment", {})], "3.6"),
        (numbers(initial=0, step=0.1), [("increment", {})] * 3, "0.3"),
        (choices(), [("select_option", {"option": "last"})], "last"),
        (choices(), [("select_next", {})], "middle"),
        (choices(initial="last"), [("select_next", {})], "first"),
        (choices(initial="last"), [("select_next", {"cycle": False})], "last"),
        (choices(), [("select_previous", {})], "last"),
        (choices(), [("select_previous", {"cycle": False})], "first"),
        (choices(initial="middle"), [("select_first", {})], "first"),
        (choices(initial="middle"), [("select_last", {})], "last"),
        (choices(), [("set_options", {"options": ["x", "y"]}), ("select_last", {})], "y"),
        (choices(initial="last"), [("set_options", {"options": ["new", "last"]})], "last"),
        (choices(initial="last"), [("set_options", {"options": ["new", "old"]})], "new"),
        ({"input_text": {"a": None}}, [("set_value", {"value": 5})], "5"),
        ({"input_text": {"a": None}}, [("set_value", {"value": ""})], ""),
        ({"counter": {"a": {"step": 5}}}, [("increment", {})], "5"),
        ({"counter": {"a": None}}, [("decrement", {})], "-1"),
        ({"counter": {"a": {"minimum": 0}}}, [("decrement", {})], "0"),
        ({"counter": {"a": {"maximum": 1}}}, [("increment", {})] * 2, "1"),
        ({"counter": {"a": {"initial": 7}}}, [("increment", {}), ("reset", {})], "7"),
        ({"counter": {"a": {"step": 5}}}, [("set_value", {"value": "15"})], "15"),
        ({"counter": {"a": {"step": 0}}}, [("set_value", {"value": 4})], "4"),
    ],
)
async def test_it_obeys_its_services(house, call, config, calls, state):
    entity_id = f"{next(iter(config))}.a"
    house.set_up(config)

    for service, data in calls:
        call(house, entity_id, service, **data)

    assert house.state(entity_id) == state


@pytest.mark.parametrize(
    ("config", "service", "data", "words"),
    [
        (numbers(), "set_value", {"value": 110}, "not within 0 to 51"),
        (numbers(), "set_value", {"value": "nan"}, "finite"),
        (numbers(), "set_value", {}, "value"),
        (numbers(), "increment", {"amount": 2}, "amount"),
        (choices(), "select_option", {"option": "none"}, "first, middle, last"),
        (choices(), "set_options", {"options": ["x", "x"]}, "twice"),
        (choices(), "set_options", {"options": []}, "options"),
        ({"counter": {"a": {"maximum": 20}}}, "set_value", {"value": 25}, "outside its limits"),
        ({"counter": {"a": {"minimum": 5}}}, "set_value", {"value": 4}, "outside its limits"),
        ({"counter": {"a": {"step": 5}}}, "set_value", {"value": 6}, "no multiple of its step 5"),
        ({"counter": {"a": None}}, "set_value", {"value": -1}, "value"),
    ],
)
async def test_what_makes_no_sense_is_refused_and_changes_nothing(house, call, config, service, data, words):
    entity_id = f"{next(iter(config))}.a"
    house.set_up(config)
    before = house.state(entity_id)

    with pytest.raises(ServiceRefused, match=words):
        call(house, entity_id, service, **data)

    assert house.state(entity_id) == before


async def test_a_text_that_does_not_fit_is_left_out_and_not_logged(house, call, caplog):
    house.set_up({"input_text": {"a": {"min": 3, "max": 10, "initial": "first", "mode": "password"}}})

    call(house, "input_text.a", "set_value", value="much too long a secret")

    assert house.state("input_text.a") == "first"
    assert "input_text.a keeps its text: the new one has 22 characters" in caplog.text
    assert "secret" not in caplog.text


async def test_its_own_value_counts_after_somebody_overwrote_the_state(house, call):
    house.set_up(numbers(initial=5))
    house.set("input_number.a", "unknown")

    call(house, "input_number.a", "increment")

    assert house.state("input_number.a") == "6.0"


async def test_a_change_carries_its_cause(house):
    house.set_up({"counter": {"a": None}})
    cause = Cause(user_id="anna")

    house.house.services.call("counter", "increment", {"entity_id": "counter.a"}, cause=cause)

    assert house.house.states.get("counter.a").context is cause


async def test_what_was_set_is_kept_for_the_next_start(house, call):
    house.set_up(choices())

    call(house, "input_select.a", "select_option", option="last")

    assert house.house.memory.recall("input_select.a").state == "last"


async def test_homeassistant_turn_on_reaches_an_input_boolean(house):
    house.set_up({"input_boolean": {"a": None}})

    house.house.services.call("homeassistant", "turn_on", {"entity_id": "input_boolean.a"})

    assert house.state("input_boolean.a") == "on"


async def test_an_automation_sets_a_text_that_looks_like_a_list(house):
    action = {
        "action": "input_text.set_value",
        "target": {"entity_id": "input_text.a"},
        "data": {"value": "{{ [1, 2] }}"},
    }
    house.set_up(
        {
            "input_text": {"a": None},
            "automation": {"triggers": {"trigger": "event", "event_type": "go"}, "actions": action},
        }
    )

    house.house.bus.emit("go")

    assert house.state("input_text.a") == "[1, 2]"
