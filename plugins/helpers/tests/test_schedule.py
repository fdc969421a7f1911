"""Weekly plans: when they are on, what comes next, and the nights when clocks change."""

from __future__ import annotations

import datetime as dt

import pytest

from hub.api import ServiceRefused

A = "schedule.a"


def plan(**days):
    return {"schedule": {"a": {"name": "Plan", **days}}}


def between(begin, end, **data):
    return {"from": begin, "to": end, **({"data": data} if data else {})}


@pytest.fixture
def follow():
    """Move a house to moments, and return the state and what comes next at each."""

    async def walk(house, moments):
        seen = []
        for moment in moments:
            await house.move_to(dt.datetime.fromisoformat(moment))
            state = house.house.states.get(A)
            following = state.attributes["next_event"]
            seen.append((state.state, following.isoformat() if following is not None else None))
        return seen

    return walk


async def test_it_is_on_within_its_ranges(make_house, follow):
    house = make_house(zone="Europe/Berlin")  # Monday, 14:00 there

    house.set_up(plan(monday=[between("15:00", "16:00"), between("16:30", "24:00")]))
    seen = await follow(
        house,
        [
            "2024-05-06T14:00:00+02:00",
            "2024-05-06T15:00:00+02:00",
            "2024-05-06T16:00:00+02:00",
            "2024-05-06T16:30:00+02:00",
            "2024-05-07T00:00:00+02:00",
        ],
    )

    assert seen == [
        ("off", "2024-05-06T15:00:00+02:00"),
        ("on", "2024-05-06T16:00:00+02:00"),
        ("off", "2024-05-06T16:30:00+02:00"),
        ("on", "2024-05-07T00:00:00+02:00"),
        ("off", "2024-05-13T15:00:00+02:00"),
    ]


async def test_it_is_on_from_the_start_when_a_range_holds_then(house):
    house.set_up(plan(monday=between("11:00", "13:00")))

    assert house.state(A) == "on"


async def test_ranges_that_meet_do_not_flicker(house):
    changes = []
    house.set_up(plan(monday=between("23:00", "24:00"), tuesday=between("00:00", "01:00")))
    house.house.bus.listen_state(A, lambda event: changes.append(event.new.state))

    await house.advance(24 * 3600)

    assert changes == ["on", "on", "off"]


async def test_without_ranges_it_is_off_for_ever(house, attributes):
    house.set_up(plan())
    await house.advance(14 * 86400)

    assert (house.state(A), attributes(house, A)["next_event"]) == ("off", None)


async def test_the_data_of_a_range_are_attributes_while_it_holds(house, attributes):
    house.set_up(plan(monday=between("12:30", "13:00", level="warm", target=21.5)))
    before = dict(attributes(house, A))

    await house.advance(1800)
    during = dict(attributes(house, A))
    await house.advance(1800)

    assert (during["level"], during["target"]) == ("warm", 21.5)
    assert "level" not in before
    assert "level" not in attributes(house, A)


async def test_where_clocks_go_back_a_range_comes_once(make_house, follow):
    start = dt.datetime(2024, 10, 26, 20, tzinfo=dt.UTC)
    house = make_house(zone="Europe/Berlin", start=start)

    house.set_up(plan(sunday=between("02:15", "02:45")))
    seen = await follow(
        house,
        [
            "2024-10-27T02:15:00+02:00",
            "2024-10-27T02:45:00+02:00",
            "2024-10-27T02:15:00+01:00",
            "2024-10-27T02:45:00+01:00",
        ],
    )

    assert seen == [
        ("on", "2024-10-27T02:45:00+02:00"),
        ("off", "2024-11-03T02:15:00+01:00"),
        ("off", "2024-11-03T02:15:00+01:00"),
        ("off", "2024-11-03T02:15:00+01:00"),
    ]


async def test_where_clocks_go_forward_a_range_that_ends_in_the_gap_ends_with_it(make_house, follow):
    start = dt.datetime(2024, 3, 30, 20, tzinfo=dt.UTC)
    house = make_house(zone="Europe/Berlin", start=start)

    house.set_up(plan(sunday=between("01:30", "02:30")))
    seen = await follow(house, ["2024-03-31T01:30:00+01:00", "2024-03-31T03:00:00+02:00"])

    assert seen == [("on", "2024-03-31T03:00:00+02:00"), ("off", "2024-04-07T01:30:00+02:00")]


async def test_where_clocks_go_forward_a_range_that_begins_in_the_gap_begins_after_it(make_house, follow):
    start = dt.datetime(2024, 3, 30, 20, tzinfo=dt.UTC)
    house = make_house(zone="Europe/Berlin", start=start)

    house.set_up(plan(sunday=[between("02:10", "02:20"), between("02:30", "03:30")]))
    seen = await follow(house, ["2024-03-31T03:00:00+02:00", "2024-03-31T03:30:00+02:00"])

    assert seen == [("on", "2024-03-31T03:30:00+02:00"), ("off", "2024-04-07T02:10:00+02:00")]


async def test_it_answers_its_ranges(house):
    house.set_up(plan(monday=[between("09:00", "24:00"), between("07:00", "08:00", level="warm")]))

    answer = house.house.services.call("schedule", "get_schedule", {"entity_id": A}, return_response=True)

    assert answer[A]["monday"] == [
        {"from": dt.time(7), "to": dt.time(8), "data": {"level": "warm"}},
        {"from": dt.time(9), "to": dt.time.max},
    ]
    assert answer[A]["sunday"] == []


async def test_asked_for_all_it_answers_all(house):
    house.set_up({"schedule": {"a": {"name": "A"}, "b": {"name": "B"}}})

    answer = house.house.services.call("schedule", "get_schedule", {"entity_id": "all"}, return_response=True)

    assert set(answer) == {A, "schedule.b"}


async def test_a_schedule_that_does_not_exist_is_left_out_of_the_answer(house, caplog):
    house.set_up(plan())

    answer = house.house.services.call(
        "schedule", "get_schedule", {"entity_id": ["schedule.b"]}, return_response=True
    )

    assert answer == {}
    assert "there is no schedule.b" in caplog.text


@pytest.mark.parametrize("data", [{}, {"entity_id": A, "day": "monday"}])
async def test_it_wants_entities_and_nothing_else(house, data):
    house.set_up(plan())

    with pytest.raises(ServiceRefused, match="takes entity_id"):
        house.house.services.call("schedule", "get_schedule", data, return_response=True)


async def test_a_schedule_that_is_gone_changes_nothing(house):
    house.set_up(plan(monday=between("12:30", "13:00")))

    await house.stop()
    await house.advance(3600)

    assert house.state(A) is None
