"""What a rendering says that it looked at."""

from __future__ import annotations

from typing import Any

import pytest

from hub.core.errors import TemplateError
from hub.core.ports import Reads


@pytest.fixture
def lit(house: Any) -> Any:
    house.states.set("light.desk", "on", {"brightness": 128})
    house.states.set("light.shelf", "off")
    return house


def entities(*entity_ids: str) -> Reads:
    return Reads(entities=frozenset(entity_ids))


@pytest.mark.parametrize(
    ("source", "reads"),
    [
        ("just text", Reads()),
        ("{{ 1 + 1 }}", Reads()),
        ("{{ trigger.to_state.state }}", Reads()),
        ("{{ states('light.desk') }}", entities("light.desk")),
        ("{{ states('LIGHT.desk') }}", entities("light.desk")),
        ("{{ states('light.none') }}", entities("light.none")),
        ("{{ states.light.desk.state }}", entities("light.desk")),
        ("{{ states.light.none }}", entities("light.none")),
        ("{{ states['light.desk'].state }}", entities("light.desk")),
        ("{{ is_state('light.desk', 'on') }}", entities("light.desk")),
        ("{{ 'light.desk' is is_state('on') }}", entities("light.desk")),
        ("{{ state_attr('light.desk', 'x') }}", entities("light.desk")),
        ("{{ 'light.desk' | has_value }}", entities("light.desk")),
        ("{{ ['light.desk', 'light.shelf'] | map('states') | list }}", entities("light.desk", "light.shelf")),
        ("{{ ['light.desk'] | select('is_state', 'on') | list }}", entities("light.desk")),
        ("{% set name = 'sta' ~ 'tes' %}{{ ['light.desk'] | map(name) | list }}", entities("light.desk")),
        ("{{ states.light | list | count }}", Reads(domains=frozenset({"light"}))),
        ("{{ states.light | count }}", Reads(domains=frozenset({"light"}))),
        ("{{ states | count }}", Reads(every_state=True)),
        ("{% for s in states %}{{ s.state }}{% endfor %}", Reads(every_state=True)),
        ("{{ expand('light.desk') | count }}", entities("light.desk")),
        ("{{ now().year }}", Reads(time=True)),
        ("{{ utcnow().year }}", Reads(time=True)),
        ("{{ today_at('10:00').year }}", Reads(time=True)),
        ("{{ relative_time(5) }}", Reads(time=True)),
        ("{{ 5 | time_since }}", Reads(time=True)),
        ("{{ is_state('light.shelf', 'on') and is_state('light.desk', 'on') }}", entities("light.shelf")),
    ],
)
def test_notes_what_was_read(lit: Any, source: str, reads: Reads) -> None:
    assert lit.templates.compile(source).track({"trigger": {"to_state": {"state": "on"}}})[1] == reads


def test_gives_the_native_result_too(lit: Any) -> None:
    result, _ = lit.templates.compile("{{ state_attr('light.desk', 'brightness') }}").track()

    assert result == 128


def test_an_error_knows_what_was_read_before_it(lit: Any) -> None:
    template = lit.templates.compile("{{ states('light.desk') | float }}")

    with pytest.raises(TemplateError) as caught:
        template.track()

    assert caught.value.reads == entities("light.desk")  # type: ignore[attr-defined]


def test_one_rendering_knows_nothing_of_the_next(lit: Any) -> None:
    template = lit.templates.compile("{{ states(which) }}")

    template.track({"which": "light.desk"})

    assert template.track({"which": "light.shelf"})[1] == entities("light.shelf")
