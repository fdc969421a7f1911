"""The shape of a template function: its name, and the places in which a template may write it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Flag, auto
from typing import Any


class Use(Flag):
    """`name(x)`, `x | name`, `x is name`."""

    CALL = auto()
    FILTER = auto()
    TEST = auto()


CALL, FILTER, TEST = Use.CALL, Use.FILTER, Use.TEST
BOTH = CALL | FILTER


@dataclass(frozen=True, slots=True)
class Function:
    """One name of the template language. `call` is a callable or, with `CALL` only, any value.

    A function that is not `limited` reads states or time: limited templates refuse it, and templates
    without any such need no tracking.
    """

    name: str
    call: Any
    use: Use = BOTH
    limited: bool = True
