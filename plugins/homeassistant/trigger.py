"""The homeassistant trigger: fire when the hub has started, or is about to stop."""

from __future__ import annotations

from typing import Literal

from hub.api import Attachment, Detach, Event, House, Trigger, nothing

# The events are Home Assistant's, so that rules which listen for these by name work as well.
_EVENTS = {"start": "homeassistant_started", "shutdown": "homeassistant_stop"}
_WORDS = {"start": "the hub has started", "shutdown": "the hub stops"}


class HomeAssistantTrigger(Trigger):
    """Fire when the hub has started, or when it is about to stop.

    An automation that comes later, by a reload, does not fire for a start that is past.
    """

    event: Literal["start", "shutdown"]
    """Whether the hub has started or stops."""

    def attach(self, attachment: Attachment) -> Detach:
        house = attachment.house
        if self.event == "start" and house.started:
            return nothing
        words = _WORDS[self.event]

        def happened(event: Event) -> None:
            attachment.fire({"event": self.event, "description": words}, event.context)

        return house.bus.listen(_EVENTS[self.event], happened)

    def waits_for(self, house: House) -> str:
        return _WORDS[self.event]
