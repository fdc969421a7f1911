"""Let the house have a board of notifications."""

from __future__ import annotations

from typing import ClassVar

from hub.api import Detach, House, Integration
from plugins.persistent_notification.board import Board
from plugins.persistent_notification.services import offer_services


class PersistentNotificationIntegration(Integration):
    """Notifications that stay until somebody dismisses them. It needs no options."""

    always: ClassVar[bool] = True

    def start(self, house: House) -> Detach:
        return offer_services(house, Board(house))
