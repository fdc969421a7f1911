"""Every event that the hub itself fires: one class each, named in the past tense.

`event_type` is the name under which Home Assistant's YAML knows the event; `data` its content there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from hub.core.cause import Cause
from hub.core.state import State


class Event:
    """Something that happened: its type, its data, what caused it, and when (seconds since 1970)."""

    __slots__ = ("cause", "data", "event_type", "fired")

    def __init__(
        self,
        event_type: str,
        data: Mapping[str, Any] | None = None,
        cause: Cause | None = None,
        fired: float = 0,
    ) -> None:
        self.event_type = event_type
        self.data: Mapping[str, Any] = data if data is not None else {}
        self.cause = cause
        self.fired = fired

    @property
    def context(self) -> Cause:
        if self.cause is None:
            self.cause = Cause()
        return self.cause

    @property
    def time_fired(self) -> datetime:
        return datetime.fromtimestamp(self.fired, UTC)

    def as_dict(self) -> dict[str, Any]:
        return {
            "event_type": self.event_type,
            "data": dict(self.data),
            "origin": "LOCAL",
            "time_fired": self.time_fired.isoformat(),
            "context": self.context.as_dict(),
        }

    def __repr__(self) -> str:
        return f"<Event {self.event_type} {dict(self.data)}>"


class StateChanged:
    """An entity's state or attributes changed; `old` is None when it is new, `new` when it is gone."""

    __slots__ = ("cause", "entity_id", "new", "old")
    event_type = "state_changed"

    def __init__(self, entity_id: str, old: State | None, new: State | None, cause: Cause | None) -> None:
        self.entity_id = entity_id
        self.old = old
        self.new = new
        self.cause = cause

    @property
    def data(self) -> Mapping[str, Any]:
        return {"entity_id": self.entity_id, "old_state": self.old, "new_state": self.new}

    @property
    def fired(self) -> float:
        state = self.new or self.old
        return state.updated if state else 0.0

    @property
    def context(self) -> Cause:
        if self.cause is None:
            self.cause = self.new.context if self.new is not None else Cause()
        return self.cause

    @property
    def time_fired(self) -> datetime:
        return datetime.fromtimestamp(self.fired, UTC)


STATE_REPORTED = "state_reported"


def state_reported(old: State, new: State) -> Event:
    """A state was written again and nothing differed."""
    told = {
        "entity_id": new.entity_id,
        "new_state": new,
        "old_last_reported": old.last_reported,
        "last_reported": new.last_reported,
    }
    return Event(STATE_REPORTED, told, new.cause, new.reported)


# Event types that are fired as a plain `Event`; their data is what Home Assistant puts there.
AUTOMATION_PAUSED = "automation_paused"
AUTOMATION_RELOADED = "automation_reloaded"
AUTOMATION_TRIGGERED = "automation_triggered"
CALL_SERVICE = "call_service"
HUB_START = "homeassistant_start"
HUB_STARTED = "homeassistant_started"
HUB_STOP = "homeassistant_stop"
SCRIPT_STARTED = "script_started"
ENTITY_REGISTRY_UPDATED = "entity_registry_updated"
DEVICE_REGISTRY_UPDATED = "device_registry_updated"
AREA_REGISTRY_UPDATED = "area_registry_updated"
FLOOR_REGISTRY_UPDATED = "floor_registry_updated"
LABEL_REGISTRY_UPDATED = "label_registry_updated"
SERVICE_REGISTERED = "service_registered"
