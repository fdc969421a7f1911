"""Hang a notice on the board for people, if a plugin offers one: what cannot wait for the log to be read."""

from __future__ import annotations

import logging
from typing import Any

from hub.core.errors import HubError
from hub.core.ports import House

log = logging.getLogger(__name__)
_BOARD = "persistent_notification"


def post(house: House, id: str, title: str, text: str) -> None:
    """Hang up a notice, in the place of one with the same id."""
    _call(house, "create", {"notification_id": id, "title": title, "message": text})


def take_down(house: House, id: str) -> None:
    """Take a notice away, if it is there."""
    _call(house, "dismiss", {"notification_id": id})


def _call(house: House, service: str, data: dict[str, Any]) -> None:
    if house.services.find(_BOARD, service) is None:
        return
    try:
        house.services.call(_BOARD, service, data)
    except HubError as error:
        log.debug("nobody could be told: %s", error)
