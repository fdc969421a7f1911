"""One attached state trigger: look at each change, and wait where `for` says so."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Self

from hub.api import (
    UNAVAILABLE,
    UNKNOWN,
    Attachment,
    Detach,
    Duration,
    HubError,
    State,
    StateChanged,
    nothing,
    together,
)

log = logging.getLogger(__name__)
_GONE = (UNAVAILABLE, UNKNOWN)


@dataclass(frozen=True, slots=True)
class Values:
    """Some values; `wanted` says whether one of them, or none of them, is asked for."""

    choices: Collection[Any]
    wanted: bool

    @classmethod
    def of(
        cls, wanted: tuple[Any, ...] | None, unwanted: tuple[Any, ...] | None, attribute: str | None
    ) -> Self | None:
        """Return what `to` and `not_to` ask for, None if any value will do."""
        choices = wanted if wanted is not None else unwanted
        if choices is None:
            return None
        # The value of an attribute may be a list, which has no hash.
        return cls(frozenset(choices) if attribute is None else choices, wanted is not None)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The changes that a trigger asks for.

    `any_change` counts changes of attributes too. `lasting` is the `for`; it asks that the new value
    stays, or if `left`, that the old one stays away.
    """

    attribute: str | None
    old: Values | None
    new: Values | None
    any_change: bool
    lasting: Duration | None
    left: bool


class _Pending:
    """A `for` that runs: it goes on while `value == the value now` is `wanted`."""

    __slots__ = ("stop", "value", "wanted")

    def __init__(self, value: Any, wanted: bool) -> None:
        self.value = value
        self.wanted = wanted
        self.stop: Detach = nothing


class Watch:
    """The changes of a trigger's entities, and the `for`s that run for each of them."""

    def __init__(self, wanted: Wanted, attachment: Attachment) -> None:
        self._wanted = wanted
        self._attachment = attachment
        self._any_change = wanted.any_change
        self._attribute = wanted.attribute or ""
        self._pending: dict[str, list[_Pending]] = {}
        self._last: dict[str, State] = {}

    def attach(self, entity_ids: Iterable[str], *, hold: bool) -> Detach:
        """Begin to listen; `hold` looks past times in which an entity is unavailable or unknown."""
        states = self._attachment.house.states
        each = dict.fromkeys(entity_ids)
        changed = self._state_changed if self._wanted.attribute is None else self._attribute_changed
        if hold:
            for entity_id in each:
                self._remember(states.get(entity_id))
            changed = partial(self._held, changed)
        return together([states.listen(each, changed), self._cancel])

    # --- changes ---

    def _state_changed(self, event: StateChanged) -> None:
        old = event.old.state if event.old is not None else None
        new = event.new.state if event.new is not None else None
        if old != new or self._any_change:
            self._look(event, old, new)

    def _attribute_changed(self, event: StateChanged) -> None:
        old = event.old.attributes.get(self._attribute) if event.old is not None else None
        new = event.new.attributes.get(self._attribute) if event.new is not None else None
        if old != new:
            self._look(event, old, new)
        elif event.new is None and self._pending:
            self._recheck(event, None)

    def _held(self, changed: Callable[[StateChanged], None], event: StateChanged) -> None:
        """Pass on what changed as if the entity had never been unavailable or unknown."""
        if event.new is not None and event.new.state in _GONE:
            return
        last = self._last.pop(event.entity_id, event.old)
        self._remember(event.new)
        changed(StateChanged(event.entity_id, last, event.new, event.context))

    def _remember(self, state: State | None) -> None:
        if state is not None and state.state not in _GONE:
            self._last[state.entity_id] = state

    def _look(self, event: StateChanged, old: Any, new: Any) -> None:
        wanted = self._wanted
        if self._pending:
            self._recheck(event, new)
        if wanted.old is not None and (old in wanted.old.choices) is not wanted.old.wanted:
            return
        if wanted.new is not None and (new in wanted.new.choices) is not wanted.new.wanted:
            return
        if wanted.lasting is None:
            self._fire(event, None)
        else:
            self._begin(event, wanted.lasting, old, new)

    # --- for ---

    def _begin(self, event: StateChanged, lasting: Duration, old: Any, new: Any) -> None:
        try:
            period = lasting.period(self._variables(event))
        except HubError as error:
            log.error("%s: for: %s", self._attachment.name, error)
            return
        if not period:
            self._fire(event, period)
            return
        pending = _Pending(old, False) if self._wanted.left else _Pending(new, True)
        running = self._pending.setdefault(event.entity_id, [])
        if any(other.value == pending.value for other in running):
            return
        running.append(pending)
        clock = self._attachment.house.clock
        pending.stop = clock.call_later(period.total_seconds(), lambda: self._lasted(event, period, pending))

    def _lasted(self, event: StateChanged, period: timedelta, pending: _Pending) -> None:
        self._drop(event.entity_id, pending)
        self._fire(event, period)

    def _recheck(self, event: StateChanged, value: Any) -> None:
        for pending in list(self._pending.get(event.entity_id, ())):
            if event.new is None or (value == pending.value) is not pending.wanted:
                pending.stop()
                self._drop(event.entity_id, pending)

    def _drop(self, entity_id: str, pending: _Pending) -> None:
        running = self._pending[entity_id]
        running.remove(pending)
        if not running:
            del self._pending[entity_id]

    def _cancel(self) -> None:
        for running in self._pending.values():
            for pending in running:
                pending.stop()
        self._pending.clear()

    # --- firing ---

    def _variables(self, event: StateChanged) -> dict[str, Any]:
        told = {"entity_id": event.entity_id, "from_state": event.old, "to_state": event.new}
        return {**self._attachment.variables, "trigger": {**self._attachment.facts, **told}}

    def _fire(self, event: StateChanged, period: timedelta | None) -> None:
        facts = {
            "entity_id": event.entity_id,
            "from_state": event.old,
            "to_state": event.new,
            "for": period,
            "attribute": self._wanted.attribute,
            "description": f"state of {event.entity_id}",
        }
        self._attachment.fire(facts, event.context)
