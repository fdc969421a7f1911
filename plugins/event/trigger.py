"""The event trigger: fire when an event of a type, with some data, happens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hub.api import (
    Attachment,
    Bus,
    Detach,
    Event,
    House,
    HubError,
    LimitedData,
    LimitedTemplate,
    OneOrMany,
    Trigger,
    together,
)


class EventTrigger(Trigger):
    """Fire when an event of one of these types happens, if its data and context hold what is given."""

    event_type: OneOrMany[LimitedTemplate]
    event_data: LimitedData | None = None
    context: LimitedData | None = None

    def attach(self, attachment: Attachment) -> Detach:
        known = attachment.variables
        data = self.event_data.render(known) if self.event_data is not None else {}
        context = self.context.render(known) if self.context is not None else {}

        def happened(event: Event) -> None:
            if data and not _holds(data, event.data):
                return
            if context and not _comes_from(context, event.context.as_dict()):
                return
            facts = {
                "platform": "event",
                "event": event,
                "description": f"event '{event.event_type}'",
            }
            attachment.fire(facts, event.context)

        types = dict.fromkeys(template.text(known) for template in self.event_type)
        if "" in types:
            raise HubError("event_type is empty once it is rendered")
        return together([_listen(attachment.house.bus, each, data, happened) for each in types])

    def because(self, facts: Mapping[str, Any]) -> str:
        return f"the event {facts['event'].event_type} happened"

    def waits_for(self, house: House) -> str:
        types = " or ".join(template.source for template in self.event_type)
        return f"event {types}" + (f" with {self.event_data.data}" if self.event_data is not None else "")


def _listen(bus: Bus, event_type: str, data: Mapping[str, Any], happened: Callable[[Event], None]) -> Detach:
    entity_id = data.get("entity_id")
    if event_type == "state_changed" and isinstance(entity_id, str):
        # Not to be woken by every change of every entity.
        return bus.listen_state(entity_id, happened)
    return bus.listen(event_type, happened)


def _holds(wanted: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    """Tell whether `data` has all that is wanted, mappings inside it too."""
    return all(key in data and _same(value, data[key]) for key, value in wanted.items())


def _same(wanted: Any, value: Any) -> bool:
    if isinstance(wanted, Mapping) and isinstance(value, Mapping):
        return _holds(wanted, value)
    if isinstance(wanted, (list, tuple)) and isinstance(value, (list, tuple)):
        return len(wanted) == len(value) and all(map(_same, wanted, value))
    if isinstance(wanted, bool) or isinstance(value, bool):
        return wanted is value
    return bool(wanted == value)


def _comes_from(wanted: Mapping[str, Any], context: Mapping[str, Any]) -> bool:
    """Tell whether the context fits; a list means that one of its items does."""
    for key, value in wanted.items():
        choices = value if isinstance(value, (list, tuple)) else [value]
        if context.get(key) not in choices:
            return False
    return True
