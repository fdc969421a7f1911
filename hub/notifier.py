"""Tell the service manager how the hub does, in systemd's words (sd_notify(3))."""

from __future__ import annotations

import logging
import socket
from collections.abc import Mapping

from hub.core.clock import Clock, Detach, nothing

log = logging.getLogger(__name__)


class Notifier:
    """The way to the service manager: a datagram socket, or nobody if the hub was started by hand.

    `address` is what systemd puts into NOTIFY_SOCKET; one that begins with `@` is in the abstract namespace.
    `watchdog` is after how many seconds without a sign of life systemd starts the hub anew, None if never.
    """

    def __init__(self, address: str | None = None, watchdog: float | None = None) -> None:
        self._address = None if not address else "\0" + address[1:] if address[0] == "@" else address
        self._watchdog = watchdog

    def ready(self, status: str) -> None:
        self._tell({"READY": "1", "STATUS": status})

    def reloading(self, clock: Clock) -> None:
        self._tell({"RELOADING": "1", "MONOTONIC_USEC": str(int(clock.monotonic() * 1e6))})

    def stopping(self) -> None:
        self._tell({"STOPPING": "1"})

    def keep_alive(self, clock: Clock) -> Detach:
        """Give signs of life from the event loop, twice as often as asked: a loop that stands gives none."""
        if self._address is None or not self._watchdog:
            return nothing
        every = self._watchdog / 2
        timer: Detach = nothing

        def sign() -> None:
            nonlocal timer
            self._tell({"WATCHDOG": "1"})
            timer = clock.call_later(every, sign)

        sign()
        return lambda: timer()

    def _tell(self, values: Mapping[str, str]) -> None:
        if self._address is None:
            return
        text = "\n".join(f"{key}={value}" for key, value in values.items())
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as way:
                way.connect(self._address)
                way.send(text.encode())
        except OSError as error:  # the house goes on; systemd draws its own conclusions
            log.debug("the service manager can't be told: %s", error)
