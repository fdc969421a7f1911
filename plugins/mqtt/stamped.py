"""An entity whose state is when it was last used: buttons, scenes, ways to notify."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from hub.api import ServiceCall
from plugins.mqtt.live import Live
from plugins.mqtt.options import EntityOptions

T = TypeVar("T", bound=EntityOptions)


class Stamped(Live[T]):
    """Unknown until it is used for the first time; the moment is remembered."""

    _used: str | None = None

    def restore(self) -> None:
        remembered = self.house.memory.recall(self.name)
        if remembered is not None and _is_moment(remembered.state):
            self._used = remembered.state

    def stamp(self, call: ServiceCall) -> None:
        """Say that it was used now."""
        self._used = self.house.clock.now().isoformat(timespec="seconds")
        self.show_assumed(call)

    def current(self) -> tuple[str | None, Mapping[str, Any]]:
        return self._used, {}


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
