"""Data, choices and collections in templates."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest

from hub.core.errors import TemplateError
from hub.template import native


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ {'a': [1, none, true]} | to_json }}", '{"a":[1,null,true]}'),
        ("{{ (1, 2) | to_json }}", "[1,2]"),
        ("{{ {1: 2} | to_json }}", '{"1":2}'),
        ("{{ {'b': 1, 'a': 'ä'} | to_json(ensure_ascii=true, sort_keys=true) }}", '{"a": "\\u00e4", "b": 1}'),
        ("{{ {'a': 1} | to_json(pretty_print=true) }}", '{\n  "a": 1\n}'),
        ("{{ {'a': '<'} | tojson }}", '{"a": "\\u003c"}'),
        ("{{ frozen | to_json }}", '{"a":1}'),
        ("{{ spelt | to_json }}", "[1,2]"),
    ],
)
def test_writes_json(house: Any, source: str, text: str) -> None:
    assert house.text(source, frozen=MappingProxyType({"a": 1}), spelt=native("1,2")) == text


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("{{ ('{\"a\": [1]}' | from_json).a[0] }}", 1),
        ("{{ 'x' | from_json(5) }}", 5),
        ("{{ iif(true, 'a', 'b') }}", "a"),
        ("{{ 0 | iif('a', 'b') }}", "b"),
        ("{{ none | iif('a', 'b', 'c') }}", "c"),
        ("{{ none | iif('a', 'b') }}", "b"),
        ("{{ iif(1) }}", True),
        ("{{ typeof([]) }} {{ 1.5 | typeof }} {{ 'a' | typeof }} {{ {} | typeof }}", "list float str dict"),
        ("{{ 5 | is_defined }}", 5),
        ("{{ [1, 2] | contains(2) }}", True),
        ("{{ 'abc' is contains('b') }}", True),
        ("{{ pack(255, 'B') }}", b"\xff"),
        ("{{ 1 | pack('>H') | unpack('>H') }}", 1),
        ("{{ unpack(pack(-2, 'b'), 'b') }}", -2),
        ("{{ 'ff00' | from_hex }}", b"\xff\x00"),
        ("{{ set([1, 1, 2]) }}", {1, 2}),
        ("{{ tuple([1, 2]) }}", (1, 2)),
        ("{{ [1] is list, set() is set, (1, 2) is tuple, 1 is list }}", (True, True, True, False)),
        ("{{ zip([1, 2], ['a', 'b']) | list }}", [(1, "a"), (2, "b")]),
        ("{{ dict.from_keys([('a', 1)]) }}", {"a": 1}),
        ("{{ dict([('a', 1)], b=2) }}", {"a": 1, "b": 2}),
        ("{{ flatten([1, [2, [3, [4]]]]) }}", [1, 2, 3, 4]),
        ("{{ [1, [2, [3, [4]]]] | flatten(1) }}", [1, 2, [3, [4]]]),
        ("{{ union([1, 2], [2, 3]) | sort }}", [1, 2, 3]),
        ("{{ [1, 2] | intersect([2, 3]) }}", [2]),
        ("{{ [1, 2] | difference([2]) }}", [1]),
        ("{{ symmetric_difference([1, 2], [2, 3]) | sort }}", [1, 3]),
        ("{{ combine({'a': 1}, {'a': 2, 'b': 3}) }}", {"a": 2, "b": 3}),
        ("{{ {'a': {'x': 1}} | combine({'a': {'y': 2}}, recursive=true) }}", {"a": {"x": 1, "y": 2}}),
        ("{{ {'a': {'x': 1}} | combine({'a': {'y': 2}}) }}", {"a": {"y": 2}}),
        ("{{ shuffle([1, 2, 3], seed=1) | sort }}", [1, 2, 3]),
        ("{{ shuffle(1, 2, 3) | sort }}", [1, 2, 3]),
        ("{{ shuffle([3, 1, 2], 5) == shuffle([3, 1, 2], 5) }}", True),
        ("{{ [7] | random }}", 7),
        ("{{ issues() }}", {}),
        ("{{ issue('a', 'b') }}", None),
    ],
)
def test_works_with_data(house: Any, source: str, result: Any) -> None:
    assert house.render(source) == result


@pytest.mark.parametrize(
    "source",
    [
        "{{ 'x' | from_json }}",
        "{{ now() | to_json }}",
        "{{ {1, 2} | to_json }}",
        "{{ nothing | is_defined }}",
        "{{ 'xyz' | from_hex }}",
        "{{ flatten('text') }}",
        "{{ flatten(5) }}",
        "{{ union('ab', [1]) }}",
        "{{ combine() }}",
        "{{ combine([]) }}",
        "{{ shuffle() }}",
        "{{ shuffle(5) }}",
        "{{ merge_response([]) }}",
    ],
)
def test_refuses_data_that_does_not_fit(house: Any, source: str) -> None:
    with pytest.raises(TemplateError):
        house.render(source)


@pytest.mark.parametrize("source", ["{{ pack('x', 'B') }}", "{{ unpack('a'.encode(), '>I') }}"])
def test_bytes_that_do_not_fit_are_none_and_a_warning(
    house: Any, source: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert house.render(source) is None
    assert "does not fit" in caplog.text or "holds no" in caplog.text


@pytest.mark.parametrize(
    ("response", "merged"),
    [
        ({}, []),
        (
            {"calendar.a": {"events": [{"x": 1}]}, "calendar.b": {"events": []}},
            [{"x": 1, "entity_id": "calendar.a", "value_key": "events"}],
        ),
        ({"vacuum.a": {"status": "ok", "area": 5}}, [{"status": "ok", "area": 5, "entity_id": "vacuum.a"}]),
    ],
)
def test_merges_the_responses_of_several_entities(house: Any, response: Any, merged: Any) -> None:
    assert house.render("{{ merge_response(response) }}", response=response) == merged


@pytest.mark.parametrize(
    "response", [{"a": 1}, {"a": {"x": [{"entity_id": 1}]}}, {"a": {"entity_id": 1, "b": 2}}]
)
def test_refuses_responses_of_another_form(house: Any, response: Any) -> None:
    with pytest.raises(TemplateError):
        house.render("{{ merge_response(response) }}", response=response)


def test_macros_can_be_functions(house: Any) -> None:
    source = (
        "{% macro double(x, returns) %}{% do returns(x * 2) %}{% endmacro %}"
        "{% set double = double | as_function %}"
        "{{ [1, 2] | map('apply', double) | list }}{{ apply(4, double) }}"
    )

    assert house.text(source) == "[2, 4]8"
