"""Tell which regular expressions may try for ever before they fail."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Private by name, but the only module that knows the grammar.
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_MANY = 3
_SIDE_BY_SIDE = 4
_OTHER = 256  # stands for every character beyond Latin-1
_EVERY = frozenset(range(_OTHER + 1))
_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT)
_CATEGORIES = {
    codes.CATEGORY_DIGIT: r"\d",
    codes.CATEGORY_NOT_DIGIT: r"\D",
    codes.CATEGORY_SPACE: r"\s",
    codes.CATEGORY_NOT_SPACE: r"\S",
    codes.CATEGORY_WORD: r"\w",
    codes.CATEGORY_NOT_WORD: r"\W",
}

Characters = frozenset[int]


def endless(pattern: str) -> bool:
    """Tell whether a repeat within a repeat can match one text in ever more ways, as in `(a+)+`.

    A body that has to pass a character which nothing variable in it matches has one way only:
    `([a-z]+,)*` is fine. So are a few repeats side by side.
    """
    try:
        return _endless(parser.parse(pattern))
    except re.error:
        return False  # compiling it will say what is wrong
    except Exception:  # a grammar that is newer than this code
        return True


def _endless(parts: Iterable[Any]) -> bool:
    run = 0
    for code, argument in parts:
        if code in _REPEATS:
            _, most, body = argument
            run = run + 1 if most == codes.MAXREPEAT else run
            if run >= _SIDE_BY_SIDE or (most > _MANY and _ambiguous(body)):
                return True
        elif code is not codes.AT:
            run = 0
        if any(_endless(inner) for inner in _inside(code, argument)):
            return True
    return False


def _inside(code: Any, argument: Any) -> list[Any]:
    if code is codes.BRANCH:
        return list(argument[1])
    if code in _REPEATS:
        return [argument[2]]
    if code is codes.SUBPATTERN:
        return [argument[3]]
    if code in (codes.ASSERT, codes.ASSERT_NOT):
        return [argument[1]]
    if code is codes.GROUPREF_EXISTS:
        return [each for each in argument[1:] if each is not None]
    return []


def _ambiguous(body: Iterable[Any]) -> bool:
    varying: set[int] = set()
    passed: list[Characters] = []
    _gather(body, varying, passed)
    return bool(varying) and not any(each.isdisjoint(varying) for each in passed)


def _gather(parts: Iterable[Any], varying: set[int], passed: list[Characters]) -> None:
    """Add what may match in several ways to `varying`, and what has to be passed to `passed`."""
    for code, argument in parts:
        if code in _REPEATS:
            least, most, inner = argument
            if least != most:
                varying |= _characters(inner)
            else:
                _gather(inner, varying, passed)
        elif code is codes.BRANCH:
            if _overlap(argument[1]):
                # Of branches that are alike nothing is left but that there are two.
                varying |= _characters([(code, argument)]) or _EVERY
            for inner in argument[1]:
                _gather(inner, varying, [])
        elif code is codes.SUBPATTERN:
            _gather(argument[3], varying, passed)
        elif code in (codes.LITERAL, codes.NOT_LITERAL, codes.IN, codes.ANY):
            passed.append(_one(code, argument))
        elif code not in (codes.AT, codes.ASSERT, codes.ASSERT_NOT):
            varying |= _EVERY  # a group met again, or something newer


def _overlap(branches: Iterable[Any]) -> bool:
    """Tell whether two branches may begin alike (an empty one begins like everything)."""
    seen: set[int] = set()
    for branch in branches:
        first = next(iter(branch), None)
        if first is None or first[0] not in (codes.LITERAL, codes.NOT_LITERAL, codes.IN, codes.ANY):
            return True
        begins = _one(*first)
        if not begins.isdisjoint(seen):
            return True
        seen |= begins
    return False


def _characters(parts: Iterable[Any]) -> Characters:
    """Return all characters that may be matched within `parts`."""
    found: set[int] = set()
    for code, argument in parts:
        inside = _inside(code, argument)
        for inner in inside:
            found |= _characters(inner)
        if not inside:
            found |= _one(code, argument)
    return frozenset(found)


def _one(code: Any, argument: Any) -> Characters:
    if code is codes.LITERAL:
        return frozenset({min(argument, _OTHER)})
    if code is codes.NOT_LITERAL:
        return _EVERY - {argument}
    if code is codes.IN:
        return _set(argument)
    if code is codes.AT:
        return frozenset()
    return _EVERY


def _set(members: list[Any]) -> Characters:
    found: set[int] = set()
    negated = False
    for code, argument in members:
        if code is codes.NEGATE:
            negated = True
        elif code is codes.RANGE:
            found.update(range(argument[0], min(argument[1], _OTHER) + 1))
        elif code is codes.CATEGORY:
            found |= _category(argument)
        else:
            found.add(min(argument, _OTHER))
    return (_EVERY - found) | {_OTHER} if negated else frozenset(found)


def _category(category: Any) -> Characters:
    pattern = re.compile(_CATEGORIES[category])
    found = {number for number in range(_OTHER) if pattern.match(chr(number))}
    return frozenset(found | {_OTHER})
