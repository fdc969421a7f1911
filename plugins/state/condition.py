"""The state condition: an entity's state, or one of its attributes, has a value now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from hub.api import Condition, DurationField, EntityIds, HubError, NotFound, Scope, State, refuse
from plugins.state.choices import Choices, in_words

_HELPER = re.compile(r"input_(?:select|text|number|boolean|datetime)\.[a-z0-9_]+")


class StateCondition(Condition):
    """Hold when an entity has a state, or an attribute a value.

    `state` may name an input helper whose state is the value. With `for` the state must have been the
    same for longer than that. All entities must match, or with `match: any` one of them.
    """

    entity_id: EntityIds
    attribute: str | None = None
    state: Choices
    for_: DurationField | None = Field(None, alias="for")
    match: Literal["all", "any"] = "all"

    @model_validator(mode="after")
    def _needs_a_state(self) -> Self:
        if self.state is None and self.attribute is None:
            raise refuse("state: should be a text or a list of texts")
        return self

    def test(self, scope: Scope) -> bool:
        decisive = self.match == "any"
        errors: list[HubError] = []
        for entity_id in self.entity_id:
            try:
                if self._holds(scope, entity_id) is decisive:
                    return decisive
            except HubError as error:
                errors.append(error)
        if errors:
            raise HubError("; ".join(str(error) for error in errors))
        return not decisive

    def why(self, scope: Scope) -> str:
        reasons = (self._why(scope, entity_id) for entity_id in self.entity_id)
        words = "; ".join(reason for reason in reasons if reason)
        return f"state {words}" if words else f"state {', '.join(self.entity_id)}: it holds now"

    def _holds(self, scope: Scope, entity_id: str) -> bool:
        state = scope.house.states.get(entity_id)
        if state is None:
            raise NotFound(f"state: there is no entity {entity_id}")
        if self.attribute is not None and self.attribute not in state.attributes:
            return False
        if self._value(state) not in self._wanted(scope):
            return False
        return self.for_ is None or _age(scope, state) > self.for_.seconds(scope.variables)

    def _why(self, scope: Scope, entity_id: str) -> str:
        state = scope.house.states.get(entity_id)
        if state is None:
            return f"{entity_id}: there is no such entity"
        if self.attribute is not None and self.attribute not in state.attributes:
            return f"{entity_id}: it has no attribute {self.attribute}"
        shown = repr(self._value(state))
        if self.attribute is not None:
            shown = f"{self.attribute} {shown}"
        if self._value(state) not in self._wanted(scope):
            return f"{entity_id}: {shown} is not {in_words(self._wanted(scope))}"
        if self.for_ is None:
            return ""
        age, needed = _age(scope, state), self.for_.seconds(scope.variables)
        return f"{entity_id}: {shown} for {age:g} s, not for more than {needed:g} s" if age <= needed else ""

    def _value(self, state: State) -> Any:
        return state.state if self.attribute is None else state.attributes.get(self.attribute)

    def _wanted(self, scope: Scope) -> Iterator[Any]:
        """Yield the values that count; raises `HubError` at a helper that does not exist."""
        for choice in self.state if self.state is not None else (None,):
            if not isinstance(choice, str) or _HELPER.fullmatch(choice) is None:
                yield choice
                continue
            helper = scope.house.states.get(choice)
            if helper is None:
                raise NotFound(f"state: the value is to come from {choice}, which does not exist")
            yield helper.state


def _age(scope: Scope, state: State) -> float:
    return scope.house.clock.timestamp() - state.changed
