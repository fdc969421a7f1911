"""States as templates see them."""

from __future__ import annotations

from typing import Any

import pytest

from hub.core.errors import TemplateError
from hub.core.registries import EntityEntry


@pytest.fixture
def lit(house: Any) -> Any:
    house.states.set("light.desk", "on", {"brightness": 128, "friendly_name": "Desk lamp"})
    house.states.set("light.shelf", "off")
    house.states.set("sensor.heat", "21.456", {"unit_of_measurement": "°C"})
    house.states.set("sensor.gone", "unavailable")
    return house


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("{{ states('light.desk') }}", "on"),
        ("{{ states('LIGHT.Desk') }}", "on"),
        ("{{ 'light.desk' | states }}", "on"),
        ("{{ states('light.none') }}", "unknown"),
        ("{{ states('no entity id') }}", "unknown"),
        ("{{ states.light.desk.state }}", "on"),
        ("{{ states.light['desk'].state }}", "on"),
        ("{{ states['light.desk'].state }}", "on"),
        ("{{ states.light.desk.name }}", "Desk lamp"),
        ("{{ states.light.shelf.name }}", "shelf"),
        ("{{ states.light.desk.entity_id }}", "light.desk"),
        ("{{ states.light.desk.domain }}", "light"),
        ("{{ states.light.desk.object_id }}", "desk"),
        ("{{ states.light.desk.attributes.brightness }}", 128),
        ("{{ states.light.desk.attributes }}", {"brightness": 128, "friendly_name": "Desk lamp"}),
        ("{{ states.light.shelf.attributes }}", {}),
        ("{{ states.light.none is none }}", True),
        ("{{ states.light.none.state }}", ""),
        ("{{ states.light.desk == states.light.desk }}", True),
        ("{{ states.light.desk.last_changed.isoformat() }}", "2024-05-06T12:00:00+00:00"),
        ("{{ states.light.desk.last_updated == states.light.desk.last_reported }}", True),
        ("{{ states.light.desk.context.parent_id }}", None),
        ("{{ states.sensor.heat.state_with_unit }}", "21.456 °C"),
        ("{{ states('sensor.heat', with_unit=true) }}", "21.456 °C"),
        ("{{ states('light.desk', with_unit=true) }}", "on"),
        ("{{ states.light | map(attribute='entity_id') | list }}", ["light.desk", "light.shelf"]),
        ("{{ states.light | selectattr('state', 'eq', 'on') | list | count }}", 1),
        ("{{ states | length }}", 4),
        ("{{ states.light | length }}", 2),
        ("{{ states | rejectattr('domain', 'eq', 'light') | join(' ', 'object_id') }}", "heat gone"),
        ("{{ is_state('light.desk', 'on') }}", True),
        ("{{ is_state('light.desk', ['off', 'on']) }}", True),
        ("{{ is_state('light.none', 'unknown') }}", False),
        ("{{ 'light.desk' is is_state('on') }}", True),
        ("{{ state_attr('light.desk', 'brightness') }}", 128),
        ("{{ state_attr('light.desk', 'colour') }}", None),
        ("{{ state_attr('light.none', 'brightness') }}", None),
        ("{{ is_state_attr('light.desk', 'brightness', 128) }}", True),
        ("{{ is_state_attr('light.desk', 'colour', none) }}", False),
        ("{{ has_value('light.desk') }}", True),
        ("{{ has_value('sensor.gone') }}", False),
        ("{{ 'light.desk' | is_state('on') }}", True),
        ("{{ 'light.desk' | is_state_attr('brightness', 3) }}", False),
        ("{{ 'light.desk' | is_hidden_entity }}", False),
        ("{{ ['light.desk', 'sensor.gone'] | select('has_value') | list }}", ["light.desk"]),
        ("{{ state_translated('light.desk') }}", "on"),
        ("{{ state_translated('light.none') }}", "unknown"),
        ("{{ state_attr_translated('light.desk', 'brightness') }}", 128),
        ("{{ entity_name('light.desk') }}", "Desk lamp"),
        ("{{ entity_name('light.none') }}", None),
    ],
)  # fmt: skip
def test_reads_states(lit: Any, source: str, result: Any) -> None:
    assert lit.render(source) == result


@pytest.mark.parametrize(
    "source",
    [
        "{{ states['a/b'] }}",
        "{{ states['light.a b'] }}",
        "{{ states.light['a b'] }}",
        "{{ states.light.none.attributes.x }}",
        "{{ states() }}",
        "{{ states(['light.desk']) }}",
        "{{ states(nothing) }}",
    ],
)
def test_refuses_what_cannot_be_an_entity(lit: Any, source: str) -> None:
    with pytest.raises(TemplateError):
        lit.render(source)


def test_a_state_that_is_given_reads_like_one_that_is_found(lit: Any) -> None:
    state = lit.states.get("light.desk")

    result = lit.render("{{ s.state }} {{ s['state'] }} {{ s.attributes.brightness }} {{ s.name }}", s=state)

    assert result == "on on 128 Desk lamp"


def test_the_registry_says_how_many_digits_a_sensor_shows(lit: Any) -> None:
    class Precise(EntityEntry):
        display_precision = 1

    lit.registry.add(Precise("sensor.heat", "mqtt", "1"))

    assert lit.render("{{ states('sensor.heat', rounded=true) }}") == 21.5
    assert lit.text("{{ states.sensor.heat.state_with_unit }}") == "21.5 °C"
    assert lit.render("{{ states('sensor.heat', rounded=false, with_unit=true) }}") == "21.456 °C"


def test_says_which_entities_are_hidden(lit: Any) -> None:
    lit.registry.add(EntityEntry("light.desk", "mqtt", "1", hidden_by="user"))

    assert lit.render("{{ is_hidden_entity('light.desk'), is_hidden_entity('light.shelf') }}") == (
        True,
        False,
    )
    assert lit.render("{{ ['light.desk', 'light.shelf'] | reject('is_hidden_entity') | list }}") == [
        "light.shelf"
    ]


def test_expands_groups_and_zones(lit: Any) -> None:
    lit.states.set("group.lights", "on", {"entity_id": ["light.desk", "light.shelf", "group.lights"]})
    lit.states.set("zone.home", "0", {"persons": ["sensor.heat"]})

    ids = lit.render(
        "{{ expand('group.lights', 'zone.home', 'no.thing', 5) | map(attribute='entity_id') | sort }}"
    )

    assert ids == ["light.desk", "light.shelf", "sensor.heat"]


def test_expands_what_the_group_platform_made(lit: Any) -> None:
    lit.states.set("light.both", "on", {"entity_id": ["light.desk", "light.shelf"]})
    lit.registry.add(EntityEntry("light.both", "group", "1"))

    assert lit.render("{{ expand(states.light.both) | count }}") == 2
