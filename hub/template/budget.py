"""Bound what one rendering may use: loop turns, text, lists and time.

Templates come from the house's owner, but also from devices that announce themselves, and all of
them render between two awaits: a template without an end would stop the house.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from hub.core.clock import Clock
from hub.template.inputs import TooMuch

TURNS = 1_000_000
"""Loop turns, calls and list items of one rendering."""

LONGEST_TEXT = 1024 * 1024
LONGEST_LIST = 100_000
LARGEST_INTEGER_BITS = 16_384
WIDEST_FIELD = 10_000
SECONDS = 5.0

CONTAINERS = (list, tuple, dict, set, frozenset)

_LOOK_EVERY = 10_000
_CHARACTERS_A_TURN = 256
_ITEMS_A_TURN = 8


class Budget:
    """What is left for the rendering under way."""

    __slots__ = ("_clock", "_deadline", "_look_at", "left")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._deadline = 0.0
        self._look_at = 0
        self.left = TURNS

    def renew(self) -> None:
        self.left = TURNS
        self._look_at = TURNS - _LOOK_EVERY
        self._deadline = 0.0

    def spend(self, turns: int) -> None:
        """Take `turns` away; raises `TooMuch` when nothing is left."""
        self.left -= turns
        if self.left < self._look_at:
            self._look()

    def _look(self) -> None:
        if self.left < 0:
            raise TooMuch(f"it loops more than {TURNS:,} times")
        # The clock is first asked after many turns: small templates never pay for it.
        now = self._clock.monotonic()
        if not self._deadline:
            self._deadline = now + SECONDS
        elif now > self._deadline:
            raise TooMuch(f"it takes more than {SECONDS:g} seconds")
        self._look_at = self.left - _LOOK_EVERY

    def turn(self, value: Any) -> Any:
        """Count one turn of a loop and return `value`."""
        self.left -= 1
        if self.left < self._look_at:
            self._look()
        return value

    def counted(self, items: Any) -> Any:
        """Return `items`, having counted them; an iterator is counted as it is read."""
        try:
            size = len(items)
        except TypeError:
            return self._counting(items) if isinstance(items, Iterator) else items
        self.spend(size)
        return items

    def _counting(self, items: Iterable[Any]) -> Iterator[Any]:
        for item in items:
            self.spend(1)
            yield item

    def text(self, length: int) -> None:
        """Allow a text of `length` characters to be made."""
        self.fits(length)
        self.spend(length // _CHARACTERS_A_TURN)

    def fits(self, length: int) -> None:
        """Count one turn, and refuse a text of more than so many characters."""
        if length > LONGEST_TEXT:
            raise TooMuch(f"it makes a text of more than {LONGEST_TEXT:,} characters")
        self.left -= 1

    def items(self, length: int) -> None:
        """Allow a list of `length` items to be made."""
        if length > LONGEST_LIST:
            raise TooMuch(f"it makes a list of more than {LONGEST_LIST:,} items")
        self.spend(length // _ITEMS_A_TURN)

    def join(self, parts: Iterable[str], separator: str = "") -> str:
        """Join texts, if the result is not too long."""
        pieces = parts if isinstance(parts, (list, tuple)) else list(parts)
        length = sum(map(len, pieces)) + len(separator) * len(pieces)
        if length > _CHARACTERS_A_TURN:
            self.text(length)
        return separator.join(pieces)

    def shown(self, value: Any) -> str:
        """Return a value as it is printed."""
        if type(value) is str:
            return value
        if isinstance(value, CONTAINERS):
            self.weigh(value)
        return str(value)

    def nested(self, value: Any) -> Any:
        """Return a new list, tuple or dict, having weighed it if there is another within."""
        for each in value.values() if type(value) is dict else value:
            if isinstance(each, CONTAINERS):
                self.weigh(value)
                break
        return value

    def weigh(self, value: Any) -> None:
        """Count all that is in a nested value: one list in itself a few times over grows without end."""
        left = [value]
        while left:
            found = left.pop()
            inside = found.values() if isinstance(found, dict) else found
            self.spend(len(inside) + 1)
            left += [each for each in inside if isinstance(each, CONTAINERS)]
            if isinstance(found, dict):
                left += [each for each in found if isinstance(each, CONTAINERS)]
