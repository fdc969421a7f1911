"""The keys of `dashboards:`: pages of the house that people arranged themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

_ID = r"^[a-z0-9_-]{1,64}$"


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class CardModel(BaseModel):
    """A card: the entities of an area or device, or those that are named, in their order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str | None = None
    text: str | None = None
    area: str | None = None
    """The area's id."""
    device: str | None = None
    """The device's id."""
    entities: Annotated[list[str] | None, BeforeValidator(_listed)] = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if sum(what is not None for what in (self.area, self.device, self.entities)) > 1:
            raise ValueError("a card shows one of area, device and entities", "Make two cards of it.")
        if all(what is None for what in (self.area, self.device, self.entities, self.text)):
            raise ValueError("this card shows nothing", "Give it area, device, entities or text.")
        return self


class DashboardModel(BaseModel):
    """A dashboard: its cards in the order in which they stand."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    id: Annotated[str, Field(pattern=_ID)] | None = None
    """Its address; made of the title if it is not given."""
    title: Annotated[str, Field(min_length=1, max_length=100)]
    cards: list[CardModel] = Field(default_factory=list)

    @property
    def address(self) -> str:
        return self.id or slug(self.title)


def slug(title: str) -> str:
    """Return the address that is made of a title."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "dashboard"


def addresses(dashboards: Iterable[DashboardModel]) -> list[tuple[str, DashboardModel]]:
    """Return each dashboard with its address; two that would have the same one get numbers."""
    found: dict[str, DashboardModel] = {}
    for one in dashboards:
        address, number = one.address, 2
        while address in found:
            address, number = f"{one.address}-{number}", number + 1
        found[address] = one
    return list(found.items())
