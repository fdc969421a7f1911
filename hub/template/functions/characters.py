"""Sets of the characters that a piece of a regular expression can match."""

from __future__ import annotations

import re
from functools import cache
from re import _constants as codes  # type: ignore[attr-defined]  # as in `backtracking`
from typing import Any

Characters = frozenset[int]

_LATIN = 256
_WORD, _SPACE, _REST = 256, 257, 258  # stand for all characters beyond Latin-1
_BEYOND = frozenset({_WORD, _SPACE, _REST})
EVERY: Characters = frozenset(range(_LATIN)) | _BEYOND

_SAMPLES = {number: chr(number) for number in range(_LATIN)} | {_WORD: "ж", _SPACE: "\u2003", _REST: "€"}
_CATEGORIES = {
    codes.CATEGORY_DIGIT: r"\d",
    codes.CATEGORY_NOT_DIGIT: r"\D",
    codes.CATEGORY_SPACE: r"\s",
    codes.CATEGORY_NOT_SPACE: r"\S",
    codes.CATEGORY_WORD: r"\w",
    codes.CATEGORY_NOT_WORD: r"\W",
}
_DIGITS = (codes.CATEGORY_DIGIT, codes.CATEGORY_NOT_DIGIT)


def folded(first: int, last: int, fold: bool) -> Characters:
    """Return the characters from `first` to `last`; with `fold` in both cases."""
    latin = set(range(first, min(last + 1, _LATIN)))
    if fold:
        both = {ord(other) for each in latin for other in chr(each).lower() + chr(each).upper()}
        latin |= {each if each < _LATIN else _WORD for each in both}
    if last < _LATIN:
        return frozenset(latin)
    if first != last:
        return frozenset(latin | _BEYOND)
    text = chr(first)
    return frozenset({_WORD if text.isalnum() else _SPACE if text.isspace() else _REST})


def without(characters: Characters, classes: list[Characters]) -> Characters:
    """Return all other characters. One letter beyond Latin-1 does not stand for all, a class does."""
    return (EVERY - characters) | (_BEYOND - frozenset[int]().union(*classes))


@cache
def category(code: Any) -> Characters:
    """Return the characters of a class such as `\\d`."""
    pattern = re.compile(_CATEGORIES[code])
    found = {number for number, sample in _SAMPLES.items() if pattern.match(sample)}
    # Some letters beyond Latin-1 are digits.
    return frozenset(found | {_WORD} if code in _DIGITS else found)
