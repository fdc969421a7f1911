"""A helper that lives: its entity, what it was before this start, and how it is kept for the next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.api import UNAVAILABLE, UNKNOWN, Command, EntityInfo, House, Remembered, ServiceCall


class Helper:
    """One living helper: its entity, and what it was before this start."""

    def __init__(self, house: House, info: EntityInfo, commands: Mapping[str, Command]) -> None:
        self.house = house
        self.entity = house.entities.add(info, commands)

    @property
    def entity_id(self) -> str:
        return self.entity.entity_id

    def remembered(self) -> Remembered | None:
        """Return the state of before this start, None if it had none that means anything."""
        remembered = self.house.memory.recall(self.entity_id)
        if remembered is None or remembered.state in (UNKNOWN, UNAVAILABLE):
            return None
        return remembered

    def show(
        self, state: str | None, attributes: Mapping[str, Any] | None = None, call: ServiceCall | None = None
    ) -> None:
        """Write the state, and keep it for the next start."""
        self.entity.write(state, attributes, cause=call.cause if call is not None else None)
        if state is not None:
            self.house.memory.keep(self.entity_id, state, attributes)

    def remove(self) -> None:
        """Take the helper out of the house."""
        self.entity.remove()
