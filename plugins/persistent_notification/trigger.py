"""The persistent_notification trigger: fire when a notification comes, changes or goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from hub.api import Attachment, Detach, Event, House, OneOrMany, Text, Trigger
from plugins.persistent_notification.board import UPDATED


class PersistentNotificationTrigger(Trigger):
    """Fire when a notification is added, updated or removed.

    `current` is taken because Home Assistant has it: it stands for those that are there already when
    somebody begins to look, and so fires no trigger.
    """

    notification_id: Text | None = None
    update_type: OneOrMany[Literal["added", "updated", "removed", "current"]] = ()

    def attach(self, attachment: Attachment) -> Detach:
        def changed(event: Event) -> None:
            update, notification = event.data.get("update_type"), event.data.get("notification")
            if not isinstance(notification, Mapping):  # anybody may fire an event of this name
                return
            found = notification.get("notification_id")
            if self.update_type and update not in self.update_type:
                return
            if self.notification_id is not None and found != self.notification_id:
                return
            facts = {
                "update_type": update,
                "notification": notification,
                "description": f"notification {found} {update}",
            }
            attachment.fire(facts, event.context)

        return attachment.house.bus.listen(UPDATED, changed)

    def because(self, facts: Mapping[str, Any]) -> str:
        return f"the notification {facts['notification'].get('notification_id')} was {facts['update_type']}"

    def waits_for(self, house: House) -> str:
        which = f"the notification {self.notification_id}" if self.notification_id else "a notification"
        return f"{which} is {' or '.join(self.update_type) or 'added, updated or removed'}"
