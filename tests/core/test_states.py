"""States keep when they changed, were updated and were reported, and tell the bus only of differences."""

from __future__ import annotations

import pytest

from hub.core.errors import HubError


def advance(clock, seconds):
    clock.call_later(seconds, lambda: None)
    clock.run_next(clock.next_due())


def test_a_new_state_is_told_with_nothing_before_it(bus, states):
    heard = []
    bus.listen("state_changed", heard.append)
    states.set("sensor.a", "1", {"unit": "m"})
    assert heard[0].old is None
    assert heard[0].new.as_dict()["attributes"] == {"unit": "m"}


def test_the_same_again_is_not_told_but_moves_last_reported(bus, states, clock):
    first = states.set("sensor.a", "1")
    heard = []
    bus.listen("state_changed", heard.append)
    advance(clock, 5)
    again = states.set("sensor.a", "1")
    assert heard == []
    assert again.last_reported > first.last_reported
    assert (again.last_changed, again.last_updated) == (first.last_changed, first.last_updated)


def test_other_attributes_update_but_do_not_change(states, clock):
    first = states.set("sensor.a", "1")
    advance(clock, 5)
    second = states.set("sensor.a", "1", {"n": 1})
    assert second.last_changed == first.last_changed
    assert second.last_updated > first.last_updated


def test_force_tells_also_what_is_equal(bus, states):
    states.set("sensor.a", "1")
    heard = []
    bus.listen("state_changed", heard.append)
    states.set("sensor.a", "1", force=True)
    assert len(heard) == 1


def test_removal_is_told_and_leaves_the_domain(bus, states):
    states.set("sensor.a", "1")
    heard = []
    bus.listen_state("sensor.a", heard.append)
    assert states.remove("sensor.a")
    assert not states.remove("sensor.a")
    assert heard[0].new is None
    assert states.entity_ids("sensor") == []


@pytest.mark.parametrize(
    "entity_id", ["sensor", "Sensor.a", "sensor.a b", "sensor.", ".a", "a.b.c", "sensor.ä"]
)
def test_what_is_no_entity_id_is_refused(states, entity_id):
    with pytest.raises(HubError, match="no entity id"):
        states.set(entity_id, "1")


def test_a_state_has_at_most_255_characters(states):
    states.set("sensor.a", "x" * 255)
    with pytest.raises(HubError, match="255"):
        states.set("sensor.a", "x" * 256)
