"""Deliver each event to those who listen for it, at once and in order.

Delivery is synchronous. An event fired while another is being delivered waits until that one has
reached everybody, so all listeners see all events in the same order and nothing recurses.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from hub.core.cause import Cause
from hub.core.clock import Clock, Detach
from hub.core.events import Event, StateChanged

log = logging.getLogger(__name__)

Listener = Callable[[Any], None]
EVERY = "*"


class Bus:
    """Listeners by event type; those for `state_changed` also by entity."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._by_type: dict[str, tuple[Listener, ...]] = {}
        self._by_entity: dict[str, tuple[Listener, ...]] = {}
        self._queue: deque[Event | StateChanged] = deque()
        self._delivering = False

    def listen(self, event_type: str, callback: Listener) -> Detach:
        """Call `callback(event)` for each event of this type; `*` means every event."""
        return _attach(self._by_type, event_type, callback)

    def listen_state(self, entity_id: str, callback: Listener) -> Detach:
        """Call `callback(StateChanged)` for changes of this entity only."""
        return _attach(self._by_entity, entity_id, callback)

    def has_listeners(self, event_type: str) -> bool:
        return event_type in self._by_type or EVERY in self._by_type

    def listeners(self) -> dict[str, int]:
        """Return how many listen for each type of event."""
        return {name: len(listeners) for name, listeners in sorted(self._by_type.items())}

    def fire(self, event: Event) -> None:
        """Deliver an event."""
        if not event.fired:
            event.fired = self._clock.timestamp()
        self._queue.append(event)
        if not self._delivering:
            self._deliver()

    def emit(
        self, event_type: str, data: Mapping[str, Any] | None = None, cause: Cause | None = None
    ) -> None:
        """Deliver a plain event, if somebody listens."""
        if self.has_listeners(event_type):
            self.fire(Event(event_type, data, cause))

    def state_changed(self, event: StateChanged) -> None:
        """Deliver a change of state."""
        self._queue.append(event)
        if not self._delivering:
            self._deliver()

    def _deliver(self) -> None:
        queue = self._queue
        by_type = self._by_type
        self._delivering = True
        try:
            while queue:
                event = queue.popleft()
                if type(event) is StateChanged:
                    listeners = self._by_entity.get(event.entity_id)
                    if listeners is not None:
                        _tell(listeners, event)
                listeners = by_type.get(event.event_type)
                if listeners is not None:
                    _tell(listeners, event)
                listeners = by_type.get(EVERY)
                if listeners is not None:
                    _tell(listeners, event)
        finally:
            self._delivering = False


def _tell(listeners: tuple[Listener, ...], event: Event | StateChanged) -> None:
    for callback in listeners:
        try:
            callback(event)
        except Exception:  # one listener's bug must not silence the others
            log.exception("a listener for %s failed: %s", event.event_type, _name(callback))


def _name(callback: Listener) -> str:
    return f"{getattr(callback, '__module__', '?')}.{getattr(callback, '__qualname__', callback)}"


def _attach(table: dict[str, tuple[Listener, ...]], key: str, callback: Listener) -> Detach:
    # Tuples are replaced, never changed, so a delivery under way is not disturbed.
    table[key] = (*table.get(key, ()), callback)
    attached = True

    def detach() -> None:
        nonlocal attached
        if not attached:
            return
        attached = False
        left = list(table[key])
        left.remove(callback)
        if left:
            table[key] = tuple(left)
        else:
            del table[key]

    return detach
