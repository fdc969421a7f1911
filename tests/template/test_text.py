"""Texts, patterns and versions in templates."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hub.core.errors import TemplateError
from hub.template.functions.backtracking import endless


@pytest.mark.parametrize(
    ("source", "result"),
    [
        (
            "{{ 11 | ordinal }} {{ 21 | ordinal }} {{ 3 | ordinal }} {{ 112 | ordinal }}",
            "11th 21st 3rd 112th",
        ),
        ("{{ slugify('Küche oben') }} {{ 'a b' | slugify('-') }}", "kuche_oben a-b"),
        ("{{ urlencode({'a': 1, 'b': 'ä'}) }}", b"a=1&b=%C3%A4"),
        ("{{ 'hi' | base64_encode }}", "aGk="),
        ("{{ 'aGk=' | base64_decode }}", "hi"),
        ("{{ 'aGk=' | base64_decode(none) }}", b"hi"),
        ("{{ md5('a') }}", "0cc175b9c0f1b6a831c399e269772661"),
        ("{{ 'a' | sha1 }}", "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"),
        ("{{ sha256('a')[:8] }}", "ca978112"),
        ("{{ (sha512('a') | length) }}", 128),
        ("{{ 'A' | ord }}", 65),
        ("{{ 'a' is string_like, 1 is string_like }}", (True, False)),
        ("{{ 'abc' | regex_match('b') }}", False),
        ("{{ 'abc' | regex_match('A', true) }}", True),
        ("{{ 'abc' is match('a.c') }}", True),
        ("{{ 'abc' is search('b') }}", True),
        ("{{ ['ab', 'cd'] | select('search', 'b') | list }}", ["ab"]),
        ("{{ 125 | regex_search('2') }}", True),
        ("{{ 'a1b22' | regex_findall('[0-9]+') }}", ["1", "22"]),
        ("{{ 'a1b22' | regex_findall_index('[0-9]+', 1) }}", 22),
        ("{{ 'k=v' | regex_findall('(.)=(.)') }}", [("k", "v")]),
        ("{{ 'a b' | regex_replace(' ', '_') }}", "a_b"),
        ("{{ 'ab' | regex_replace('(a)(b)', '\\\\2\\\\1') }}", "ba"),
        ("{{ 'aAa' | regex_replace('a', 'x', true) }}", "xxx"),
        ("{{ '2024.10.1' | version > '2024.9.12' }}", True),
        ("{{ version('1.0b2') < version('1.0') }}", True),
        ("{{ version('v1.2') == '1.2.0' }}", True),
        ("{{ version('1.2.3').minor }}", 2),
        ("{{ version('1.2.3b1').beta }}", True),
        ("{{ version('next').valid }}", False),
    ],
)
def test_works_with_texts(house: Any, source: str, result: Any) -> None:
    assert house.render(source) == result


@pytest.mark.parametrize("pattern", ["(", "[", "*", "(?P<a>x)(?P<a>y)"])
@pytest.mark.parametrize("text", ["x", "x" * 100])
def test_refuses_a_pattern_that_is_none(house: Any, pattern: str, text: str) -> None:
    with pytest.raises(TemplateError):
        house.render("{{ text | regex_match(pattern) }}", text=text, pattern=pattern)


def test_versions_that_are_none_cannot_be_compared(house: Any) -> None:
    with pytest.raises(TemplateError):
        house.render("{{ version('next') < '1.0' }}")


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+", "(a*)*", "(a|a)*", "(a|aa)+", "(.*)*", r"(\w+\s?)+", "([a-z]+)*$", "(a+){10}",
        "(?:a+|b)*", "a*a*a*a*b", "(x+x+)+y", r"(\d+\.?)+", "((ab)*)*", "(?=(a+)+b)x", "(?:(?:a?)+)+",
        r"(a)(?:\1+)+", "(.*,)*", "(?>(a+)+)b", "(?:(a+)+)++b",
    ],
)  # fmt: skip
def test_knows_patterns_that_may_never_end(pattern: str) -> None:
    assert endless(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "abc", "a+b+c+", ".*foo.*bar.*", "([a-z]+,)*", r"(?:[^,]*,)*", r"(\w+\s)+", r"(\d{3},)*",
        "(ab?c)*", "(?:foo|bar)+",
        r"^(?P<button>(?:button_)?[a-z0-9]+)_(?P<action>(?:press|hold)(?:_release)?)$", "[a-z]{1,3}",
        r"(\d+)\.(\d+)", "(a|b)*", r"^\s*(\w+)\s*=\s*(.*)$", "(?:a+)?", "(?:foo|fool)*",
    ],
)  # fmt: skip
def test_lets_patterns_be_that_end(pattern: str) -> None:
    assert not endless(pattern)


@pytest.mark.parametrize(
    ("pattern", "ignorecase"), [("([a-z]+A)*", True), ("(?i)([a-z]+A)*", False), ("([ж-я]+Ж)*", True)]
)
def test_knows_that_case_may_not_matter(pattern: str, ignorecase: bool) -> None:
    assert endless(pattern, ignorecase)
    assert not endless("([a-z]+A)*")


REPEATS = st.sampled_from(["*", "+", "?", "*?", "{2}", "{1,9}", "{0,2}"])
PATTERNS = st.recursive(
    st.sampled_from(["a", "b", "ab", "[ab]", ".", r"\w", "^", "$"]),
    lambda inner: (
        st.builds("{}{}".format, inner, inner)
        | st.builds("({}|{})".format, inner, inner)
        | st.builds("(?:{}){}".format, inner, REPEATS)
    ),
    max_leaves=6,
)


@given(PATTERNS)
def test_a_pattern_that_it_lets_pass_does_end(pattern: str) -> None:
    assume(not endless(pattern))

    re.search(pattern, "a" * 40 + "!")


def test_a_doubtful_pattern_may_search_a_short_text(house: Any) -> None:
    assert house.render(r"{{ '1.22.333' | regex_match('(\\d+\\.?)+$') }}") is True


def test_a_doubtful_pattern_may_not_search_a_long_text(house: Any) -> None:
    with pytest.raises(TemplateError, match="repeats what repeats itself"):
        house.render(
            r"{{ '1.22.333' * 10 | int | regex_match('(\\d+\\.?)+$') }}{{ ('1' * 50) is match('(1+)+x') }}"
        )
