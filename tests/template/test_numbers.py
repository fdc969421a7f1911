"""Numbers in templates."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.errors import TemplateError
from hub.template.functions.ranges import clamp, remap, wrap


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("{{ float('1.5') }}", 1.5),
        ("{{ '1.5' | float + 1 }}", 2.5),
        ("{{ 'x' | float(0) }}", 0),
        ("{{ none | float('n') }}", "n"),
        ("{{ '12.9' | int }}", 12),
        ("{{ 'ff' | int(base=16) }}", 255),
        ("{{ 'x' | int(0) }}", 0),
        ("{{ 'inf' | int(-1) }}", -1),
        ("{{ bool(' Yes ') }}", True),
        ("{{ bool(0.5) }}", True),
        ("{{ 0 | bool }}", False),
        ("{{ 'x' | bool(false) }}", False),
        ("{{ 'nan' | is_number }}", False),
        ("{{ '1e3' is is_number }}", True),
        ("{{ none | is_number }}", False),
        ("{{ 2.5 | round }}", 2),
        ("{{ 2.345 | round(2) }}", 2.35),
        ("{{ 2.3 | round(0, 'half') }}", 2),
        ("{{ 2.3 | round(1, 'half') }}", 2.5),
        ("{{ 2.01 | round(0, 'ceil') }}", 3),
        ("{{ -2.01 | round(0, 'floor') }}", -3),
        ("{{ 1234 | round(-2) }}", 1200.0),
        ("{{ '5' | add(2.5) }}", 7.5),
        ("{{ 'x' | add(2, none) }}", None),
        ("{{ '5' | multiply(2) }}", 10.0),
        ("{{ 100 | log(10) | round }}", 2),
        ("{{ 'x' | log(10, 'd') }}", "d"),
        ("{{ 10 | log('x', 'd') }}", "d"),
        ("{{ sqrt(16) | round }}", 4),
        ("{{ sin(0) + cos(0) + tan(0) }}", 1.0),
        ("{{ atan2(0, 1) }}", 0.0),
        ("{{ [0, 1] | atan2 }}", 0.0),
        ("{{ atan2('x', 1, 'd') }}", "d"),
        ("{{ ['x', 1] | atan2('d') }}", "d"),
        ("{{ pi | round(4), e | round(4), tau | round(4) }}", (3.1416, 2.7183, 6.2832)),
        ("{{ inf > 5 }}", True),
        ("{{ bitwise_and(6, 3), 6 | bitwise_or(3), bitwise_xor(6, 3) }}", (2, 7, 5)),
        ("{{ average([1, 2, 3]) }}", 2.0),
        ("{{ average(1, 2, 6) }}", 3.0),
        ("{{ [] | average(0) }}", 0),
        ("{{ [1, 'x'] | average('d') }}", "d"),
        ("{{ median([1, 9, 5]) }}", 5),
        ("{{ [] | median('d') }}", "d"),
        ("{{ statistical_mode([1, 2, 2]) }}", 2),
        ("{{ statistical_mode([], 'd') }}", "d"),
        ("{{ max(1, 5, 3), min([4, 2]) }}", (5, 2)),
        ("{{ [1, 2] | sum }}", 3),
        ("{{ [{'a': 1}, {'a': 2}] | sum('a') }}", 3),
        ("{{ [[1], [2]] | sum(start=[]) }}", [1, 2]),
        ("{{ clamp(15, 0, 10) }}", 10.0),
        ("{{ 370 | wrap(0, 360) }}", 10.0),
        ("{{ 5 | wrap(3, 3) }}", 3.0),
        ("{{ remap(5, 0, 10, 0, 100) }}", 50.0),
        ("{{ 15 | remap(0, 10, 0, 100, edges='clamp') }}", 100.0),
        ("{{ 15 | remap(0, 10, 0, 100, edges='wrap') }}", 50.0),
        ("{{ 12 | remap(0, 10, 0, 100, edges='mirror') }}", 80.0),
        ("{{ -2 | remap(0, 10, 0, 100, edges='mirror') }}", 20.0),
        ("{{ 0.33 | remap(0, 1, 0, 10, steps=5) }}", 4.0),
        ("{{ 7 // 2, 7 % 4, 2 ** 10 }}", (3, 3, 1024)),
    ],
)  # fmt: skip
def test_calculates(house: Any, source: str, result: Any) -> None:
    assert house.render(source) == result


@pytest.mark.parametrize(
    "source",
    [
        "{{ 'x' | float }}",
        "{{ none | float }}",
        "{{ 'x' | int }}",
        "{{ 'x' | bool }}",
        "{{ none | bool }}",
        "{{ 'x' | round }}",
        "{{ 'x' | add(1) }}",
        "{{ 'x' | multiply(1) }}",
        "{{ 'x' | log }}",
        "{{ 'x' | sin }}",
        "{{ -1 | sqrt }}",
        "{{ average() }}",
        "{{ average(1) }}",
        "{{ median([]) }}",
        "{{ statistical_mode() }}",
        "{{ statistical_mode(1) }}",
        "{{ min() }}",
        "{{ max(5) }}",
        "{{ clamp('x', 1, 2) }}",
        "{{ 1 / 0 }}",
        "{{ 5 | remap(1, 1, 0, 9, edges='wrap') }}",
        "{{ nothing | float(0) }}",
        "{{ atan2('x', 1) }}",
    ],
)
def test_refuses_what_is_no_number(house: Any, source: str) -> None:
    with pytest.raises(TemplateError):
        house.render(source)


@given(st.floats(-1e6, 1e6), st.floats(-1e3, 0), st.floats(1, 1e3))
def test_stays_within_the_range(number: float, low: float, high: float) -> None:
    assert low <= clamp(number, low, high) <= high
    assert low <= wrap(number, low, high) <= high
    for edges in ("clamp", "wrap", "mirror"):
        mapped = remap(number, low, high, 0, 1, edges=edges)
        assert -1e-6 <= mapped <= 1 + 1e-6


@given(st.floats(-1e6, 1e6))
def test_remaps_there_and_back(number: float) -> None:
    there = remap(number, 0, 10, -5, 5)

    assert math.isclose(remap(there, -5, 5, 0, 10), number, abs_tol=1e-6)
