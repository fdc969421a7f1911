"""Refuse single operations that would make something huge, before they make it."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from hub.template.budget import CONTAINERS, LARGEST_INTEGER_BITS, LONGEST_TEXT, WIDEST_FIELD, Budget
from hub.template.inputs import TooMuch

_WIDTH = re.compile(r"\d+")
_PERCENT_FIELD = re.compile(r"%(?:\([^)]*\))?[-#0 +]*(\*|\d+)?(?:\.(\*|\d+))?")
_TEXTS = (str, bytes)
_LISTS = (list, tuple)


def plus(budget: Budget, left: Any, right: Any) -> Any:
    if isinstance(left, _TEXTS) and isinstance(right, _TEXTS):
        budget.text(len(left) + len(right))
    elif isinstance(left, _LISTS) and isinstance(right, _LISTS):
        budget.items(len(left) + len(right))
    return left + right


def times(budget: Budget, left: Any, right: Any) -> Any:
    for some, count in ((left, right), (right, left)):
        if isinstance(count, int) and count > 0:
            if isinstance(some, _TEXTS):
                budget.text(len(some) * count)
            elif isinstance(some, _LISTS):
                budget.items(len(some) * count)
            elif isinstance(some, int):
                _integer(some.bit_length() + count.bit_length())
    return left * right


def power(budget: Budget, left: Any, right: Any) -> Any:
    if isinstance(left, int) and isinstance(right, int) and right > 0:
        _integer(left.bit_length() * right)
    return left**right


def percent(budget: Budget, left: Any, right: Any) -> Any:
    """`left % right`, which for a text means to put values into it."""
    if isinstance(left, _TEXTS):
        fields(budget, left if isinstance(left, str) else left.decode("latin-1"), right)
    return left % right


def fields(budget: Budget, pattern: str, values: Any) -> None:
    """Look at the fields (`%5d`) of a text, and at what goes into them."""
    for field in _PERCENT_FIELD.finditer(pattern):
        if "*" in field.groups():
            raise TooMuch("it takes the width of a field from a value")
        for width in field.groups():
            widest(width)
    if isinstance(values, CONTAINERS):
        budget.weigh(values)
        given = values.values() if isinstance(values, dict) else values
        longest = max((len(value) for value in given if isinstance(value, _TEXTS)), default=0)
        budget.text(len(pattern) + pattern.count("%") * longest)


OPERATORS: dict[str, Callable[[Budget, Any, Any], Any]] = {
    "+": plus,
    "*": times,
    "**": power,
    "%": percent,
}


def _integer(bits: int) -> None:
    if bits > LARGEST_INTEGER_BITS:
        raise TooMuch("it makes a number of thousands of digits")


def widest(width: Any) -> None:
    """Refuse a width, given as number or text, that nothing readable has."""
    if width is None or width == "":
        return
    try:
        number = operator.index(int(width) if isinstance(width, str) else width)
    except (TypeError, ValueError):
        return
    if abs(number) > WIDEST_FIELD:
        raise TooMuch(f"it asks for a width of more than {WIDEST_FIELD:,}")


def format_spec(spec: str) -> None:
    """Refuse a format such as `>1000000000`."""
    for number in _WIDTH.findall(spec):
        widest(number)


def _width_first(budget: Budget, text: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
    for width in (*args[:1], *kwargs.values()):
        widest(width)


def _expandtabs(budget: Budget, text: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
    for width in (*args, *kwargs.values()):
        if isinstance(width, int):
            budget.text(len(text) + len(text) * max(0, width))


def _replace(budget: Budget, text: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
    if len(args) >= 2 and isinstance(args[0], _TEXTS) and isinstance(args[1], _TEXTS):
        budget.text(replaced_length(text, args[0], args[1]))


def replaced_length(text: Any, old: Any, new: Any) -> int:
    """Return the most that `text` can grow to when each `old` in it becomes `new`."""
    places = len(text) // len(old) + 1 if len(old) else len(text) + 1
    if len(new) <= len(old):
        return len(text)
    if places * len(new) <= LONGEST_TEXT:
        return len(text) + places * len(new)
    return len(text) + int(text.count(old)) * (len(new) - len(old))


def _join(budget: Budget, text: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
    if args and isinstance(args[0], (list, tuple, dict, set, frozenset, str, bytes)):
        lengths = (len(part) for part in args[0] if isinstance(part, _TEXTS))
        budget.text(sum(lengths) + len(text) * len(args[0]))
    elif args:
        raise TooMuch("it joins what is neither a list nor a text")


def _translate(budget: Budget, text: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
    if args and isinstance(args[0], Mapping):
        longest = max((len(new) for new in args[0].values() if isinstance(new, _TEXTS)), default=1)
        budget.text(len(text) * longest)


def _to_bytes(budget: Budget, number: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
    for width in (*args[:1], kwargs.get("length")):
        widest(width)


METHODS: dict[str, Callable[[Budget, Any, tuple[Any, ...], Mapping[str, Any]], None]] = {
    "center": _width_first,
    "ljust": _width_first,
    "rjust": _width_first,
    "zfill": _width_first,
    "expandtabs": _expandtabs,
    "replace": _replace,
    "join": _join,
    "translate": _translate,
    "to_bytes": _to_bytes,
}
"""Methods of texts, bytes and numbers that can make something huge, with what looks before they do."""
