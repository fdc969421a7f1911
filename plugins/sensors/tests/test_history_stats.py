"""How long, how often and what part of a time an entity was in a state."""

from __future__ import annotations

import pytest

from hub.core.history import NoHistory, Recorded
from hub.core.state import State

TODAY = "{{ today_at('00:00') }}"
NOON = 1714996800.0


class Kept(NoHistory):
    """A history that knows one entity."""

    def __init__(self, recorded):
        self.recorded = recorded
        self.asked = []

    async def states(self, entity_ids, since, until=None, **more):
        self.asked.append((since, until))
        return {"light.boathouse": self.recorded}


def stats(**more):
    told = {"platform": "history_stats", "name": "Lit", "entity_id": "light.boathouse", "state": "on"}
    return {"sensor": [{**told, "start": TODAY, "end": "{{ now() }}", **more}]}


@pytest.mark.parametrize(("kind", "expected"), [("time", "1.5"), ("count", "2"), ("ratio", "11.0")])
async def test_it_counts_from_the_start(house, kind, expected):
    house.set("light.boathouse", "off")
    house.set_up(stats(type=kind))
    house.set("light.boathouse", "on")
    await house.advance(3600)
    house.set("light.boathouse", "off")
    await house.advance(600)
    house.set("light.boathouse", "on")
    await house.advance(1800)
    house.set("light.boathouse", "off")
    assert house.state("sensor.lit") == expected


async def test_what_was_before_comes_from_the_history(house):
    house.house.history = kept = Kept(
        [Recorded(NOON - 7200, "on", NOON - 7200), Recorded(NOON - 3600, "off", NOON - 3600)]
    )
    house.set("light.boathouse", "off")
    house.set_up(stats())
    await house.settle()
    assert kept.asked == [(NOON - 12 * 3600, NOON)]
    state: State = house.house.states.get("sensor.lit")
    assert (state.state, state.attributes["value"]) == ("1.0", "1h 0m")


async def test_it_grows_by_itself(house):
    house.set("light.boathouse", "on")
    house.set_up(stats())
    await house.advance(3600)
    assert house.state("sensor.lit") == "1.0"


async def test_a_duration_moves_along(house):
    house.set("light.boathouse", "on")
    moving = stats(type="ratio", duration={"hours": 1})
    del moving["sensor"][0]["start"]
    house.set_up(moving)
    await house.advance(1800)
    assert house.state("sensor.lit") == "50.0"
    await house.advance(7200)
    assert house.state("sensor.lit") == "100.0"


async def test_three_bounds_are_one_too_many(house):
    problems = house.read(stats(duration="01:00:00")).problems
    assert "two of start, end and duration" in str(problems[0])


async def test_the_future_is_not_known(house):
    house.set("light.boathouse", "on")
    house.set_up(stats(start="{{ today_at('23:00') }}", end="{{ today_at('23:30') }}"))
    assert house.state("sensor.lit") == "unknown"
