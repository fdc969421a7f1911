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
    Begun,
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
    """A `for` that runs: it goes on while `value == the value now` is `wanted`.

    Of one that ran before a restart, `doubt` is what was begun, until the entity is heard of again.
    """

    __slots__ = ("doubt", "stop", "value", "wanted")

    def __init__(self, value: Any, wanted: bool) -> None:
        self.value = value
        self.wanted = wanted
        self.stop: Detach = nothing
        self.doubt: Begun | None = None

    @property
    def key(self) -> str:
        return f"{'is' if self.wanted else 'not'} {self.value!r}"


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
        stop = states.listen(each, changed)
        for begun in self._attachment.left():
            self._take_up(begun)
        return together([stop, self._cancel])

    # --- changes ---

    def _state_changed(self, event: StateChanged) -> None:
        old = event.old.state if event.old is not None else None
        new = event.new.state if event.new is not None else None
        if old != new or self._any_change:
            self._look(event, old, new)
        elif self._pending and self._doubts(event.entity_id):
            self._recheck(event, new)

    def _attribute_changed(self, event: StateChanged) -> None:
        old = event.old.attributes.get(self._attribute) if event.old is not None else None
        new = event.new.attributes.get(self._attribute) if event.new is not None else None
        if old != new:
            self._look(event, old, new)
        elif self._pending and (event.new is None or self._doubts(event.entity_id)):
            self._recheck(event, new)

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
        if self._pending and self._recheck(event, new):
            return
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
        told = {"value": pending.value, "wanted": pending.wanted, "period": period, **_told(event)}
        pending.stop = self._attachment.after(
            period.total_seconds(),
            lambda: self._lasted(event, period, pending),
            key=f"{event.entity_id} {pending.key}",
            facts=told,
        )

    def _take_up(self, begun: Begun) -> None:
        """Go on with a `for` that ran when the hub ended, if the entity is still what it must be."""
        entity_id = begun.facts["entity_id"]
        pending = _Pending(begun.facts["value"], begun.facts["wanted"])
        state = self._attachment.house.states.get(entity_id)
        holds = (self._value(state) == pending.value) is pending.wanted
        if state is None or (not state.tells and pending.value != state.state) or _is_restored(state):
            pending.doubt = begun
            pending.stop = partial(self._attachment.forget, begun)
        elif holds:
            self._continue(begun, pending)
        else:
            self._attachment.forget(begun)
            return
        self._pending.setdefault(entity_id, []).append(pending)

    def _continue(self, begun: Begun, pending: _Pending) -> None:
        facts = begun.facts
        event = StateChanged(facts["entity_id"], facts["from_state"], facts["to_state"], None)
        pending.stop = self._attachment.after(
            max(0.0, begun.due - self._attachment.house.clock.timestamp()),
            lambda: self._lasted(event, facts["period"], pending),
            key=begun.key,
            facts=facts,
        )

    def _value(self, state: State | None) -> Any:
        if state is None:
            return None
        return state.state if self._wanted.attribute is None else state.attributes.get(self._attribute)

    def _doubts(self, entity_id: str) -> bool:
        return any(pending.doubt is not None for pending in self._pending.get(entity_id, ()))

    def _lasted(self, event: StateChanged, period: timedelta, pending: _Pending) -> None:
        self._drop(event.entity_id, pending)
        self._fire(event, period)

    def _recheck(self, event: StateChanged, value: Any) -> bool:
        """End what must not go on; tell whether the change has answered a doubt, and so is no new one."""
        answered = False
        gone = event.new is None or not event.new.tells
        for pending in list(self._pending.get(event.entity_id, ())):
            holds = event.new is not None and (value == pending.value) is pending.wanted
            sure = holds and pending.wanted and not _is_restored(event.new)
            if pending.doubt is not None and gone and not sure:
                continue
            if not holds:
                pending.stop()
                self._drop(event.entity_id, pending)
            elif pending.doubt is not None:
                self._continue(pending.doubt, pending)
                pending.doubt, answered = None, True
        return answered

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
        return {**self._attachment.variables, "trigger": {**self._attachment.facts, **_told(event)}}

    def _fire(self, event: StateChanged, period: timedelta | None) -> None:
        facts = {
            **_told(event),
            "for": period,
            "attribute": self._wanted.attribute,
            "description": f"state of {event.entity_id}",
        }
        self._attachment.fire(facts, event.context)


def _is_restored(state: State | None) -> bool:
    return state is not None and bool(state.attributes.get("restored"))


def _told(event: StateChanged) -> dict[str, Any]:
    return {"entity_id": event.entity_id, "from_state": event.old, "to_state": event.new}
