"""Hold the state of every entity, and tell the bus when one changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from hub.core.bus import Bus
from hub.core.cause import Cause
from hub.core.clock import Clock, Detach, together
from hub.core.errors import HubError
from hub.core.events import STATE_REPORTED, StateChanged, state_reported
from hub.core.state import LONGEST_STATE, NO_ATTRIBUTES, State, is_entity_id


class States:
    """The states now, by entity id."""

    def __init__(self, bus: Bus, clock: Clock) -> None:
        self._bus = bus
        self.clock = clock
        self._states: dict[str, State] = {}
        self._domains: dict[str, dict[str, None]] = {}

    def get(self, entity_id: str) -> State | None:
        return self._states.get(entity_id)

    def __contains__(self, entity_id: str) -> bool:
        return entity_id in self._states

    def __iter__(self) -> Iterator[State]:
        return iter(list(self._states.values()))

    def __len__(self) -> int:
        return len(self._states)

    def entity_ids(self, domain: str | None = None) -> list[str]:
        """Return the ids of all entities, or of those of one domain."""
        return list(self._states if domain is None else self._domains.get(domain, ()))

    def in_domain(self, domain: str) -> list[State]:
        return [self._states[entity_id] for entity_id in self._domains.get(domain, ())]

    def domains(self) -> list[str]:
        return [domain for domain, members in self._domains.items() if members]

    def set(
        self,
        entity_id: str,
        state: str,
        attributes: Mapping[str, Any] | None = None,
        *,
        force: bool = False,
        cause: Cause | None = None,
    ) -> State:
        """Write a state. `attributes` replace the old ones; equal values only move `last_reported`.

        With `force` an event is fired also when nothing differs. Raises `HubError` for an entity id
        that is none, or a state of more than 255 characters.
        """
        old = self._states.get(entity_id)
        if attributes is None:
            attributes = NO_ATTRIBUTES
        if len(state) > LONGEST_STATE:
            raise HubError(f"{entity_id}: a state has at most {LONGEST_STATE} characters, not {len(state)}")
        now = self.clock.timestamp()
        if old is None:
            self._admit(entity_id)
            changed = now
        elif old.state == state and not force:
            if old.attributes is attributes or old.attributes == attributes:
                return self._report(old, now)
            changed = old.changed
        else:
            changed = now
        new = State(entity_id, state, attributes, changed, now, now, cause)
        self._states[entity_id] = new
        self._bus.state_changed(StateChanged(entity_id, old, new, cause))
        return new

    def restore(
        self, entity_id: str, state: str, attributes: Mapping[str, Any], at: float, *, quiet: bool
    ) -> None:
        """Put back what an entity was at `at`, before this start. If `quiet`, nobody is told."""
        if entity_id not in self._states:
            self._admit(entity_id)
        old = self._states.get(entity_id)
        new = State(entity_id, state, attributes, at, at, at, None)
        self._states[entity_id] = new
        if not quiet:
            self._bus.state_changed(StateChanged(entity_id, old, new, None))

    def remove(self, entity_id: str, cause: Cause | None = None) -> bool:
        """Forget an entity's state; False if there was none."""
        old = self._states.pop(entity_id, None)
        if old is None:
            return False
        self._domains[old.domain].pop(entity_id, None)
        self._bus.state_changed(StateChanged(entity_id, old, None, cause))
        return True

    def _admit(self, entity_id: str) -> None:
        if not is_entity_id(entity_id):
            raise HubError(
                f"{entity_id!r} is no entity id",
                remedy="Write domain.name in lower case letters, digits and underscores.",
            )
        self._domains.setdefault(entity_id.partition(".")[0], {})[entity_id] = None

    def _report(self, old: State, now: float) -> State:
        new = State(old.entity_id, old.state, old.attributes, old.changed, old.updated, now, old.cause)
        self._states[old.entity_id] = new
        if self._bus.has_listeners(STATE_REPORTED):
            self._bus.fire(state_reported(old, new))
        return new

    def listen(self, entity_ids: Iterable[str], callback: Callable[[StateChanged], None]) -> Detach:
        """Call `callback(StateChanged)` when one of these entities changes."""
        return together([self._bus.listen_state(entity_id, callback) for entity_id in entity_ids])
