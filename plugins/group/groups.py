"""The section `group:`: entities of any domain, gathered under a name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import model_validator

from hub.api import Detach, House, Integration, together
from plugins.group.board import Board
from plugins.group.options import GroupOptions
from plugins.group.services import offer_services


class Groups(Integration):
    """Groups by name."""

    always: ClassVar[bool] = True

    groups: Mapping[str, GroupOptions] = {}

    @model_validator(mode="before")
    @classmethod
    def _by_name(cls, data: Any) -> Any:
        return {"groups": data} if isinstance(data, Mapping) and data else {}

    def start(self, house: House) -> Detach:
        board = Board(house)
        for key, options in self.groups.items():
            board.add(key, options)
        return together([offer_services(house, board), board.stop])
