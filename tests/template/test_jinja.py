"""Jinja itself, and the house's own macros."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hub.core.errors import TemplateError


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (
            "{% for i in range(9) %}{% if i == 1 %}{% continue %}{% elif i > 3 %}{% break %}"
            "{% endif %}{{ i }}{% endfor %}",
            "023",
        ),
        (
            "{% for i in [3, 1] %}{{ loop.index }}/{{ loop.length }} {{ loop.last }} {% endfor %}",
            "1/2 False 2/2 True",
        ),
        ("{% for x in [1, 2, 3] if x > 1 %}{{ x }}{{ loop.first }}{% endfor %}", "2True3False"),
        ("{% for x in [] %}{% else %}empty{% endfor %}", "empty"),
        ("{% for x in [1, [2, [3]]] recursive %}{{ loop(x) if x is list else x }}{% endfor %}", "123"),
        (
            "{% set ns = namespace(n=0) %}{% for i in [1, 2] %}{% set ns.n = ns.n + i %}{% endfor %}"
            "{{ ns.n }}",
            "3",
        ),
        ("{% set a, b = 1, 2 %}{{ b }}{{ a }}", "21"),
        ("{% set x %}a{{ 1 }}{% endset %}{{ x }}", "a1"),
        ("{% macro m(a, b=2) %}{{ a + b }}{% endmacro %}{{ m(1) }}{{ m(1, b=5) }}", "36"),
        ("{% macro m() %}<{{ caller() }}>{% endmacro %}{% call m() %}x{% endcall %}", "<x>"),
        ("{% filter upper %}abc{% endfilter %}", "ABC"),
        ("{% with a = 1 %}{{ a }}{% endwith %}", "1"),
        ("{% raw %}{{ x }}{% endraw %}", "{{ x }}"),
        ("{% block b %}in{% endblock %}", "in"),
        ("{% do [1].index(1) %}ok", "ok"),
        ("{% autoescape true %}{{ '<' }}{% endautoescape %}{{ '<' }}", "&lt;<"),
        ("{{ 'a' ~ 1 ~ none ~ [1, 'b'] }}", "a1None[1, 'b']"),
        ("{{ 'a' if false }}", ""),
        ("{{ [1, 2, 3][1:] }}{{ 'abc'[::-1] }}", "[2, 3]cba"),
        ("{{ {'items': 1}['items'] }}{{ {'a': 1}.items() | list }}", "1[('a', 1)]"),
        ("{{ {'a': {'b': [5]}}.a.b[0] }}{{ {'b': 2, 'a': 1} | dictsort }}", "5[('a', 1), ('b', 2)]"),
        (
            "{{ 'Hello {}'.format('x') }} {{ '{a}'.format(a=1) }} {{ '%s-%03d' % ('a', 7) }}",
            "Hello x 1 a-007",
        ),
        ("{{ 'a%s' | format(1) }} {{ 'a b' | title }} {{ 'x' | center(5) }}|", "a1 A B   x  |"),
        (
            "{{ [3, 1, 2] | sort | join(',') }} {{ ['a', 'B'] | sort | first }} {{ [1, 1] | unique | list }}",
            "1,2,3 a [1]",
        ),
        (
            "{{ [{'a': 1}, {'a': 2}] | map(attribute='a') | list }}{{ [1, 2] | batch(2) | list }}",
            "[1, 2][[1, 2]]",
        ),
        ("{{ [{'k': 'x', 'v': 1}] | groupby('k') | map('first') | list }}", "['x']"),
        (
            "{{ [1, 5, 3] | max }}{{ [1, 5] | last }}{{ 'abc' | length }}{{ [2, 1] | reverse | list }}",
            "553[1, 2]",
        ),
        (
            "{{ ' a ' | trim }}{{ 'aXa' | replace('X', '-') }}{{ 'abcdef' | truncate(4, true, leeway=0) }}",
            "aa-aa...",
        ),
        ("{{ 'a b c' | wordcount }}{{ 'a\nb' | indent(2) }}{{ 1024 | filesizeformat }}", "3a\n  b1.0 kB"),
        ("{{ [1, 2, 3, 4] | select('even') | list }}{{ ['a', ''] | select | list }}", "[2, 4]['a']"),
        (
            "{{ 'abc' | list }}{{ 5 | string ~ '' }}{{ 1 in [1] }}{{ 2 not in [1] }}",
            "['a', 'b', 'c']5TrueTrue",
        ),
        ("{{ '<b>x</b>' | striptags }}{{ 'a b' | urlencode }}{{ '<' | e }}", "xa%20b&lt;"),
        ("{{ {'a': 1} | items | list }}{{ [1, [2]] | pprint }}", "[('a', 1)][1, [2]]"),
        ("{{ 1 if 5 is divisibleby(5) and 5 is odd and 'a' is string and none is none }}", "1"),
        ("{{ joiner(',')() }}{{ cycler('a', 'b').next() }}", "a"),
        (
            "{{ 'ABC'.lower() }}{{ 'a,b'.split(',')[1] }}{{ 'abc'.startswith('a') }}"
            "{{ '-'.join(['a', 'b']) }}",
            "abcbTruea-b",
        ),
        (
            "{{ [1, 2].index(2) }}{{ {'a': 1}.get('b', 5) }}{{ 'a'.replace('a', 'b') }}{{ 'x'.center(3) }}|",
            "15b x |",
        ),
    ],
)
def test_renders_as_jinja_does(house: Any, source: str, text: str) -> None:
    assert house.text(source) == text


def test_functions_are_called_when_rendering_not_when_compiling(house: Any) -> None:
    template = house.templates.compile("{{ 'a.b' | states }} {{ 'a.b' is is_state('on') }}")
    house.states.set("a.b", "on")

    assert template.render() == "on True"


@pytest.fixture
def macros(tmp_path: Path) -> Path:
    folder = tmp_path / "custom_templates"
    (folder / "deep").mkdir(parents=True)
    (folder / "tools.jinja").write_text("{% macro twice(x) %}{{ x * 2 }}{% endmacro %}{% set unit = '°C' %}")
    (folder / "deep" / "lamp.jinja").write_text("{% macro on(id) %}{{ is_state(id, 'on') }}{% endmacro %}")
    (folder / "other.txt").write_text("no template")
    (tmp_path / "outside.jinja").write_text("secret")
    (folder / "link.jinja").symlink_to(tmp_path / "outside.jinja")
    return folder


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("{% from 'tools.jinja' import twice %}{{ twice(4) }}", 8),
        ("{% import 'tools.jinja' as tools %}{{ tools.twice(2) }} {{ tools.unit }}", "4 °C"),
        ("{% from 'deep/lamp.jinja' import on %}{{ on('light.a') }}", True),
        ("{% include 'tools.jinja' %}x", "x"),
    ],
)
def test_imports_the_macros_of_the_house(make_house: Any, macros: Path, source: str, result: Any) -> None:
    house = make_house(macros_dir=macros)
    house.states.set("light.a", "on")

    assert house.render(source) == result


def test_a_macro_is_tracked(make_house: Any, macros: Path) -> None:
    house = make_house(macros_dir=macros)

    _, reads = house.templates.compile("{% from 'deep/lamp.jinja' import on %}{{ on('light.a') }}").track()

    assert reads.entities == {"light.a"}


def test_macros_are_read_again_when_asked_for(make_house: Any, macros: Path) -> None:
    house = make_house(macros_dir=macros)
    source = "{% from 'tools.jinja' import twice %}{{ twice(4) }}"
    house.render(source)
    (macros / "tools.jinja").write_text("{% macro twice(x) %}{{ x * 3 }}{% endmacro %}")

    before = house.render(source)
    house.templates.reload_macros()

    assert (before, house.render(source)) == (8, 12)


@pytest.mark.parametrize("name", ["other.txt", "link.jinja", "../outside.jinja", "none.jinja"])
def test_nothing_else_can_be_imported(make_house: Any, macros: Path, name: str) -> None:
    with pytest.raises(TemplateError):
        make_house(macros_dir=macros).render(f"{{% include '{name}' %}}")


def test_an_endless_macro_of_the_house_is_stopped(make_house: Any, macros: Path) -> None:
    (macros / "loop.jinja").write_text(
        "{% macro m() %}{% for i in range(90000) %}{% for j in range(90000) %}"
        "{% endfor %}{% endfor %}{% endmacro %}"
    )

    with pytest.raises(TemplateError, match="stopped"):
        make_house(macros_dir=macros).render("{% from 'loop.jinja' import m %}{{ m() }}")
