"""The state trigger: fire when an entity's state, or one of its attributes, changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import Field, ValidationInfo, model_validator

from hub.api import Attachment, Detach, DurationField, EntityIds, House, State, Text, Trigger, refuse, renamed
from plugins.state.choices import Choices, in_words
from plugins.state.watch import Values, Wanted, Watch


class StateTrigger(Trigger):
    """Fire when an entity's state changes, or one of its attributes.

    Without `from` and `to` each change counts, those of attributes too, and so do coming and going.
    `to: null` counts each change of the state itself. With `for` the change must last that long.
    `through_unavailable: hold` looks past times in which the entity is unavailable or unknown.
    """

    entity_id: EntityIds
    attribute: Text | None = None
    from_: Choices = Field(None, alias="from")
    not_from: Choices = None
    to: Choices = None
    not_to: Choices = None
    for_: DurationField | None = Field(None, alias="for")
    through_unavailable: Literal["break", "hold"] = "break"

    @model_validator(mode="before")
    @classmethod
    def _of_today(cls, data: Any, info: ValidationInfo) -> Any:
        return renamed(info, data, {"state": "to"})

    @model_validator(mode="after")
    def _not_both(self) -> Self:
        for field, name in (("from_", "from"), ("to", "to")):
            if {field, f"not_{name}"} <= self.model_fields_set:
                raise refuse(f"{name} and not_{name} exclude each other", "Take one of them away.")
        return self

    def attach(self, attachment: Attachment) -> Detach:
        given = self.model_fields_set
        wanted = Wanted(
            attribute=self.attribute,
            old=Values.of(self.from_, self.not_from, self.attribute),
            new=Values.of(self.to, self.not_to, self.attribute),
            any_change=not given & {"from_", "not_from", "to", "not_to"},
            lasting=self.for_,
            left="from_" in given and "to" not in given,
        )
        return Watch(wanted, attachment).attach(self.entity_id, hold=self.through_unavailable == "hold")

    def waits_for(self, house: House) -> str:
        what = f"{self.attribute} of " if self.attribute is not None else ""
        now = ", ".join(self._now(house, entity_id) for entity_id in self.entity_id)
        return f"{what}{' or '.join(self.entity_id)} changes{self._edge()}{self._lasting()} (now {now})"

    def because(self, facts: Mapping[str, Any]) -> str:
        old: State | None = facts.get("from_state")
        new: State | None = facts.get("to_state")
        if new is None:
            return f"{old.name if old is not None else facts['entity_id']} went"
        name = new.name
        if old is None:
            return f"{name} came as {new.state}"
        if self.attribute is not None:
            values = (old.attributes.get(self.attribute), new.attributes.get(self.attribute))
            return f"{self.attribute} of {name} changed from {values[0]} to {values[1]}{self._lasting()}"
        if old.state == new.state:
            return f"an attribute of {name} changed"
        return f"{name} changed from {old.state} to {new.state}{self._lasting()}"

    def _edge(self) -> str:
        words: list[tuple[str, tuple[Any, ...] | None]] = [
            ("from", self.from_),
            ("not from", self.not_from),
            ("to", self.to),
            ("not to", self.not_to),
        ]
        return "".join(f" {word} {in_words(values)}" for word, values in words if values is not None)

    def _lasting(self) -> str:
        if self.for_ is None:
            return ""
        seconds = self.for_.fixed
        return f" for {self.for_.value.data if seconds is None else f'{seconds:g} s'}"

    def _now(self, house: House, entity_id: str) -> str:
        state = house.states.get(entity_id)
        if state is None:
            return "not there"
        return repr(state.state if self.attribute is None else state.attributes.get(self.attribute))
