"""A reload changes only what changed in a section: its other helpers and entities go on undisturbed."""

from __future__ import annotations

import copy

import pytest

WAITS = {"name": "Pump", "turn_on": [{"delay": 60}, {"event": "pumped"}], "turn_off": []}
BEFORE = {
    "timer": {"kept": {"duration": 100}, "other": {"duration": 5}},
    "counter": {"kept": {}, "other": {}},
    "template": [{"switch": WAITS}, {"sensor": {"name": "Other", "state": "1"}}],
    "safety": [
        {"entity_id": "switch.pump", "max_on": 3600},
        {"entity_id": "switch.other", "max_on": 60},
    ],
    "utility_meter": {"kept": {"source": "sensor.x"}, "other": {"source": "sensor.x"}},
}
CHANGES = {
    "timer": {"kept": {"duration": 100}, "other": {"duration": 6}, "new": {}},
    "counter": {"new": {}, "kept": {}},
    "template": [{"sensor": {"name": "Other", "state": "2"}}, {"switch": WAITS}],
    "safety": [{"entity_id": "switch.pump", "max_on": 3600}],
    "utility_meter": {"kept": {"source": "sensor.x"}, "other": {"source": "sensor.y"}},
}
KEPT = {
    "timer": "timer.kept", "counter": "counter.kept", "template": "switch.pump", "safety": "switch.pump",
    "utility_meter": "sensor.kept",
}  # fmt: skip


def reload(house, config):
    configuration = house.read(copy.deepcopy(config))
    told = str(house.household.set_up(configuration))
    house.household.automate(configuration)
    return told


@pytest.mark.parametrize("section", CHANGES)
async def test_what_did_not_change_is_not_touched(house, section):
    house.set_up(copy.deepcopy(BEFORE))
    heard = []
    house.house.bus.listen_state(KEPT[section], heard.append)
    reload(house, {**BEFORE, section: CHANGES[section]})
    await house.settle()
    assert heard == []


async def test_a_timer_and_actions_under_way_go_on(house):
    house.set_up(copy.deepcopy(BEFORE))
    house.house.services.call("timer", "start", {"entity_id": "timer.kept"})
    waiting = house.house.services.call("switch", "turn_on", {"entity_id": "switch.pump"})
    house.house.tasks.spawn(waiting, "test")
    await house.advance(10)
    pumped = []
    house.house.bus.listen("pumped", pumped.append)
    reload(house, {**BEFORE, **CHANGES})
    await house.advance(51)
    assert (house.state("timer.kept"), len(pumped)) == ("active", 1)
    await house.advance(40)
    assert house.state("timer.kept") == "idle"


async def test_the_report_names_each_part(house):
    house.set_up(copy.deepcopy(BEFORE))
    told = reload(house, {**BEFORE, "timer": CHANGES["timer"], "template": CHANGES["template"]})
    assert told.startswith("1 added (timer.new); 2 changed (template Other, timer.other); ")
