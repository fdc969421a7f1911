"""The template trigger: fire when a template becomes true."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from pydantic import Field

from hub.api import (
    Attachment,
    Begun,
    Cause,
    Detach,
    DurationField,
    House,
    HubError,
    Reads,
    StateChanged,
    TemplateField,
    Trigger,
    Watch,
    is_true,
    nothing,
)

log = logging.getLogger(__name__)


class TemplateTrigger(Trigger):
    """Fire when the template turns from false to true: not when it is true from the start.

    With `for` it must stay true that long. A template that fails is neither true nor false.
    """

    value_template: TemplateField
    """Fires when it becomes true."""
    for_: DurationField | None = Field(None, alias="for")
    """How long it must stay true."""

    def attach(self, attachment: Attachment) -> Detach:
        return _Edge(self, attachment).detach

    def because(self, facts: Mapping[str, Any]) -> str:
        by = facts["to_state"].name if facts.get("to_state") is not None else "the time"
        return f"{self.alias or self.value_template.source} became true by {by}"

    def waits_for(self, house: House) -> str:
        try:
            now = repr(self.value_template.text({}))
        except HubError as error:
            now = f"an error: {error}"
        return f"template {self.value_template.source!r} becomes true (now {now})"


class _Edge:
    """One attached template trigger: what the template was, and the `for` that runs."""

    def __init__(self, trigger: TemplateTrigger, attachment: Attachment) -> None:
        self._trigger = trigger
        self._attachment = attachment
        self._pending: Detach = nothing
        self._failed = False
        # An error is neither true nor false: what it turns into at first is no edge.
        self._was = True
        reads = Reads()
        try:
            result, reads = trigger.value_template.track(attachment.variables)
            self._was = is_true(result)
        except HubError as error:
            reads = getattr(error, "reads", reads)
            self._complain(error)
        self._watch = Watch(attachment.house, reads, self._look)
        # A `for` that ran before a restart, until all that the template reads is known.
        self._doubt: Begun | None = None
        for begun in attachment.left():
            self._take_up(begun, reads)

    def _take_up(self, begun: Begun, reads: Reads) -> None:
        """Go on with a `for` that ran when the hub ended, if the template is still true."""
        if self._knows_too_little(reads, self._was and not self._failed):
            self._doubt = begun
            self._pending = partial(self._attachment.forget, begun)
        elif self._was and not self._failed:
            self._continue(begun)
        else:
            self._attachment.forget(begun)

    def _continue(self, begun: Begun) -> None:
        left = begun.due - self._attachment.house.clock.timestamp()
        self._wait(max(0.0, left), dict(begun.facts), None)

    def _knows_too_little(self, reads: Reads, now: bool) -> bool:
        """Tell whether the result may be so only because what the template reads is not known yet."""
        states = [self._attachment.house.states.get(entity_id) for entity_id in reads.entities]
        if now:  # what is true without knowing something is true; what is from before may not be
            return any(state is not None and state.attributes.get("restored") for state in states)
        return any(state is None or not state.tells for state in states)

    def _wait(self, seconds: float, facts: dict[str, Any], cause: Cause | None) -> None:
        fire = self._attachment.fire
        self._pending = self._attachment.after(seconds, lambda: fire(facts, cause), facts=facts)

    def detach(self) -> None:
        self._watch.stop()
        self._pending()

    def _look(self, event: StateChanged | None) -> Reads | None:
        try:
            result, reads = self._trigger.value_template.track(self._attachment.variables)
        except HubError as error:
            self._complain(error)
            return getattr(error, "reads", None)
        self._failed = False
        now = is_true(result)
        if self._doubt is not None:
            self._answer(self._doubt, now, reads)
        elif now != self._was:
            self._was = now
            self._pending()
            if now:
                self._rose(event)
        return reads

    def _answer(self, begun: Begun, now: bool, reads: Reads) -> None:
        """Look at the template for the first time since the start that it may be trusted."""
        if self._knows_too_little(reads, now):
            return
        if now:
            self._continue(begun)
        else:
            self._pending()
        self._was, self._doubt = now, None

    def _rose(self, event: StateChanged | None) -> None:
        facts = _facts(event)
        lasting = self._trigger.for_
        cause = event.context if event is not None else None
        if lasting is None:
            self._attachment.fire({**facts, "for": None}, cause)
            return
        told = {**self._attachment.variables, "trigger": {**self._attachment.facts, **facts}}
        try:
            period = facts["for"] = lasting.period(told)
        except HubError as error:
            log.error("%s: for: %s", self._attachment.name, error)
            return
        if not period:
            self._attachment.fire(facts, cause)
            return
        self._wait(period.total_seconds(), facts, cause)

    def _complain(self, error: HubError) -> None:
        """Log what fails once, until the template can be rendered again."""
        if not self._failed:
            log.warning("%s: template trigger: %s", self._attachment.name, error)
        self._failed = True


def _facts(event: StateChanged | None) -> dict[str, Any]:
    return {
        "entity_id": event.entity_id if event is not None else None,
        "from_state": event.old if event is not None else None,
        "to_state": event.new if event is not None else None,
        "description": f"{event.entity_id} via template" if event is not None else "time change via template",
    }
