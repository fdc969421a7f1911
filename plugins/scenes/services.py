"""The services `scene.apply`, `scene.create` and `scene.delete`."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Self

from pydantic import AfterValidator, ValidationError, model_validator

from hub.api import (
    Detach,
    EntityIds,
    House,
    ServiceCall,
    ServiceData,
    ServiceRefused,
    Text,
    is_entity_id,
    refuse,
    together,
)
from plugins.scenes.applying import apply
from plugins.scenes.scene import Scene
from plugins.scenes.wanted import Wanted, WantedStates

log = logging.getLogger(__name__)


def _slug(text: str) -> str:
    if not is_entity_id(f"scene.{text}"):
        raise refuse(f"{text!r} can't be part of an entity id", "Use a-z, 0-9 and _.")
    return text


def _bounded(seconds: float) -> float:
    return min(max(seconds, 0.0), 6553.0)


class Apply(ServiceData):
    """Bring entities into states without a scene."""

    entities: WantedStates
    transition: Annotated[float, AfterValidator(_bounded)] | None = None


class Create(ServiceData):
    """Make a scene of given states, of what entities are now, or of both."""

    scene_id: Annotated[Text, AfterValidator(_slug)]
    entities: WantedStates = ()
    snapshot_entities: EntityIds = ()

    @model_validator(mode="after")
    def _of_something(self) -> Self:
        if not self.model_fields_set & {"entities", "snapshot_entities"}:
            raise refuse("give entities, snapshot_entities or both")
        both = {wanted.entity_id for wanted in self.entities} & set(self.snapshot_entities)
        if both:
            raise refuse(f"{', '.join(sorted(both))}: in entities and in snapshot_entities")
        return self


class Delete(ServiceData):
    """Take scenes away that a service made."""

    entity_id: EntityIds


class Board:
    """The scenes of the house by entity id."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._scenes: dict[str, Scene] = {}

    def add(self, scene: Scene) -> None:
        self._scenes[scene.entity_id] = scene

    def get(self, entity_id: str) -> Scene | None:
        return self._scenes.get(entity_id)

    def remove(self, entity_id: str) -> None:
        self._scenes.pop(entity_id).stop()

    def stop(self) -> None:
        for entity_id in list(self._scenes):
            self.remove(entity_id)


def offer_services(house: House, board: Board) -> Detach:
    """Let scenes be applied, created and deleted."""

    def apply_states(call: ServiceCall) -> Awaitable[None] | None:
        fields: Apply = call.fields
        return apply(house, fields.entities, fields.transition, call.cause)

    def create(call: ServiceCall) -> None:
        fields: Create = call.fields
        states = (*fields.entities, *_seen(house, fields.snapshot_entities))
        entity_id = f"scene.{fields.scene_id}"
        old = board.get(entity_id)
        if not states:
            log.warning("%s: a scene needs entities", entity_id)
        elif old is not None and not old.made:
            log.warning("%s is there already", entity_id)
        else:
            if old is not None:
                board.remove(entity_id)
            board.add(Scene(house, fields.scene_id, states, made=True))

    def delete(call: ServiceCall) -> None:
        fields: Delete = call.fields
        for entity_id in fields.entity_id:
            scene = board.get(entity_id)
            if scene is None or not scene.made:
                raise ServiceRefused(f"{entity_id} is no scene that a service made")
            board.remove(entity_id)

    return together(
        [
            _offer(house, "apply", Apply, apply_states),
            _offer(house, "create", Create, create),
            _offer(house, "delete", Delete, delete),
        ]
    )


def _seen(house: House, entity_ids: tuple[str, ...]) -> list[Wanted]:
    states = []
    for entity_id in entity_ids:
        state = house.states.get(entity_id)
        if state is None:
            log.warning("there is no %s to be remembered", entity_id)
        else:
            states.append(Wanted(entity_id, state.state, dict(state.attributes)))
    return states


def _offer(house: House, name: str, model: type[ServiceData], handle: Callable[[ServiceCall], Any]) -> Detach:
    def read(data: Mapping[str, Any]) -> ServiceData:
        try:
            return model.model_validate(data)
        except ValidationError as error:
            raise ServiceRefused(f"scene.{name}: {error.errors()[0]['msg']}") from error

    description = (model.__doc__ or "").strip()
    return house.services.register("scene", name, handle, schema=read, description=description, model=model)
