"""A trigger for the start and the stop of the hub."""

from __future__ import annotations

from hub.api import Trigger, hookimpl
from plugins.homeassistant.trigger import HomeAssistantTrigger


@hookimpl
def triggers() -> dict[str, type[Trigger]]:
    return {"homeassistant": HomeAssistantTrigger}
