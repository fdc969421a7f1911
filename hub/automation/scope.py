"""The variables of a run, in blocks: a name is changed where it was first defined."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, MutableMapping
from typing import Any


class Block:
    """One block's variables. `visible` holds what can be seen in it, the outer blocks' included."""

    __slots__ = ("_apart", "_outer", "_own", "visible")

    def __init__(self, values: Mapping[str, Any], outer: Block | None = None, *, apart: bool = False) -> None:
        self._outer = outer
        self._apart = apart
        self._own: dict[str, Any] = dict(values)
        self.visible: MutableMapping[str, Any] = self._own if outer is None else outer._seen_below(self._own)

    def inner(self, values: Mapping[str, Any] | None = None, *, apart: bool = False) -> Block:
        """Return a block in this one; one that is `apart` goes on beside others."""
        return Block(values or {}, self, apart=apart)

    def own(self) -> dict[str, Any]:
        """Return the variables that were first defined in this block."""
        return {name: value for name, value in self.visible.items() if name in self._own}

    def assign(self, name: str, value: Any) -> None:
        """Change `name` where it was first defined; a new name is the whole run's, as in Home Assistant."""
        block = self
        while name not in block._own and block._outer is not None:
            block = block._outer
        block._own[name] = value

    def assign_outermost(self, name: str, value: Any) -> None:
        """Make `name` known to the whole run, or to that part of it which goes on beside others."""
        block = self
        while not block._apart and block._outer is not None:
            block._own.pop(name, None)
            block = block._outer
        block._own[name] = value

    def _seen_below(self, own: dict[str, Any]) -> ChainMap[str, Any]:
        seen = self.visible
        return ChainMap(own, *(seen.maps if isinstance(seen, ChainMap) else [self._own]))
