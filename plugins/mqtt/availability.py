"""Tell from an entity's availability topics whether it is there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal


class Availability:
    """What the topics said last, and what follows: the latest word, any online, or all online."""

    __slots__ = ("_latest", "_mode", "_online")

    def __init__(
        self,
        topics: Sequence[str],
        mode: Literal["latest", "any", "all"],
        before: Availability | None = None,
    ) -> None:
        known: dict[str, bool] = before._online if before is not None else {}
        self._mode = mode
        self._online: dict[str, bool] = {topic: known.get(topic, False) for topic in topics}
        self._latest: bool = before._latest if before is not None else False

    def heard(self, topic: str, online: bool) -> None:
        self._online[topic] = online
        self._latest = online

    @property
    def online(self) -> bool:
        if not self._online:
            return True
        if self._mode == "all":
            return all(self._online.values())
        if self._mode == "any":
            return any(self._online.values())
        return self._latest
