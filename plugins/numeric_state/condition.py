"""The numeric_state condition: a number lies in a range now."""

from __future__ import annotations

from typing import Any

from pydantic import PrivateAttr

from hub.api import Condition, EntityIds, HubError, Limit, NotFound, Scope, State, TemplateField
from plugins.numeric_state.range import Range


class NumericStateCondition(Condition):
    """Hold when the number of each entity lies strictly above `above` and below `below`.

    Unavailable and unknown do not hold; any other text that is no number can't be told.
    """

    entity_id: EntityIds
    above: Limit | None = None
    below: Limit | None = None
    attribute: str | None = None
    value_template: TemplateField | None = None
    _range: Range = PrivateAttr()

    def model_post_init(self, context: Any) -> None:
        self._range = Range(self.above, self.below, self.attribute, self.value_template)
        # As in Home Assistant: a condition that can't hold is no error. `hub check` warns of it.
        self._range.check(ordered=False)

    def test(self, scope: Scope) -> bool:
        errors: list[HubError] = []
        for entity_id in self.entity_id:
            try:
                number = self._range.number(_state(scope, entity_id), scope.variables)
                if not self._range.holds(scope.house, number):
                    return False
            except HubError as error:
                errors.append(error)
        if errors:
            raise HubError(f"numeric_state: {'; '.join(str(error) for error in errors)}")
        return True

    def why(self, scope: Scope) -> str:
        reasons = [(entity_id, self._why(scope, entity_id)) for entity_id in self.entity_id]
        words = "; ".join(f"{entity_id}: {reason}" for entity_id, reason in reasons if reason)
        return (
            f"numeric_state {words}" if words else f"numeric_state {', '.join(self.entity_id)}: it holds now"
        )

    def _why(self, scope: Scope, entity_id: str) -> str:
        try:
            return self._range.why(scope.house, _state(scope, entity_id), scope.variables)
        except HubError as error:
            return str(error)


def _state(scope: Scope, entity_id: str) -> State:
    state = scope.house.states.get(entity_id)
    if state is None:
        raise NotFound(f"there is no entity {entity_id}")
    return state
