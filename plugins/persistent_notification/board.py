"""The board on which notifications hang until they are dismissed."""

from __future__ import annotations

import logging
import uuid
from typing import Any, Literal

from hub.api import Cause, House

log = logging.getLogger(__name__)

UPDATED = "persistent_notifications_updated"
"""The event that tells of a change: `update_type` and the `notification`."""
UpdateType = Literal["added", "updated", "removed"]

Notification = dict[str, Any]
"""As Home Assistant has it: `notification_id`, `title` (None if it has none), `message`, `created_at`."""

# An automation that runs wild, with a new id each time, must not fill the memory.
MOST = 1000


class Board:
    """The notifications by id, the oldest first."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._notifications: dict[str, Notification] = {}

    def list(self) -> list[Notification]:
        return list(self._notifications.values())

    def create(
        self, message: str, title: str | None, notification_id: str | None, cause: Cause | None
    ) -> None:
        """Hang up a notification; one that has the same id is replaced."""
        wanted = notification_id if notification_id is not None else uuid.uuid4().hex
        update: UpdateType = "updated" if wanted in self._notifications else "added"
        self._make_room(wanted, cause)
        self._notifications[wanted] = {
            "notification_id": wanted,
            "title": title,
            "message": message,
            "created_at": self._house.clock.now(),
        }
        self._tell(update, self._notifications[wanted], cause)

    def dismiss(self, notification_id: str, cause: Cause | None) -> None:
        """Take a notification down, if it is there."""
        notification = self._notifications.pop(notification_id, None)
        if notification is not None:
            self._tell("removed", notification, cause)

    def dismiss_all(self, cause: Cause | None) -> None:
        for notification_id in list(self._notifications):
            self.dismiss(notification_id, cause)

    def _make_room(self, wanted: str, cause: Cause | None) -> None:
        if wanted in self._notifications or len(self._notifications) < MOST:
            return
        oldest = next(iter(self._notifications))
        log.warning("persistent_notification: more than %s, so %r is taken down", MOST, oldest)
        self.dismiss(oldest, cause)

    def _tell(self, update: UpdateType, notification: Notification, cause: Cause | None) -> None:
        self._house.bus.emit(UPDATED, {"update_type": update, "notification": notification}, cause)
