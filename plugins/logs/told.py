"""Tell what is logged as an event of the house: `system_log_event`, as Home Assistant names it."""

from __future__ import annotations

import asyncio
import logging
import traceback
from typing import Any

from hub.api import Detach, House

EVENT = "system_log_event"
_NAMED = {logging.WARNING: "WARNING", logging.ERROR: "ERROR", logging.CRITICAL: "CRITICAL"}


def tell(house: House) -> Detach:
    """Emit an event for each warning and error from now on. Needs a running loop."""
    loop = asyncio.get_running_loop()
    handler = _Teller(house, loop)
    root = logging.getLogger()
    root.addHandler(handler)
    return lambda: root.removeHandler(handler)


class _Teller(logging.Handler):
    def __init__(self, house: House, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(logging.WARNING)
        self._house = house
        self._loop = loop

    def emit(self, record: logging.LogRecord) -> None:
        try:
            data = _data(record)
        except Exception:  # a wrong format string is not worth more than logging makes of it
            self.handleError(record)
            return
        # Whatever logs may be in another thread, or in the midst of what a listener would change.
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._tell, data)

    def _tell(self, data: dict[str, Any]) -> None:
        self._house.bus.emit(EVENT, data)


def _data(record: logging.LogRecord) -> dict[str, Any]:
    raised = record.exc_info
    return {
        "name": record.name,
        "message": [record.getMessage()],
        "level": _NAMED.get(record.levelno, record.levelname),
        "source": [record.pathname, record.lineno],
        "timestamp": record.created,
        "first_occurred": record.created,
        "exception": "".join(traceback.format_exception(*raised)) if raised else "",
        "count": 1,
    }
