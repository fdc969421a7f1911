"""Remember entities from one start to the next; this one only while the process lives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.core.remembered import Remembered


class ShortMemory:
    """What was put in at the start, and nothing after the end."""

    def __init__(self, remembered: Mapping[str, Remembered] | None = None) -> None:
        self._kept = dict(remembered or {})

    def recall(self, entity_id: str) -> Remembered | None:
        return self._kept.get(entity_id)

    def keep(self, entity_id: str, state: str, attributes: Mapping[str, Any] | None = None) -> None:
        self._kept[entity_id] = Remembered(state, dict(attributes or {}))

    def all(self) -> Mapping[str, Remembered]:
        """Return everything, as the next start would find it."""
        return dict(self._kept)
