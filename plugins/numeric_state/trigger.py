"""The numeric_state trigger: fire when a number comes into a range."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, PrivateAttr

from hub.api import (
    Attachment,
    Bool,
    Detach,
    DurationField,
    EntityIds,
    House,
    HubError,
    Limit,
    State,
    TemplateField,
    Text,
    Trigger,
)
from plugins.numeric_state.range import Range
from plugins.numeric_state.watch import Watch


class NumericStateTrigger(Trigger):
    """Fire when a number comes from outside into the range strictly above `above` and below `below`.

    Each entity is armed while its number is outside, unavailable or unknown. What is inside already when
    the automation begins does not fire, unless `on_start`. A limit may be an entity; that its value
    changes counts only with `watch_limits`.
    """

    entity_id: EntityIds
    above: Limit | None = None
    below: Limit | None = None
    attribute: Text | None = None
    value_template: TemplateField | None = None
    for_: DurationField | None = Field(None, alias="for")
    on_start: Bool = False
    watch_limits: Bool = False
    through_unavailable: Literal["break", "hold"] = "break"
    _range: Range = PrivateAttr()

    def model_post_init(self, context: Any) -> None:
        self._range = Range(self.above, self.below, self.attribute, self.value_template)
        self._range.check(ordered=True)

    def attach(self, attachment: Attachment) -> Detach:
        watch = Watch(self._range, self.for_, attachment, hold=self.through_unavailable == "hold")
        return watch.attach(self.entity_id, on_start=self.on_start, watch_limits=self.watch_limits)

    def waits_for(self, house: House) -> str:
        what = f"{self.attribute} of " if self.attribute is not None else ""
        now = ", ".join(self._now(house, entity_id) for entity_id in self.entity_id)
        return (
            f"{what}{' or '.join(self.entity_id)} comes {self._range.in_words()}{self._lasting()} (now {now})"
        )

    def because(self, facts: Mapping[str, Any]) -> str:
        state: State = facts["to_state"]
        what = f"{self.attribute} of {state.name}" if self.attribute is not None else state.name
        value = state.state if self.attribute is None else state.attributes.get(self.attribute)
        return f"{what} {self._range.came()}{self._lasting()} ({value})"

    def distance(self, house: House) -> str:
        told = [self._distance(house, entity_id) for entity_id in self.entity_id]
        return " or ".join(text for text in told if text)

    def _distance(self, house: House, entity_id: str) -> str:
        state = house.states.get(entity_id)
        try:
            number = self._range.number(state, {"trigger": {"entity_id": entity_id}}) if state else None
            return self._range.distance(house, number) if number is not None else ""
        except HubError:
            return ""

    def _lasting(self) -> str:
        if self.for_ is None:
            return ""
        seconds = self.for_.fixed
        return f" for {self.for_.value.data if seconds is None else f'{seconds:g} s'}"

    def _now(self, house: House, entity_id: str) -> str:
        state = house.states.get(entity_id)
        if state is None:
            return "not there"
        try:
            number = self._range.number(state, {"trigger": {"entity_id": entity_id}})
            inside = self._range.holds(house, number)
        except HubError as error:
            return str(error)
        shown = f"{number:.10g}" if number is not None else state.state
        return f"{shown}, which is inside already: it must leave first" if inside else shown
