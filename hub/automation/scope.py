"""The variables of a run, in blocks: a name is changed where it was first defined."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any


class Block:
    """One block's variables. `visible` holds what can be seen in it, the outer blocks' included."""

    __slots__ = ("_outer", "_own", "visible")

    def __init__(self, values: Mapping[str, Any], outer: Block | None = None) -> None:
        self._outer = outer
        if outer is None:  # all that the outermost block sees is its own
            self.visible: dict[str, Any] = dict(values)
            self._own: Container[str] = self.visible
        else:
            self.visible = {**outer.visible, **values}
            self._own = set(values)

    def inner(self, values: Mapping[str, Any] | None = None) -> Block:
        return Block(values or {}, self)

    def own(self) -> dict[str, Any]:
        """Return the variables that were first defined in this block."""
        return {name: value for name, value in self.visible.items() if name in self._own}

    def assign(self, name: str, value: Any) -> None:
        """Change `name` where it was first defined; a new name stays in this block."""
        if not self._defines(name):
            if isinstance(self._own, set):
                self._own.add(name)
            self.visible[name] = value
            return
        block: Block | None = self
        while block is not None:
            block.visible[name] = value
            if name in block._own:
                return
            block = block._outer

    def assign_outermost(self, name: str, value: Any) -> None:
        """Make `name` known to the whole run."""
        block: Block | None = self
        while block is not None:
            block.visible[name] = value
            block = block._outer

    def _defines(self, name: str) -> bool:
        block: Block | None = self
        while block is not None:
            if name in block._own:
                return True
            block = block._outer
        return False
