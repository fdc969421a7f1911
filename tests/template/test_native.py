"""What a rendered text becomes."""

from __future__ import annotations

from ast import literal_eval
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.template import Rendered, native

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("+5", 5),
        ("-1", -1),
        ("-0", 0),
        ("0", 0),
        ("5.", 5.0),
        (".5", 0.5),
        ("-1.50", -1.5),
        ("0.0", 0.0),
        ("True", True),
        ("False", False),
        ("None", None),
        ("[1, 2]", [1, 2]),
        ("[]", []),
        ("{'a': [True]}", {"a": [True]}),
        ("{1, 2}", {1, 2}),
        ("set()", set()),
        ("(1, 2)", (1, 2)),
        ("()", ()),
        ("1,2", (1, 2)),
        ("-1.5, 2", (-1.5, 2)),
        ("True, False", (True, False)),
        ("'a', 'b'", ("a", "b")),
        ("b'\\x01'", b"\x01"),
    ],
)
def test_becomes_the_value_that_it_spells(text: str, value: Any) -> None:
    result = native(text)

    assert result == value
    assert isinstance(result, type(value))


@pytest.mark.parametrize(
    "text",
    [
        "", "010", "00", "-010", "1e3", "1e+100", "0x10", "0b1", "0o7", "1_2", "123_123", "true", "none",
        "null", "12:30", "2024-05-06", "1.2.3", "+", "-", ".", "--5", "+-5", "1 2", "1+2", "1+2j", "2j",
        "٣", "3%", "5 kWh", "'a'", '"a"', "'a' 'b'", "('a')", "(1)", "(1", "[1,", "{", "{a: 1}",
        "[true]", "...", "(...)", "Nonesuch", "True story", "Trueish, no", "Not, this", "set", "set(1)",
        "bar", "b'", "1; 2", "on", "off", "Hello, world", "__import__('os')", "[x for x in (1,)]", "9" *
        5000, "[" * 500, "\x00", "(\x00)", "1,\x00",
    ],
)  # fmt: skip
def test_stays_text(text: str) -> None:
    assert native(text) == text
    assert type(native(text)) is str


@given(st.text(max_size=30))
def test_gives_text_or_what_python_reads(text: str) -> None:
    result = native(text)

    assert result == text or result == literal_eval(text)


@given(PLAIN)
def test_gives_back_nested_data(value: Any) -> None:
    result = native(repr(value))

    assert result == (repr(value) if isinstance(value, str) else value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_reads_each_number_that_has_no_exponent(number: float) -> None:
    text = repr(number)

    assert native(text) == (text if "e" in text else number)


@pytest.mark.parametrize("text", ['{"a":1}', "[ 1,2 ]", "1,2", "{1,  1}"])
def test_a_container_remembers_the_text_that_it_was(text: str) -> None:
    result = native(text)

    assert isinstance(result, Rendered)
    assert (result.rendered, str(result)) == (text, text)


def test_two_results_of_one_text_are_not_one_object() -> None:
    first = native("[[1], {'a': 2}]")
    first[0].append(9)
    first.append(9)

    assert native("[[1], {'a': 2}]") == [[1], {"a": 2}]
