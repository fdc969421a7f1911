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
