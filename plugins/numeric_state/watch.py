"""One attached numeric_state trigger: which entities are armed, and which wait where `for` says so."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from hub.api import (
    Attachment,
    Begun,
    Detach,
    Duration,
    HubError,
    NotFound,
    State,
    StateChanged,
    nothing,
    together,
)
from plugins.numeric_state.range import Range

log = logging.getLogger(__name__)


class Watch:
    """What the entities of a trigger have in common."""

    def __init__(
        self, range: Range, lasting: Duration | None, attachment: Attachment, *, hold: bool = False
    ) -> None:
        self.range = range
        self.lasting = lasting
        self.attachment = attachment
        self.hold = hold

    def attach(self, entity_ids: Iterable[str], *, on_start: bool, watch_limits: bool) -> Detach:
        house = self.attachment.house
        watched = [_Watched(self, entity_id) for entity_id in dict.fromkeys(entity_ids)]
        stops = [each.attach() for each in watched]
        for begun in self.attachment.left():
            for each in watched:
                if begun.key == each.entity_id:
                    each.take_up(begun)

        def limit_changed(event: StateChanged) -> None:
            for each in watched:
                each.look_again(event)

        if watch_limits:
            stops.append(house.states.listen(self.range.entities, limit_changed))
        if on_start and not house.started:
            stops.append(house.bus.listen("homeassistant_started", lambda _: _start(watched)))
        elif on_start:
            _start(watched)
        return together(stops)

    def known_to_template(self, entity_id: str) -> Mapping[str, Any]:
        """Return the variables of the value template; nothing where there is none."""
        return self.variables(entity_id) if self.range.value_template is not None else {}

    def variables(self, entity_id: str, **more: Any) -> dict[str, Any]:
        told = {
            **self.attachment.facts,
            "entity_id": entity_id,
            "above": self.range.above,
            "below": self.range.below,
            "attribute": self.range.attribute,
            **more,
        }
        return {**self.attachment.variables, "trigger": told}

    def fire(self, event: StateChanged, period: timedelta | None) -> None:
        facts = {
            "entity_id": event.entity_id,
            "above": self.range.above,
            "below": self.range.below,
            "from_state": event.old,
            "to_state": event.new,
            "for": period,
            "description": f"numeric state of {event.entity_id}",
        }
        self.attachment.fire(facts, event.context)


class _Watched:
    """One entity: `armed` while its number is outside, so that coming inside counts."""

    __slots__ = (
        "_above",
        "_armed",
        "_below",
        "_doubt",
        "_entered",
        "_failed",
        "_house",
        "_stop",
        "_watch",
        "entity_id",
    )

    def __init__(self, watch: Watch, entity_id: str) -> None:
        self._watch = watch
        self._house = watch.attachment.house
        self.entity_id = entity_id
        self._above = watch.range.above
        self._below = watch.range.below
        self._armed = False
        self._entered = False
        self._failed = False
        self._stop: Detach = nothing
        # A `for` that ran before a restart, until the number is known again.
        self._doubt: Begun | None = None

    def attach(self) -> Detach:
        state = self._house.states.get(self.entity_id)
        if state is None:
            log.warning("%s: there is no entity %s yet", self._watch.attachment.name, self.entity_id)
        elif self._inside(state) is False:
            self._armed = True
        changed = self._plain_changed if self._watch.range.is_plain else self._changed
        return together([self._house.bus.listen_state(self.entity_id, changed), self._cancel])

    def take_up(self, begun: Begun) -> None:
        """Go on with a `for` that ran when the hub ended, if the number is still inside."""
        state = self._house.states.get(self.entity_id)
        if state is None or not state.tells:
            self._doubt = begun
            self._stop = partial(self._watch.attachment.forget, begun)
        elif self._inside(state):
            self._continue(begun)
        else:
            self._watch.attachment.forget(begun)

    def _continue(self, begun: Begun) -> None:
        self._armed, self._entered = False, True
        facts = begun.facts
        event = StateChanged(self.entity_id, facts["from_state"], facts["to_state"], None)
        left = max(0.0, begun.due - self._house.clock.timestamp())
        self._wait(left, event, facts["period"])

    def _wait(self, seconds: float, event: StateChanged, period: timedelta) -> None:
        self._stop = self._watch.attachment.after(
            seconds,
            lambda: self._lasted(event, period),
            key=self.entity_id,
            facts={"from_state": event.old, "to_state": event.new, "period": period},
        )

    def begin(self) -> None:
        """Count a number that is inside at the start as having come inside."""
        state = self._house.states.get(self.entity_id)
        if state is not None and not self._entered:
            self._armed = True
            self._changed(StateChanged(self.entity_id, None, state, None))

    def look_again(self, cause: StateChanged) -> None:
        """Look at the number now, because a limit changed."""
        state = self._house.states.get(self.entity_id)
        if state is not None:
            self._changed(StateChanged(self.entity_id, state, state, cause.context))

    def _plain_changed(self, event: StateChanged) -> None:
        """Do what `_changed` does, quickly: the limits are numbers, the state's own text is the value."""
        if event.new is None or self._doubt is not None:
            self._changed(event)
            return
        text = event.new.state
        if event.old is not None and event.old.state == text:
            return
        try:
            number = float(text)
        except ValueError:
            self._changed(event)
            return
        self._failed = False
        above, below = self._above, self._below
        if (above is None or number > above) and (below is None or number < below):  # type: ignore[operator]
            if self._armed:
                self._enter(event)
        elif not self._armed:
            self._leave()

    def _changed(self, event: StateChanged) -> None:
        if self._doubt is not None and (event.new is None or not event.new.tells):
            return
        inside = self._inside(event.new)
        if inside is None:
            return
        if self._doubt is not None and inside:
            self._continue(self._doubt)
            self._doubt = None
        elif not inside:
            self._leave()
        elif self._armed:
            self._enter(event)

    def _inside(self, state: State | None) -> bool | None:
        """Tell whether the number is inside, None where that can't be told. What is wrong is logged once."""
        range = self._watch.range
        try:
            if state is None:
                raise NotFound(f"{self.entity_id} is gone")
            number = range.number(state, self._watch.known_to_template(self.entity_id))
            if number is None and self._watch.hold:
                return None
            inside = range.holds(self._house, number)
        except HubError as error:
            self._cancel()
            if not self._failed:
                log.warning("%s: numeric_state: %s", self._watch.attachment.name, error)
            self._failed = True
            return None
        self._failed = False
        return inside

    def _enter(self, event: StateChanged) -> None:
        self._armed = False
        self._entered = True
        lasting = self._watch.lasting
        if lasting is None:
            self._watch.fire(event, None)
            return
        told = {"from_state": event.old, "to_state": event.new}
        try:
            period = lasting.period(self._watch.variables(self.entity_id, **told))
        except HubError as error:
            log.error("%s: for: %s", self._watch.attachment.name, error)
            return
        if period:
            self._wait(period.total_seconds(), event, period)
        else:
            self._watch.fire(event, period)

    def _lasted(self, event: StateChanged, period: timedelta) -> None:
        self._stop = nothing
        self._watch.fire(event, period)

    def _leave(self) -> None:
        self._armed = True
        self._cancel()

    def _cancel(self) -> None:
        self._stop()
        self._stop = nothing
        self._doubt = None


def _start(watched: list[_Watched]) -> None:
    for each in watched:
        each.begin()
