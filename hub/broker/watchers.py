"""Tell those who listen, each on its own: one listener's bug does not reach the others."""

from __future__ import annotations

import logging
from collections.abc import Callable

from hub.broker.events import BrokerEvent
from hub.core.clock import Detach

log = logging.getLogger(__name__)

Listen = Callable[[BrokerEvent], None]


class Watchers:
    """Those who asked to be told of the server's events."""

    def __init__(self) -> None:
        self._watchers: dict[object, Listen] = {}

    def add(self, listen: Listen) -> Detach:
        handle = object()
        self._watchers[handle] = listen
        return lambda: (self._watchers.pop(handle, None), None)[1]

    def tell(self, event: BrokerEvent) -> None:
        for listen in tuple(self._watchers.values()):
            try:
                listen(event)
            except Exception:  # one listener's bug must not silence the others
                log.exception("a listener failed on %s", type(event).__name__)
