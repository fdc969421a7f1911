"""What a page about one device shows beside its entities."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from hub.core.errors import NotFound
from hub.core.ports import House
from hub.web.answers import Json
from hub.web.device_login import login_of
from hub.web.device_topics import topics_of
from hub.web.login import Asker
from hub.web.need import PERSON, http
from hub.web.parts import Parts
from hub.web.who import Who

_TAGS = {"tags": ["house"]}


class DevicesApi:
    """One device: its topics, and the automations that use it."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._house: House = parts.house

    @http("GET", "/api/devices/{device_id}/about", PERSON, summary="Topics and automations", **_TAGS)
    async def about(self, device_id: str, who: Asker) -> Any:
        """Return what is known of a device beside its entities; topics, log-in and its log to admins only."""
        if self._house.devices.get(device_id) is None or not who.sees_device(device_id):
            raise NotFound(f"there is no device {device_id}")
        entities = [one.entity_id for one in self._house.registry.of_device(device_id)]
        states = [state for one in entities if (state := self._house.states.get(one)) is not None]
        topics = await topics_of(self._parts, device_id)
        seen = [*(state.reported for state in states), *(at for one in topics if (at := one.get("at")))]
        online = any(state.state != "unavailable" for state in states) if states else None
        told: dict[str, Any] = {
            "online": online,
            "last_seen": max(seen, default=None),
            "automations": self._automations([device_id, *entities, *(one["topic"] for one in topics)], who),
            "topics": [],
            "problems": [],
        }
        if who.is_admin:
            told |= {"topics": topics, "problems": await self._problems(device_id)}
            told |= await login_of(self._parts, topics)
        if not told["online"]:
            told["online_since"] = None
        return Json(told)

    async def _problems(self, device_id: str) -> list[dict[str, Any]]:
        """Return what was wrong with its announcements."""
        services = self._house.services
        if services.find("mqtt", "discovery_problems") is None:
            return []
        found = await services.wait("mqtt", "discovery_problems", {}, return_response=True) or {}
        return [one for one in found.get("problems", ()) if one["device_id"] == device_id]

    def _automations(self, wanted: Iterable[str], who: Who) -> list[dict[str, str]]:
        """Return the automations that name one of these: the device, its entities, its topics."""
        named = re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, wanted))})(?![\w/])")
        found = []
        for automation in self._parts.engine.automations:
            text = json.dumps(self._parts.engine.source_of(automation), default=str)
            if who.sees(automation.entity_id) and named.search(text):
                state = self._house.states.get(automation.entity_id)
                name = state.name if state is not None else automation.name
                found.append({"entity_id": automation.entity_id, "name": name})
        return found
