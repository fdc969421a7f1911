"""Name what the parts that read a configuration hand to one another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from hub.config.document import Spot
from hub.config.problems import KeyPath
from hub.config.syntax import SyntaxTrouble


class Value(NamedTuple):
    data: object
    spot: Spot


@dataclass(frozen=True, slots=True)
class Site:
    """Where a tag stands: its spot, the path of its value and how deep that lies."""

    spot: Spot
    path: KeyPath
    depth: int


class Refused(Exception):
    """A tag that cannot be obeyed; `missing` says that only what it names is not there."""

    def __init__(self, text: str, hint: str = "", *, missing: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.hint = hint
        self.missing = missing


OWN_SECTIONS = frozenset({"hub", "broker", "registries", "brokers", "web"})
"""Sections that decide who may do what: in them nothing may be missing and nothing may stand twice."""


def may_lack(path: KeyPath) -> bool:
    """Tell whether a mistake at `path` may be a warning, as it is in a home that was published in part."""
    return bool(path) and path[0] not in OWN_SECTIONS


class Exhausted(Exception):
    """The whole configuration is too big; reading ends."""

    def __init__(self, spot: Spot, text: str, hint: str) -> None:
        super().__init__(text)
        self.spot = spot
        self.text = text
        self.hint = hint


@dataclass(slots=True)
class Budget:
    """How many values may still be read, and how deep they lie.

    An alias costs what it stands for, and a file included twice costs twice: who walks the data walks that.
    """

    values: int = 200_000
    levels: int = 64
    spent: int = 0
    deepest: int = 0

    def spend(self, count: int, spot: Spot) -> None:
        self.spent += count
        if self.spent > self.values:
            what = f"more than {self.values} values in all"
            raise Exhausted(spot, what, "Does an alias or an include repeat a large part?")

    def reach(self, depth: int, spot: Spot) -> None:
        self.deepest = max(self.deepest, depth)
        if depth > self.levels:
            what = f"more than {self.levels} levels deep"
            raise SyntaxTrouble(spot.line, spot.column, what, "Split it up")

    def repeat(self, size: Size, depth: int, spot: Spot) -> None:
        """Pay for something of that size once more, at `depth`."""
        self.spend(size.values, spot)
        self.reach(depth + size.levels, spot)

    @contextmanager
    def measured(self, depth: int) -> Iterator[Callable[[], Size]]:
        """Give what tells the size of all that is read meanwhile at `depth`."""
        spent, deepest = self.spent, self.deepest
        self.deepest = depth
        try:
            yield lambda: Size(self.spent - spent, self.deepest - depth)
        finally:
            self.deepest = max(deepest, self.deepest)


class Size(NamedTuple):
    """How many values something has, and how many levels below it."""

    values: int
    levels: int


TagReader = Callable[[str, str, Site], Value]
"""Gives the value for a tag, the text behind it and where it stands; raises Refused."""
