"""Templates that want out of the sandbox, or more than there is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hub.core.errors import TemplateError

DOUBLED = "{% set ns = namespace(x=[1]) %}{% for i in range(100) %}{% set ns.x = DOUBLE %}{% endfor %}"

ESCAPES = [
    "{{ ''.__class__.__mro__ }}",
    "{{ ().__class__.__bases__[0].__subclasses__() }}",
    "{{ states.__init__.__globals__ }}",
    "{{ states._sources.states }}",
    "{{ states.light._sources.x }}",
    "{{ states.light.desk._sources.states }}",
    "{{ namespace().__class__.__init__.__globals__ }}",
    "{{ now.__func__.__globals__ }}",
    "{{ now.__self__._sources }}",
    "{{ range.__self__.x }}",
    "{{ cycler.__init__.__globals__ }}",
    "{{ (''|attr('__class__')).x }}",
    "{{ [''] | map(attribute='__class__') | map(attribute='__mro__') | list | first | first }}",
    "{{ '{0.__class__.__mro__}'.format(1) }}",
    "{{ '{0._sources.states}'.format(states.light.desk) }}",
    "{{ ('{0.__class__.x}' | attr('format'))(1) }}",
    "{{ (['{0.__class__.x}'] | map('attr', 'format') | first)(1) }}",
    "{{ 1 | apply('{0.__class__.x}'.format) }}",
    "{{ apply({}, {'a': 1}.update) }}",
    "{{ as_function(states) }}",
    "{{ [].append(1) }}",
    "{{ {}.update({1: 2}) }}",
    "{{ value.clear() }}",
    "{{ states.light.desk.attributes.pop('a') }}",
    "{% do value.update(a=5) %}",
    "{% import 'os' as os %}{{ os.environ }}",
    "{% include '/etc/passwd' %}",
    "{% from '../../etc/passwd' import x %}",
    "{{ environment.filters }}",
    "{{ self._TemplateReference__context.x }}",
    "{{ lipsum.__globals__ }}",
]

GREEDY = [
    "{{ 2 ** 100000 }}",
    "{% set ns = namespace(x=10) %}{% for i in range(50) %}{% set ns.x = ns.x * ns.x %}{% endfor %}",
    "{{ 'a' * 10 ** 9 }}",
    "{{ 10 ** 9 * 'a' }}",
    "{{ [1] * 10 ** 9 }}",
    "{{ range(10 ** 9) | list }}",
    "{{ 'a' | center(10 ** 9) }}",
    "{{ 'a'.center(10 ** 9) }}",
    "{{ 'a'.encode().ljust(10 ** 9) }}",
    "{{ ('a' | e).center(10 ** 9) }}",
    "{{ 'a'.zfill(10 ** 9) }}",
    "{{ '\t'.expandtabs(10 ** 9) }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ '%.1000000000f' % 1 }}",
    "{{ '%*d' % (10 ** 9, 1) }}",
    "{{ '%1000000000d' | format(1) }}",
    "{{ '{:1000000000}'.format(1) }}",
    "{{ '{:{w}}'.format(1, w=10 ** 9) }}",
    "{{ '{a:1000000000}'.format_map({'a': 1}) }}",
    "{{ ('{0}' * 10000).format('a' * 1000000) }}",
    "{{ ('%(a)s' * 10000) % {'a': 'a' * 1000000} }}",
    "{{ 'a' | indent(10 ** 9, true) }}",
    "{{ [1] | batch(10 ** 9, 'x') | list }}",
    "{{ [1] | slice(10 ** 9) | list }}",
    "{{ ('a' * 1000000) | replace('a', 'b' * 1000) }}",
    "{{ ('a' * 1000000).replace('a', 'b' * 1000) }}",
    "{{ ('a' * 1000000).join(['b'] * 1000) }}",
    "{{ (['a' * 1000000] * 1000) | join }}",
    "{{ 'a'.translate({97: 'b' * 1000000}).translate({98: 'c' * 1000}) }}",
    "{{ ('a' * 60000) | regex_replace('a', 'b' * 60000) }}",
    "{{ ('a' * 60000) | regex_replace('(a*)', '\\\\1' * 60000) }}",
    "{{ ('a' * 70000) | regex_search('b') }}",
    "{{ ('a' * 50) | regex_match('(a+)+b') }}",
    "{{ pack(1, '1000000000x') }}",
    "{{ (1).to_bytes(10 ** 9, 'big') }}",
    "{{ ('a' * 1000000) | wordwrap(1) }}",
    "{{ ('<!--' * 100000) | striptags }}",
    "{{ 'a.de' | urlize(rel='x' * 1000000) }}",
    "{{ (['x' * 1000000] * 10) | sum(start='') }}",
    "{{ ([[1] * 90000] * 10) | sum(start=[]) }}",
    "{{ 'x' * 300000 }}",
    "{% for i in range(2000) %}{% for j in range(2000) %}{% endfor %}{% endfor %}",
    "{% for i in range(2000) %}{% for j in range(2000) if false %}{% endfor %}{% endfor %}",
    "{% for i in range(100) %}{{ range(100000) | list | length }}{% endfor %}",
    "{% for i in range(100) %}{{ range(100000) | map('abs') | select | sum }}{% endfor %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% for x in [[1]] recursive %}{{ loop([[1]]) }}{% endfor %}",
    "{% for i in range(1000) %}{{ range(100000) | list | max }}{% endfor %}",
    DOUBLED.replace("DOUBLE", "ns.x ~ ns.x"),
    DOUBLED.replace("DOUBLE", "ns.x + ns.x"),
    DOUBLED.replace("DOUBLE", "[ns.x, ns.x]"),
    DOUBLED.replace("DOUBLE", "(ns.x, ns.x)"),
    DOUBLED.replace("DOUBLE", "{'a': ns.x, 'b': ns.x}"),
    DOUBLED.replace("DOUBLE", "zip(ns.x, ns.x) | list"),
    DOUBLED.replace("DOUBLE", "dict(a=ns.x, b=ns.x)"),
    DOUBLED.replace("DOUBLE", "tuple(zip(ns.x, ns.x))"),
    "{{ strptime('5', '%Y' * 1000) }}",
    "{{ timedelta(days=10 ** 12) }}",
    "{{ ('[' * 100000) | from_json }}",
]


@pytest.fixture
def lit(house: Any) -> Any:
    house.states.set("light.desk", "on", {"a": 1})
    return house


@pytest.mark.parametrize("source", ESCAPES)
def test_stays_in_the_sandbox(lit: Any, source: str) -> None:
    value = {"a": 1}

    with pytest.raises(TemplateError):
        lit.render(source, value=value)

    assert value == {"a": 1}
    assert lit.states.get("light.desk").attributes == {"a": 1}


@pytest.mark.parametrize("source", GREEDY)
def test_stops_what_wants_too_much(house: Any, source: str) -> None:
    with pytest.raises(TemplateError):
        house.render(source)


@pytest.mark.parametrize(
    "source",
    [
        "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
        "{{ " + "[" * 500 + "]" * 500 + " }}",
        "{% if 1 %}" * 200 + "{% endif %}" * 200,
        "{{ 1" + " + 1" * 20000 + " }}",
        "{{ 1 }}" * 200_000,
    ],
    ids=["brackets", "lists", "ifs", "sum", "long"],
)
def test_refuses_a_template_that_cannot_be_compiled(house: Any, source: str) -> None:
    with pytest.raises(TemplateError):
        house.templates.compile(source)


def test_what_a_rendering_used_is_free_for_the_next(house: Any) -> None:
    template = house.templates.compile("{% for i in range(90000) %}{% endfor %}done")

    assert [template.render() for _ in range(15)] == ["done"] * 15


def test_a_rendering_has_a_time_of_its_own(house: Any) -> None:
    source = "{% for i in range(30000) %}{% if i % 10000 == 0 %}{{ wait() }}{% endif %}{% endfor %}"

    def wait() -> None:
        house.clock.run_next(house.clock.now() + timedelta(seconds=10))

    with pytest.raises(TemplateError, match="seconds"):
        house.render(source, wait=wait)


def test_many_items_that_are_no_trouble_pass(house: Any) -> None:
    source = "{{ range(1000) | map('string') | map('int') | select('odd') | list | sum }}"

    assert house.render(source) == 250000
