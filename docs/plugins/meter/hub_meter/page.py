"""The page: all meters in a table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from hub.api import House, Page, WebAnswer, WebHandler, WebRequest


class MetersPage(Page):
    """Every meter with its reading."""

    title = "Meters"
    folder = Path(__file__).with_name("files")
    role = "viewer"

    def answers(self, house: House) -> Mapping[str, WebHandler]:
        def readings(request: WebRequest) -> WebAnswer:
            meters = [entity for entity in house.entities if entity.info.platform == "meter"]
            told = [
                {"name": entity.full_name, "state": state.state}
                for entity in meters
                if (state := house.states.get(entity.entity_id)) is not None
            ]
            return WebAnswer(json.dumps(told).encode(), headers={"Content-Type": "application/json"})

        return {"readings": readings}
