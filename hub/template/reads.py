"""Note what a rendering looks at, so that it need not be rendered again before that changes."""

from __future__ import annotations

from hub.core.ports import Reads


class Notes:
    """What was read since `begin`; nothing is noted unless `on`."""

    __slots__ = ("domains", "entities", "every_state", "on", "time")

    def __init__(self) -> None:
        self.begin()
        self.on = False

    def begin(self) -> None:
        self.on = True
        self.entities: set[str] = set()
        self.domains: set[str] = set()
        self.every_state = False
        self.time = False

    def end(self) -> Reads:
        self.on = False
        return Reads(frozenset(self.entities), frozenset(self.domains), self.every_state, self.time)
