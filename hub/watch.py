"""Look again at a template when something changes that it read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from hub.core.clock import Detach, nothing, together
from hub.core.events import StateChanged
from hub.core.ports import House, Reads

Look = Callable[[StateChanged | None], Reads | None]

# A template that reads all states, or a whole domain, is not rendered for each single change.
EVERY_STATE_SECONDS = 60.0
DOMAIN_SECONDS = 1.0


class Watch:
    """Calls `look(event)` when what was read changes, and each full minute if the time was read.

    `look` gives back what it read this time; None keeps watching as before. The event is None where it
    was the time. Reading all states is looked at again at most once a minute, a domain once a second.
    """

    def __init__(self, house: House, reads: Reads, look: Look) -> None:
        self._house = house
        self._look = look
        self._reads = reads
        self._soon: Detach | None = None
        self._last = float("-inf")
        self._stop = self._listen(reads)

    def stop(self) -> None:
        self._stop()
        self._stop = nothing
        if self._soon is not None:
            self._soon()
            self._soon = None

    def _listen(self, reads: Reads) -> Detach:
        bus = self._house.bus
        stops = [bus.listen_state(entity_id, self._again) for entity_id in reads.entities]
        if reads.every_state or reads.domains:
            stops.append(bus.listen("state_changed", self._one_of_many))
        if reads.time:
            stops.append(self._each_minute())
        return together(stops)

    def _again(self, event: StateChanged | None) -> None:
        reads = self._look(event)
        if reads is not None and reads != self._reads and self._stop is not nothing:
            self._stop()
            self._reads = reads
            self._stop = self._listen(reads)

    def _one_of_many(self, event: StateChanged) -> None:
        reads = self._reads
        if event.entity_id in reads.entities:
            return
        if reads.every_state:
            self._not_too_often(event, EVERY_STATE_SECONDS)
        elif event.entity_id.partition(".")[0] in reads.domains:
            self._not_too_often(event, DOMAIN_SECONDS)

    def _not_too_often(self, event: StateChanged, pause: float) -> None:
        if self._soon is not None:
            return
        clock = self._house.clock
        left = self._last + pause - clock.monotonic()
        if left <= 0:
            self._last = clock.monotonic()
            self._again(event)
            return

        def late() -> None:
            self._soon = None
            self._last = clock.monotonic()
            self._again(event)

        self._soon = clock.call_later(left, late)

    def _each_minute(self) -> Detach:
        clock = self._house.clock
        planned: Detach = nothing

        def plan() -> None:
            nonlocal planned
            minute = clock.now().replace(second=0, microsecond=0)
            planned = clock.call_at(minute + timedelta(minutes=1), full_minute)

        def full_minute() -> None:
            plan()
            self._again(None)

        plan()
        return lambda: planned()
