"""The tag trigger: fire when a tag is scanned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.api import Attachment, Detach, Event, House, OneOrMany, Text, Trigger

TAG_SCANNED = "tag_scanned"


class TagTrigger(Trigger):
    """Fire when one of these tags is scanned; with `device_id` by one of these readers only.

    A scan is the event `tag_scanned` with `tag_id` and `device_id`.
    """

    tag_id: OneOrMany[Text]
    device_id: OneOrMany[Text] | None = None

    def attach(self, attachment: Attachment) -> Detach:
        tags = frozenset(self.tag_id)
        readers = frozenset(self.device_id) if self.device_id is not None else None

        def scanned(event: Event) -> None:
            if event.data.get("tag_id") not in tags:
                return
            if readers is not None and event.data.get("device_id") not in readers:
                return
            attachment.fire({"event": event, "description": "Tag scanned"}, event.context)

        return attachment.house.bus.listen(TAG_SCANNED, scanned)

    def because(self, facts: Mapping[str, Any]) -> str:
        return f"the tag {facts['event'].data['tag_id']} was scanned"

    def waits_for(self, house: House) -> str:
        where = f" by {' or '.join(self.device_id)}" if self.device_id is not None else ""
        return f"the tag {' or '.join(self.tag_id)} is scanned{where}"
