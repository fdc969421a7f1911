"""Read plain scalars as YAML 1.1 does, without losing what the author wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from hub.core.errors import Place

Scalar = str | int | float | bool | None

_INT = re.compile(r"[-+]?(?:0b[01_]*[01]|0x[\da-fA-F_]*[\da-fA-F]|0[0-7_]*|[1-9][\d_]*)", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:\d[\d_]*\.[\d_]*|\.\d[\d_]*)(?:[eE][-+]\d+)?", re.ASCII)
_SIXTIES = re.compile(r"[-+]?[1-9][0-9_]{0,8}(?::[0-5]?[0-9]){1,2}", re.ASCII)
_SPECIAL_FLOAT = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_NUMBER_START = frozenset("+-.0123456789")
# Python refuses to turn more digits into an int, and no setting needs them.
_MOST_DIGITS = 1000

_NAMES: dict[str, bool | None] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_TRUTHS = {
    spelling: truth
    for word, truth in (("on", True), ("yes", True), ("off", False), ("no", False))
    for spelling in (word, word.capitalize(), word.upper())
}


_NOWHERE = Place()


class Word(str):
    """`on`, `off`, `yes` or `no` written without quotes: a truth to YAML 1.1, a text to whoever wrote it.

    It is the text, so that `to: on` means the state; `truth` is what YAML 1.1 reads.
    """

    __slots__ = ("place", "truth")
    truth: bool
    place: Place

    def __new__(cls, text: str, place: Place = _NOWHERE) -> Self:
        word = super().__new__(cls, text)
        word.truth = _TRUTHS[text]
        word.place = place
        return word


class Sixties(str):
    """`10:00`, written without quotes: the number 600 to YAML 1.1, a time of day to whoever wrote it.

    It is the text; `number` is what YAML 1.1 reads, and what Home Assistant takes for seconds.
    """

    __slots__ = ("number", "place")
    number: int
    place: Place

    def __new__(cls, text: str, place: Place = _NOWHERE) -> Self:
        sixties = super().__new__(cls, text)
        digits = text.lstrip("+-").replace("_", "").split(":")
        sixties.number = sum(int(digit) * 60**power for power, digit in enumerate(reversed(digits)))
        if text.startswith("-"):
            sixties.number = -sixties.number
        sixties.place = place
        return sixties


@dataclass(frozen=True, slots=True)
class Input:
    """`!input name`: a gap in a blueprint that its user fills."""

    name: str
    place: Place

    def __str__(self) -> str:
        return f"!input {self.name}"


def is_word(text: str) -> bool:
    return text in _TRUTHS


def is_sixties(text: str) -> bool:
    return ":" in text and _SIXTIES.fullmatch(text) is not None


def resolve(text: str) -> Scalar:
    """Return the value of a plain scalar by the rules of YAML 1.1 that Home Assistant's files need.

    Octal `010` is 8. Dates, times and sexagesimal numbers such as `12:30` stay text, and so does `on`
    (see `is_word`).
    """
    if text in _NAMES:
        return _NAMES[text]
    if text[0] in _NUMBER_START and len(text) <= _MOST_DIGITS:
        return _number(text)
    return text


def plain(value: object) -> object:
    """Return a copy of free data, such as a service's, with each `Word` as the truth YAML 1.1 reads in it."""
    if isinstance(value, Word):
        return value.truth
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def tagged_scalar(kind: str, text: str) -> Scalar:
    """Return `text` as the type that `!!kind` asks for; raise ValueError if it is none."""
    if kind == "str":
        return text
    value: Scalar = _TRUTHS.get(text, resolve(text))
    if kind == "float" and type(value) is int:
        return float(text.replace("_", ""))
    wanted = {"int": int, "float": float, "bool": bool, "null": type(None)}[kind]
    if type(value) is not wanted:
        raise ValueError(f"'{text}' is not of the type !!{kind}")
    return value


def _number(text: str) -> str | int | float:
    if _INT.fullmatch(text):
        return _integer(text.replace("_", ""))
    if _FLOAT.fullmatch(text):
        return float(text.replace("_", ""))
    if _SPECIAL_FLOAT.fullmatch(text):
        return float(text.replace(".", "", 1))
    return text


def _integer(text: str) -> int:
    digits = text.lstrip("+-")
    if digits[:2] in ("0b", "0x") or digits == "0":
        value = int(digits, 0)
    else:
        value = int(digits, 8 if digits[0] == "0" else 10)
    return -value if text[0] == "-" else value
