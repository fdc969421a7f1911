"""Let triggers decide when the templates of a block are rendered."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

from hub.api import (
    Action,
    ActionSequence,
    Attachment,
    Cause,
    Condition,
    Detach,
    House,
    HubError,
    Trigger,
    Variables,
    holds,
    is_enabled,
    is_true,
    kept_timers,
    nothing,
)
from plugins.template_entities.live import Failed, Live

log = logging.getLogger(__name__)


class _Scope:
    def __init__(self, house: House, variables: Mapping[str, Any]) -> None:
        self.house = house
        self.variables = variables


class Triggered:
    """The entities of one block and the triggers that renew them."""

    def __init__(
        self,
        house: House,
        lives: Sequence[Live[Any]],
        triggers: Sequence[Trigger],
        conditions: Sequence[Condition],
        actions: Sequence[Action],
        variables: Variables | None,
    ) -> None:
        self._house = house
        self._lives = lives
        self._triggers = triggers
        self._conditions = conditions
        self._variables = variables
        self._name = f"template {lives[0].entity_id}" if lives else "template"
        self._script = (
            ActionSequence(house, f"{self._name} actions", actions, self._renew) if actions else None
        )
        self._watched = (triggers, conditions, variables)
        self._attached: list[Detach] = []
        self._waiting: Detach = nothing
        for live in lives:
            live.triggered = True

    def start(self) -> None:
        for live in self._lives:
            live.start()
        if self._house.started:
            self._attach()
        else:
            self._waiting = self._house.bus.listen("homeassistant_start", lambda _: self._attach())

    def stop(self) -> None:
        self._waiting()
        while self._attached:
            self._attached.pop()()
        if self._script is not None:
            self._script.stop()
        for live in self._lives:
            live.stop()

    def _attach(self) -> None:
        self._waiting()
        for index, trigger in enumerate(self._triggers):
            try:
                if is_enabled(trigger.enabled):
                    self._attached.append(self._attach_one(index, trigger))
            except HubError as error:
                log.error("%s: trigger %s (%s): %s", self._name, index + 1, trigger.platform, error)

    def _attach_one(self, index: int, trigger: Trigger) -> Detach:
        common = {
            "id": trigger.id if trigger.id is not None else str(index),
            "idx": str(index),
            "alias": trigger.alias,
            "platform": trigger.platform,
        }

        def fire(facts: dict[str, Any], cause: Cause | None = None) -> None:
            self._fired(trigger, {**common, **facts}, cause)

        timers = kept_timers(self._house, self._name, self._watched, index)
        return trigger.attach(Attachment(self._house, fire, {}, self._name, common, timers))

    def _fired(self, trigger: Trigger, facts: dict[str, Any], cause: Cause | None) -> None:
        variables: dict[str, Any] = {"trigger": facts}
        try:
            for block in (trigger.variables, self._variables):
                if block is not None:
                    variables.update(block.render(variables))
            if not self._hold(variables):
                return
            waiting = self._script.run(variables, cause) if self._script is not None else None
        except HubError as error:
            log.error("%s: %s", self._name, error)
            return
        if self._script is None:
            self._renew(variables, cause)
        elif waiting is not None:
            self._house.tasks.spawn(self._later(waiting), self._name)

    async def _later(self, waiting: Awaitable[None]) -> None:
        try:
            await waiting
        except HubError as error:
            log.error("%s: %s", self._name, error)

    def _hold(self, variables: Mapping[str, Any]) -> bool:
        scope = _Scope(self._house, variables)
        try:
            return all(holds(condition, scope) is not False for condition in self._conditions)
        except HubError as error:
            log.warning("%s: a condition can't be told: %s", self._name, error)
            return False

    def _renew(self, variables: Mapping[str, Any], cause: Cause | None) -> None:
        for live in self._lives:
            live.take(_render(live, variables), cause)


def _render(live: Live[Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Render all templates of an entity; each attribute sees those before it by name."""
    variables = dict(given)
    results: dict[str, Any] = {}
    try:
        if live.options.variables is not None:
            variables.update(live.options.variables.render(variables))
    except HubError as error:
        log.error("%s: variables: %s", live.entity_id, error)
    live.script_variables = dict(variables)
    variables = {"this": live.this(), **variables}
    for key, template in live.options.templates():
        try:
            result = template.render(variables)
        except HubError as error:
            log.error("%s: the template of %s: %s", live.entity_id, key, error)
            result = Failed(error)
        results[key] = result
        if key == "availability" and not isinstance(result, Failed) and not is_true(result):
            return results
        if key == "state" and isinstance(result, Failed):
            return results
        if key.startswith("attributes.") and not isinstance(result, Failed):
            variables[key[11:]] = result
    return results
