"""What can be subscribed to: a channel gathers what is new, and gives it away when it is time to send."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Channel(Protocol):
    """One subscription of one page."""

    def take(self) -> bytes | None:
        """Return what is new as the inside of a JSON object (`"states":{…}`), None if nothing is."""
        ...

    def close(self) -> None:
        """Gather nothing more."""
        ...


Wake = Callable[[], None]
"""Says that there is something to send."""
