"""What one entity was at one moment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from hub.core.cause import Cause

UNAVAILABLE = "unavailable"
UNKNOWN = "unknown"
LONGEST_STATE = 255
_NOTHING_TOLD = (UNAVAILABLE, UNKNOWN)

_OLD_ENTITY_ID = re.compile(r"[a-z0-9_]*[a-z0-9][a-z0-9_]*\.[a-z0-9_]*[a-z0-9][a-z0-9_]*")
_ENTITY_ID = re.compile(r"(?!_)[a-z0-9_]+(?<!_)\.(?!_)[a-z0-9_]+(?<!_)")
NO_ATTRIBUTES: Mapping[str, Any] = MappingProxyType({})


def is_entity_id(text: str) -> bool:
    """Tell whether `text` has the form `domain.object_id` (lower case letters, digits, underscores)."""
    return _ENTITY_ID.fullmatch(text) is not None


def was_entity_id(text: str) -> bool:
    """Tell whether `text` is an entity id, or one with underscores at its ends, as there were long ago."""
    return _OLD_ENTITY_ID.fullmatch(text) is not None


class State:
    """What one entity was at one moment. Never changed after it is made."""

    __slots__ = ("attributes", "cause", "changed", "entity_id", "reported", "state", "updated")

    def __init__(
        self,
        entity_id: str,
        state: str,
        attributes: Mapping[str, Any],
        changed: float,
        updated: float,
        reported: float,
        cause: Cause | None,
    ) -> None:
        self.entity_id = entity_id
        self.state = state
        self.attributes = attributes
        self.changed = changed
        self.updated = updated
        self.reported = reported
        self.cause = cause

    @property
    def domain(self) -> str:
        return self.entity_id.partition(".")[0]

    @property
    def object_id(self) -> str:
        return self.entity_id.partition(".")[2]

    @property
    def tells(self) -> bool:
        """Tell whether it says what the entity is now: it is not unknown, nor from before this start."""
        return self.state not in _NOTHING_TOLD and not self.attributes.get("restored")

    @property
    def name(self) -> str:
        name = self.attributes.get("friendly_name")
        return str(name) if name is not None else self.object_id.replace("_", " ")

    @property
    def last_changed(self) -> datetime:
        return datetime.fromtimestamp(self.changed, UTC)

    @property
    def last_updated(self) -> datetime:
        return datetime.fromtimestamp(self.updated, UTC)

    @property
    def last_reported(self) -> datetime:
        return datetime.fromtimestamp(self.reported, UTC)

    @property
    def context(self) -> Cause:
        if self.cause is None:
            self.cause = Cause()
        return self.cause

    def as_dict(self) -> dict[str, Any]:
        """Return the form that Home Assistant's API gives a state (times in ISO 8601, UTC)."""
        return {
            "entity_id": self.entity_id,
            "state": self.state,
            "attributes": dict(self.attributes),
            "last_changed": self.last_changed.isoformat(),
            "last_reported": self.last_reported.isoformat(),
            "last_updated": self.last_updated.isoformat(),
            "context": self.context.as_dict(),
        }

    def __repr__(self) -> str:
        return f"<State {self.entity_id}={self.state}>"
