"""The trigger condition: which of its triggers began the run."""

from __future__ import annotations

from collections.abc import Mapping

from hub.api import Condition, OneOrMany, Scope, Text


class TriggerCondition(Condition):
    """Hold when one of the named triggers began the run."""

    id: OneOrMany[Text]
    """The `id` of the trigger that fired, or one of several."""

    def test(self, scope: Scope) -> bool:
        return self._began(scope) in self.id

    def why(self, scope: Scope) -> str:
        return f"trigger: {self._began(scope)!r} is not {' or '.join(map(repr, self.id))}"

    def _began(self, scope: Scope) -> str | None:
        trigger = scope.variables.get("trigger")
        return trigger.get("id") if isinstance(trigger, Mapping) else None
