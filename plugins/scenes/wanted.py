"""The states that a scene wants, as the YAML or a service call gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import PlainValidator

from hub.api import Word, is_entity_id, plain, refuse


@dataclass(frozen=True, slots=True)
class Wanted:
    """The state that an entity should come into."""

    entity_id: str
    state: str
    attributes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def domain(self) -> str:
        return self.entity_id.partition(".")[0]


def _all(data: Any) -> tuple[Wanted, ...]:
    if not isinstance(data, Mapping):
        raise refuse("should be a mapping of entity ids to states")
    return tuple(_one(str(entity_id).strip().lower(), told) for entity_id, told in data.items())


def _one(entity_id: str, told: Any) -> Wanted:
    if not is_entity_id(entity_id):
        raise refuse(f"{entity_id!r} is no entity id", "Write domain.name, such as light.kitchen.")
    if isinstance(told, Mapping):
        attributes = {str(name): plain(value) for name, value in told.items() if name != "state"}
        return Wanted(entity_id, _state(entity_id, told.get("state")), attributes)
    return Wanted(entity_id, _state(entity_id, told))


def _state(entity_id: str, told: Any) -> str:
    value = told.truth if isinstance(told, Word) else told
    if isinstance(value, bool):
        return "on" if value else "off"
    if not isinstance(value, str):
        raise refuse(f"the state of {entity_id} should be a text", "Write it in quotes.")
    return value


WantedStates = Annotated[tuple[Wanted, ...], PlainValidator(_all)]
"""States by entity id; a state may have attributes."""
