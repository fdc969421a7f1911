"""Which entities are recorded follows Home Assistant's rules."""

from __future__ import annotations

import pytest

from hub.storage.filter import Chosen, EntityFilter

SENSORS = Chosen(domains=frozenset({"sensor"}))
ONE = Chosen(entities=frozenset({"sensor.one"}))
GLOB = Chosen(globs=("sensor.o*",))
NONE = Chosen()


@pytest.mark.parametrize(
    ("include", "exclude", "entity_id", "recorded"),
    [
        (NONE, NONE, "light.a", True),
        (SENSORS, NONE, "sensor.a", True),
        (SENSORS, NONE, "light.a", False),
        (NONE, SENSORS, "sensor.a", False),
        (NONE, SENSORS, "light.a", True),
        (ONE, SENSORS, "sensor.one", True),
        (ONE, SENSORS, "sensor.two", False),
        (ONE, SENSORS, "light.a", True),
        (SENSORS, ONE, "sensor.one", False),
        (SENSORS, ONE, "sensor.two", True),
        (SENSORS, GLOB, "sensor.other", False),
        (SENSORS, GLOB, "sensor.two", True),
        (SENSORS, GLOB, "light.a", False),
        (GLOB, SENSORS, "sensor.other", True),
        (GLOB, SENSORS, "sensor.two", False),
        (ONE, NONE, "sensor.two", False),
        (ONE, Chosen(entities=frozenset({"light.a"})), "light.b", False),
        (ONE, ONE, "sensor.one", True),
        (NONE, GLOB, "sensor.one", False),
        (NONE, ONE, "sensor.one", False),
        (NONE, ONE, "sensor.two", True),
    ],
)
def test_what_is_named_closer_decides(include, exclude, entity_id, recorded):
    assert EntityFilter(include, exclude)(entity_id) is recorded


def test_what_the_logbook_shows_is_read_as_home_assistant_has_it(house):
    found = house.read(
        {
            "history": {"exclude": {"domains": "sun"}},
            "logbook": {"exclude": {"entities": ["light.a"], "entity_globs": "sensor.*_debug"}},
        }
    )
    assert found.problems == []
    hidden = [each for each in ("light.a", "light.b", "sensor.x_debug") if found.logbook.hides(each)]
    assert hidden == ["light.a", "sensor.x_debug"]


def test_a_misspelt_key_is_found(house):
    found = house.read({"recorder": {"purge_keep_day": 3}})
    assert "Did you mean 'purge_keep_days'?" in str(found.errors[0])
