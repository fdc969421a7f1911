"""The dashboards that the configuration arranges; what a page changes, it changes in the YAML."""

from __future__ import annotations

from typing import Any

from hub.config.dashboards import addresses
from hub.web.answers import Json
from hub.web.login import Asker
from hub.web.need import PERSON, http
from hub.web.parts import Parts


class DashboardsApi:
    """Everybody sees the dashboards, and on them the entities that are theirs to see."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    @http("GET", "/api/dashboards", PERSON, summary="The dashboards of the YAML", tags=["house"])
    async def all(self, who: Asker) -> Any:
        configuration = self._parts.configuration()
        found = addresses(configuration.dashboards) if configuration is not None else []
        return Json(
            [
                {"id": address, "title": one.title, "cards": [card.model_dump() for card in one.cards]}
                for address, one in found
            ]
        )
