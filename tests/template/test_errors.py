"""What is said of templates that do not compile or do not render."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from hub.core.errors import HubError, TemplateError


def problem(house: Any, source: str, **variables: Any) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        house.render(source, **variables)
    return caught.value


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("{{", 1, "unexpected 'end of template'"),
        ("a\nb {{ 1 + }}", 2, "unexpected 'end of print statement'"),
        ("{% if x %}\n\n{% endfor %}", 3, "unknown tag 'endfor'"),
        ("{% for %}", 1, "Expected an expression"),
        ("{{ 5 | flaot }}", 1, "No filter named 'flaot'. Did you mean 'float'?"),
        ("\n\nx\n{{ 5 | flaot }}", 2, "No filter named 'flaot'"),
        ("{{ 5 is nubmer }}", 1, "No test named 'nubmer'. Did you mean 'number'?"),
        ("{{ 5 | zzzzzz }}", 1, "No filter named 'zzzzzz'"),
        ("{% if false %}{{ 5 | flaot }}{% endif %}", 1, "No filter named 'flaot'"),
    ],
)
def test_names_the_line_of_what_does_not_compile(house: Any, source: str, line: int, words: str) -> None:
    error = problem(house, source)

    assert words in str(error)
    assert error.place is not None
    assert error.place.line == line


def test_a_template_may_ask_whether_there_is_a_filter(house: Any) -> None:
    source = "{% if 'flaot' is filter %}{{ 5 | flaot }}{% else %}none{% endif %}"

    assert house.render(source) is None or house.text(source) == "none"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "{{ 'x' | float }}",
            "float got invalid input 'x' when rendering template '{{ 'x' | float }}'"
            " but no default was specified",
        ),
        ("{{ 1 / 0 }}", "ZeroDivisionError: division by zero"),
        ("{{ a.b.c }}", "UndefinedError: 'a' is undefined"),
        ("{{ v.b.c }}", "UndefinedError: 'dict object' has no attribute 'b'"),
        ("{{ states['a b'] }}", "Invalid domain name 'a b'"),
    ],
)
def test_says_what_failed(house: Any, source: str, message: str) -> None:
    assert problem(house, source, v={}).problem == message


def test_names_the_line_of_what_does_not_render(house: Any) -> None:
    error = problem(house, "first\n{{ 1 }}\n{{ 'x' | float }}")

    assert error.place is not None
    assert error.place.line == 3


def test_says_little_of_a_long_template(house: Any) -> None:
    assert len(str(problem(house, "x" * 5000 + "{{ 'y' | float }}"))) < 1000
    assert len(str(problem(house, "{{ v | float }}", v=[[[1] * 9000] * 9] * 9))) < 1000


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("{{ nothing }}", "'nothing' is undefined"),
        ("{% if nothing %}{% endif %}", "'nothing' is undefined"),
        ("{% for x in nothing %}{% endfor %}", "'nothing' is undefined"),
        ("{{ v.missing }}", "no attribute 'missing'"),
        ("{{ v['missing'] }}", "no attribute 'missing'"),
    ],
)
def test_warns_once_of_a_name_that_has_no_value(
    house: Any, source: str, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert [house.render(source, v={}) for _ in range(3)] == [""] * 3

    [record] = caplog.records
    assert (record.name, record.levelno) == ("hub.template", logging.WARNING)
    assert name in record.getMessage()
    assert source in record.getMessage()


@pytest.mark.parametrize("source", ["{{ x is defined }}", "{{ x | default(5) }}", "{{ x is undefined }}"])
def test_does_not_warn_of_a_name_that_is_only_asked_for(
    house: Any, source: str, caplog: pytest.LogCaptureFixture
) -> None:
    house.render(source)

    assert caplog.records == []


@pytest.mark.parametrize(
    "source",
    [
        "{{ states('a.b') }}", "{{ states.a.b.state }}", "{{ states | list }}",
        "{{ is_state('a.b', 'on') }}", "{{ 'a.b' is is_state('on') }}", "{{ state_attr('a.b', 'c') }}",
        "{{ 'a.b' | has_value }}", "{{ now() }}", "{{ utcnow() }}", "{{ today_at('10:00') }}",
        "{{ 5 | time_since }}", "{{ relative_time(5) }}", "{{ expand('a.b') }}", "{{ distance('a.b') }}",
        "{{ closest(5) }}", "{{ area_id('a.b') }}", "{{ device_id('a.b') }}", "{{ floor_name('a') }}",
        "{{ label_id('a') }}", "{{ entity_name('a.b') }}",
    ],
)  # fmt: skip
def test_a_limited_template_sees_no_states_and_no_time(house: Any, source: str) -> None:
    template = house.templates.compile(source, limited=True)

    with pytest.raises(TemplateError, match="not available in limited templates"):
        template.render()


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("{{ sqrt(16) | round }}", 4),
        ("{{ area_entities('x') }}", []),
        ("{{ as_timestamp('2024-05-06T12:00:00Z') }}", 1714996800.0),
        ("{{ this.entity_id }}", "automation.a"),
    ],
)
def test_a_limited_template_can_do_the_rest(house: Any, source: str, result: Any) -> None:
    template = house.templates.compile(source, limited=True)

    assert template.render({"this": {"entity_id": "automation.a"}}) == result


def test_a_template_that_is_limited_is_another_one(house: Any) -> None:
    house.states.set("a.b", "on")
    house.templates.compile("{{ states('a.b') }}", limited=True)

    assert house.render("{{ states('a.b') }}") == "on"


def test_a_plugin_may_not_replace_a_function(make_house: Any) -> None:
    with pytest.raises(HubError, match="'states' is already there"):
        make_house(functions={"states": len})


def test_a_plugin_may_bring_a_function(make_house: Any) -> None:
    house = make_house(functions={"shout": lambda text: text.upper() + "!"})

    assert house.render("{{ shout('a') }} {{ 'b' | shout }}") == "A! B!"


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("{{ 1 / 0 }}", "ZeroDivisionError: division by zero, in {{ 1 / 0 }}"),
        (
            "first\n{{ 1 / 0 }}\nlast",
            "ZeroDivisionError: division by zero, in line 2 of a template: {{ 1 / 0 }}",
        ),
    ],
)
def test_shows_the_line_that_failed(house: Any, source: str, told: str) -> None:
    assert str(problem(house, source)) == told
