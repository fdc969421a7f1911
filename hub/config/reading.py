"""Name what the parts that read a configuration hand to one another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from hub.config.document import Spot
from hub.config.problems import KeyPath


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
    """A tag that cannot be obeyed."""

    def __init__(self, text: str, hint: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.hint = hint


class Exhausted(Exception):
    """The whole configuration is too big; reading ends."""

    def __init__(self, spot: Spot, text: str, hint: str) -> None:
        super().__init__(text)
        self.spot = spot
        self.text = text
        self.hint = hint


@dataclass(slots=True)
class Budget:
    """How many values may still be read. An alias costs what it stands for: who walks the data walks that."""

    values: int = 200_000
    spent: int = 0

    def spend(self, count: int, spot: Spot) -> None:
        self.spent += count
        if self.spent > self.values:
            what = f"more than {self.values} values in all"
            raise Exhausted(spot, what, "Does an alias or an include repeat a large part?")


TagReader = Callable[[str, str, Site], Value]
"""Gives the value for a tag, the text behind it and where it stands; raises Refused."""
