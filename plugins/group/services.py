"""The services `group.set` and `group.remove`, and those that a group hands on to its members."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

from pydantic import ConfigDict, ValidationError, model_validator

from hub.api import (
    Bool,
    Detach,
    Domain,
    EntityIds,
    House,
    ServiceCall,
    ServiceData,
    ServiceRefused,
    Text,
    refuse,
    together,
)
from plugins.group.board import Board
from plugins.group.options import GroupOptions

log = logging.getLogger(__name__)


class Anything(ServiceData):
    """What the members take."""

    model_config = ConfigDict(frozen=True, extra="allow")


class GroupDomain(Domain):
    """Groups: what is asked of one is asked of each member."""

    name: ClassVar[str] = "group"
    services: ClassVar[dict[str, type[ServiceData]]] = {
        "turn_on": Anything,
        "turn_off": Anything,
        "toggle": Anything,
    }


class SetGroup(ServiceData):
    """Make a group, or change one: give all its members, or some to add or to take out."""

    object_id: Text
    name: Text | None = None
    icon: Text | None = None
    all: Bool | None = None
    entities: EntityIds | None = None
    add_entities: EntityIds | None = None
    remove_entities: EntityIds | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = (self.entities, self.add_entities, self.remove_entities)
        if sum(way is not None for way in ways) > 1:
            raise refuse("give only one of entities, add_entities and remove_entities")
        return self


class RemoveGroup(ServiceData):
    """Take a group out."""

    object_id: Text


def offer_services(house: House, board: Board) -> Detach:
    """Let groups be made, changed and removed."""

    def set_group(call: ServiceCall) -> None:
        fields: SetGroup = call.fields
        group = board.get(f"group.{fields.object_id}")
        if group is None:
            members = fields.entities or fields.add_entities
            options = GroupOptions(name=fields.name, icon=fields.icon, all=bool(fields.all))
            options = options.model_copy(update={"entities": members})
            board.add(fields.object_id, options, by_service=True)
            return
        if fields.add_entities is not None:
            group.change([*group.members, *fields.add_entities])
        if fields.remove_entities is not None:
            group.change([each for each in group.members if each not in fields.remove_entities])
        if fields.entities is not None:
            group.change(fields.entities)
        group.describe(fields.name, fields.icon, fields.all)

    def remove(call: ServiceCall) -> None:
        entity_id = f"group.{call.fields.object_id}"
        if board.get(entity_id) is None:
            log.warning("there is no %s", entity_id)
        else:
            board.remove(entity_id)

    return together([_offer(house, "set", SetGroup, set_group), _offer(house, "remove", RemoveGroup, remove)])


def _offer(
    house: House, name: str, model: type[ServiceData], handle: Callable[[ServiceCall], None]
) -> Detach:
    def read(data: Mapping[str, Any]) -> ServiceData:
        try:
            return model.model_validate(data)
        except ValidationError as error:
            raise ServiceRefused(f"group.{name}: {error.errors()[0]['msg']}") from error

    description = (model.__doc__ or "").strip()
    return house.services.register("group", name, handle, schema=read, description=description, model=model)
