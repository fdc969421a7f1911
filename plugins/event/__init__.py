"""A trigger for events of any type."""

from __future__ import annotations

from hub.api import Trigger, hookimpl
from plugins.event.trigger import EventTrigger


@hookimpl
def triggers() -> dict[str, type[Trigger]]:
    return {"event": EventTrigger}
