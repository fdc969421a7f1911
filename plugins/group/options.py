"""What a group can be told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationInfo, model_validator

from hub.api import Bool, EntityIds, Text, without

_OF_OLD_PAGES = ("view", "control")


class GroupOptions(BaseModel):
    """One group. `all` asks for every member to be on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Text | None = None
    entities: EntityIds | None = None
    icon: str | None = None
    all: Bool = False

    @model_validator(mode="before")
    @classmethod
    def _just_the_members(cls, data: Any, info: ValidationInfo) -> Any:
        if not isinstance(data, Mapping):
            return {"entities": data}
        return without(info, data, _OF_OLD_PAGES, "says how old pages showed the group")
