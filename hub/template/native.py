"""Turn a rendered text into the value that it spells, by Home Assistant's rules.

A text that is a Python literal becomes that value: `12`, `-1.5`, `True`, `None`, `[1, 2]`, `1,2`.
Anything that people write for other ends stays text: `010`, `1e3`, `0x10`, `1_2`, `true`, `12:30`.
"""

from __future__ import annotations

import re
import warnings
from ast import literal_eval
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

# The look-ahead keeps leading zeros as text: they are codes, not numbers.
_NUMBER = re.compile(r"[+-]?(?!0[0-9])(?:[0-9]+(\.[0-9]*)?|(\.[0-9]+))")
_CONSTANTS = {"True": True, "False": False, "None": None}
_QUOTED = re.compile(r"[bBrRuU]{0,2}['\"]")
_MORE_THAN_A_NAME = re.compile(r"(?:True|False|None)[\s,#]")
_OPENING = frozenset("([{")
_NUMERIC = frozenset("+-.0123456789")
_KEPT = 512


class Rendered:
    """A container that a text spelt. `rendered` is that text: who wants text takes it from here."""

    rendered: str


class RenderedList(list[Any], Rendered):
    def __init__(self, items: Iterable[Any], rendered: str) -> None:
        super().__init__(items)
        self.rendered = rendered

    def __str__(self) -> str:
        return self.rendered


class RenderedDict(dict[Any, Any], Rendered):
    def __init__(self, items: dict[Any, Any], rendered: str) -> None:
        super().__init__(items)
        self.rendered = rendered

    def __str__(self) -> str:
        return self.rendered


class RenderedSet(set[Any], Rendered):
    def __init__(self, items: Iterable[Any], rendered: str) -> None:
        super().__init__(items)
        self.rendered = rendered

    def __str__(self) -> str:
        return self.rendered


class RenderedTuple(tuple[Any, ...], Rendered):
    def __new__(cls, items: Iterable[Any], rendered: str) -> RenderedTuple:
        made = super().__new__(cls, items)
        made.rendered = rendered
        return made

    def __str__(self) -> str:
        return self.rendered


_WRAPPERS: dict[type, Any] = {
    list: RenderedList,
    dict: RenderedDict,
    set: RenderedSet,
    tuple: RenderedTuple,
}


def native(text: str) -> Any:
    """Return the value that `text`, already stripped, spells; `text` itself if it spells none."""
    if not text:
        return text
    first = text[0]
    if first in _NUMERIC:
        return _number(text)
    if first in _OPENING:
        return _literal(text)
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if first in "TFN":
        return _literal(text) if _MORE_THAN_A_NAME.match(text) else text
    if text == "set()" or (first in "bBrRuU'\"" and _QUOTED.match(text)):
        return _literal(text)
    return text


def _number(text: str) -> Any:
    match = _NUMBER.fullmatch(text)
    if match is None:
        return _literal(text) if "," in text else text
    try:
        return int(text) if match[1] is None and match[2] is None else float(text)
    except ValueError:  # more digits than Python turns into an integer
        return text


def _literal(text: str) -> Any:
    value = _evaluate(text) if len(text) < _KEPT else _parse(text)
    wrapper = _WRAPPERS.get(type(value))
    if wrapper is None:
        return value
    # What is kept must not be changed by who gets it.
    return wrapper(_parse(text) if _nested(value) else value, text)


def _parse(text: str) -> Any:
    with warnings.catch_warnings():
        # A text is not a program: an odd backslash in it deserves no warning.
        warnings.simplefilter("ignore")
        try:
            value = literal_eval(text)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return text
    # A text within quotes keeps them; numbers came here only in an unusual spelling.
    if isinstance(value, (str, int, float, complex)) and not isinstance(value, bool):
        return text
    return text if value is ... else value


_evaluate = lru_cache(maxsize=_KEPT)(_parse)


def _nested(value: Any) -> bool:
    items = value.values() if isinstance(value, dict) else value
    return any(isinstance(item, (list, dict, set)) for item in items)
