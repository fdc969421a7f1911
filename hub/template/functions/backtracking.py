"""Tell which regular expressions may try for ever before they fail."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Private by name, but the only module that knows the grammar.
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from hub.template.functions.characters import EVERY, Characters, category, folded, without

_MANY = 3
_SIDE_BY_SIDE = 4
_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)
_SINGLE = (codes.LITERAL, codes.NOT_LITERAL, codes.IN, codes.ANY)
_ANCHORS = (codes.AT, codes.ASSERT, codes.ASSERT_NOT)
_IGNORECASE = re.compile(r"\(\?[a-zA-Z]*i")


def endless(pattern: str, ignorecase: bool = False) -> bool:
    """Tell whether a repeat within a repeat can match one text in ever more ways, as in `(a+)+`.

    A body that has to pass a character which nothing variable in it matches has one way only:
    `([a-z]+,)*` is fine. So are a few repeats side by side.
    """
    fold = ignorecase or _IGNORECASE.search(pattern) is not None
    try:
        return _Analysis(fold).endless(parser.parse(pattern))
    except re.error:
        return False  # compiling it will say what is wrong
    except Exception:  # a grammar that is newer than this code
        return True


class _Analysis:
    """Walks through a pattern as Python's own parser takes it apart."""

    def __init__(self, fold: bool) -> None:
        self._fold = fold

    def endless(self, parts: Iterable[Any]) -> bool:
        run = 0
        for code, argument in parts:
            if code in _REPEATS:
                _, most, body = argument
                run = run + 1 if most == codes.MAXREPEAT else run
                if run >= _SIDE_BY_SIDE or (most > _MANY and self._ambiguous(body)):
                    return True
            elif code is not codes.AT:
                run = 0
            if any(self.endless(inner) for inner in _inside(code, argument)):
                return True
        return False

    def _ambiguous(self, body: Iterable[Any]) -> bool:
        varying: set[int] = set()
        passed: list[Characters] = []
        self._gather(body, varying, passed)
        return bool(varying) and not any(each.isdisjoint(varying) for each in passed)

    def _gather(self, parts: Iterable[Any], varying: set[int], passed: list[Characters]) -> None:
        """Add what may match in several ways to `varying`, and what has to be passed to `passed`."""
        for code, argument in parts:
            if code in _REPEATS:
                least, most, inner = argument
                if least != most:
                    varying |= self._characters(inner)
                else:
                    self._gather(inner, varying, passed)
            elif code is codes.BRANCH:
                if self._overlap(argument[1]):
                    # Of branches that are alike nothing is left but that there are two.
                    varying |= self._characters([(code, argument)]) or EVERY
                for inner in argument[1]:
                    self._gather(inner, varying, [])
            elif code is codes.SUBPATTERN:
                self._gather(argument[3], varying, passed)
            elif code in _SINGLE:
                passed.append(self._one(code, argument))
            elif code not in _ANCHORS:
                varying |= EVERY  # a group met again, or something newer

    def _overlap(self, branches: Iterable[Any]) -> bool:
        """Tell whether two branches may begin alike (an empty one begins like everything)."""
        seen: set[int] = set()
        for branch in branches:
            first = next(iter(branch), None)
            if first is None or first[0] not in _SINGLE:
                return True
            begins = self._one(*first)
            if not begins.isdisjoint(seen):
                return True
            seen |= begins
        return False

    def _characters(self, parts: Iterable[Any]) -> Characters:
        """Return all characters that may be matched within `parts`."""
        found: set[int] = set()
        for code, argument in parts:
            inside = _inside(code, argument)
            for inner in inside:
                found |= self._characters(inner)
            if not inside:
                found |= self._one(code, argument)
        return frozenset(found)

    def _one(self, code: Any, argument: Any) -> Characters:
        if code is codes.LITERAL:
            return folded(argument, argument, self._fold)
        if code is codes.NOT_LITERAL:
            return without(folded(argument, argument, self._fold), [])
        if code is codes.IN:
            return self._set(argument)
        return frozenset() if code is codes.AT else EVERY

    def _set(self, members: list[Any]) -> Characters:
        found: set[int] = set()
        classes = [category(argument) for code, argument in members if code is codes.CATEGORY]
        for code, argument in members:
            if code is codes.RANGE:
                found |= folded(argument[0], argument[1], self._fold)
            elif code is codes.LITERAL:
                found |= folded(argument, argument, self._fold)
        found = found.union(*classes)
        negated = any(code is codes.NEGATE for code, _ in members)
        return without(frozenset(found), classes) if negated else frozenset(found)


def _inside(code: Any, argument: Any) -> list[Any]:
    if code is codes.BRANCH:
        return list(argument[1])
    if code in _REPEATS:
        return [argument[2]]
    if code is codes.SUBPATTERN:
        return [argument[3]]
    if code is codes.ATOMIC_GROUP:
        return [argument]
    if code in (codes.ASSERT, codes.ASSERT_NOT):
        return [argument[1]]
    if code is codes.GROUPREF_EXISTS:
        return [each for each in argument[1:] if each is not None]
    return []
