"""What a bayesian sensor looks at: states, numbers and templates, each with its probabilities."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from hub.api import EntityId, House, TemplateField, Text, refuse
from plugins.sensors.live import GONE, number


class Observation(BaseModel):
    """How probable this is if what is asked for is true, and if it is not."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    prob_given_true: float
    prob_given_false: float

    def told(self, observed: bool | None) -> dict[str, Any]:
        """Return what the sensor shows of it."""
        fields = self.model_dump(exclude_none=True)
        if isinstance(self, TemplateObservation):
            fields["value_template"] = self.value_template.source
        return fields if observed is None else {**fields, "observed": observed}


class StateObservation(Observation):
    """An entity is in a state."""

    platform: Literal["state"]
    entity_id: EntityId
    to_state: Text

    def observe(self, house: House, *, several: bool) -> bool | None:
        """Tell whether it is so. One of `several` of the same entity says nothing when it is not."""
        state = house.states.get(self.entity_id)
        if state is None or state.state in GONE:
            return None
        holds = state.state == self.to_state
        return None if several and not holds else holds


class NumericObservation(Observation):
    """An entity's number is above a limit, below one, or both."""

    platform: Literal["numeric_state"]
    entity_id: EntityId
    above: float | None = None
    below: float | None = None

    @model_validator(mode="after")
    def _limits(self) -> Self:
        if self.above is None and self.below is None:
            raise refuse("an observation of a number needs above or below")
        if self.above is not None and self.below is not None and self.above > self.below:
            raise refuse("above should be less than below")
        return self

    @property
    def span(self) -> tuple[float, float]:
        low = self.above if self.above is not None else -math.inf
        return low, self.below if self.below is not None else math.inf

    def observe(self, house: House, *, several: bool) -> bool | None:
        """Tell whether it is so; see `StateObservation`."""
        state = house.states.get(self.entity_id)
        value = number(state.state) if state is not None and state.state not in GONE else None
        if value is None:
            return None
        low, high = self.span
        if low < value < high or (several and value == self.below):
            return True
        return None if several else False


class TemplateObservation(Observation):
    """A template is true."""

    platform: Literal["template"]
    value_template: TemplateField


AnyObservation = Annotated[
    StateObservation | NumericObservation | TemplateObservation, Field(discriminator="platform")
]


def overlap(observations: tuple[Observation, ...]) -> str:
    """Return the entity of which two ranges overlap, or nothing."""
    spans: dict[str, list[tuple[float, float]]] = {}
    for each in observations:
        if isinstance(each, NumericObservation):
            spans.setdefault(each.entity_id, []).append(each.span)
    for entity_id, found in spans.items():
        found.sort()
        if any(first[1] > second[0] for first, second in pairwise(found)):
            return entity_id
    return ""
