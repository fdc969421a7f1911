"""What a page about one device shows beside its entities, and what of it people change."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

import orjson
from pydantic import BaseModel, ConfigDict, Field

from hub.core.errors import HubError, NotFound
from hub.core.ports import House
from hub.web.answers import Json
from hub.web.login import Asker
from hub.web.need import ADMIN, PERSON, http
from hub.web.parts import Parts
from hub.web.who import Who

_TAGS = {"tags": ["house"]}
_SHORT = {"stat_t": "state", "cmd_t": "command", "avty_t": "availability", "json_attr_t": "attributes"}
_Name = Annotated[str, Field(max_length=200)]


class ChangedDevice(BaseModel):
    """A name of one's own, and the area where it is; None takes them away."""

    model_config = ConfigDict(extra="forbid")

    name_by_user: _Name | None = None
    area_id: _Name | None = None


class DevicesApi:
    """One device: its topics, the automations that use it, and its name and place."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._house: House = parts.house

    @http("GET", "/api/devices/{device_id}/about", PERSON, summary="Topics and automations", **_TAGS)
    async def about(self, device_id: str, who: Asker) -> Any:
        """Return what is known of a device beside its entities; topics and payloads to admins only."""
        if self._house.devices.get(device_id) is None or not who.sees_device(device_id):
            raise NotFound(f"there is no device {device_id}")
        entities = [one.entity_id for one in self._house.registry.of_device(device_id)]
        states = [state for one in entities if (state := self._house.states.get(one)) is not None]
        return Json(
            {
                "online": any(state.state != "unavailable" for state in states) if states else None,
                "last_seen": max((state.reported for state in states), default=None),
                "automations": self._automations(device_id, entities, who),
                "topics": await self._topics(device_id) if who.is_admin else [],
            }
        )

    @http("PATCH", "/api/devices/{device_id}", ADMIN, summary="Name a device, and say where it is", **_TAGS)
    async def change(self, device_id: str, given: ChangedDevice) -> Any:
        if self._house.devices.get(device_id) is None:
            raise NotFound(f"there is no device {device_id}")
        if given.area_id is not None and given.area_id not in self._house.areas.areas:
            raise HubError(f"there is no area {given.area_id!r}", remedy="Make it first: `hub area create`.")
        changes = {"name_by_user": given.name_by_user or None, "area_id": given.area_id}
        return Json(await self._parts.command("house.change_device", who=device_id, **changes))

    def _automations(self, device_id: str, entities: Iterable[str], who: Who) -> list[dict[str, str]]:
        wanted = [device_id, *entities]
        found = []
        for automation in self._parts.engine.automations:
            text = json.dumps(self._parts.engine.source_of(automation), default=str)
            if who.sees(automation.entity_id) and any(f'"{one}"' in text or one in text for one in wanted):
                state = self._house.states.get(automation.entity_id)
                name = state.name if state is not None else automation.name
                found.append({"entity_id": automation.entity_id, "name": name})
        return found

    async def _topics(self, device_id: str) -> list[dict[str, Any]]:
        """Return the topics of its entities, with what the server keeps of each."""
        topics = dict(self._named(device_id))
        if "mqtt.retained" not in self._parts.commands:
            return []
        try:
            kept = {one["topic"]: one for one in await self._parts.command("mqtt.retained", filter="#")}
        except HubError:  # another server's
            kept = {}
        for topic, direction in _announced(self._house, device_id, kept):
            topics.setdefault(topic, direction)
        return [
            {"topic": topic, "direction": direction, "payload": kept.get(topic, {}).get("payload")}
            for topic, direction in sorted(topics.items())
        ]

    def _named(self, device_id: str) -> Iterator[tuple[str, str]]:
        """Yield the topics that the YAML names for the device's entities."""
        unique_ids = {one.unique_id for one in self._house.registry.of_device(device_id)}
        configuration = self._parts.configuration()
        for part in configuration.parts if configuration is not None else ():
            for one in _mappings(part.source):
                if one.get("unique_id") in unique_ids:
                    yield from _topics_of(one)


def _announced(
    house: House, device_id: str, kept: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, str]]:
    """Yield the topics that a device announced itself."""
    device = house.devices.get(device_id)
    names = {name for _, name in device.identifiers} if device is not None else set()
    for topic, message in kept.items():
        if not topic.endswith("/config") or not names:
            continue
        try:
            told = orjson.loads(message.get("payload") or b"null")
        except orjson.JSONDecodeError:
            continue
        for one in _mappings(told):
            about = one.get("device") or one.get("dev") or {}
            found = about.get("identifiers") or about.get("ids") or () if isinstance(about, dict) else ()
            if names & set([found] if isinstance(found, str) else map(str, found)):
                yield from _topics_of(one)


def _mappings(data: Any, depth: int = 6) -> Iterator[Mapping[str, Any]]:
    if depth and isinstance(data, Mapping):
        yield data
        for value in data.values():
            yield from _mappings(value, depth - 1)
    elif depth and isinstance(data, list):
        for value in data:
            yield from _mappings(value, depth - 1)


def _topics_of(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    base = str(data.get("~", ""))
    for key, value in data.items():
        if isinstance(value, str) and (key.endswith(("_topic", "_t")) or key == "topic"):
            yield value.replace("~", base), _SHORT.get(key, key.removesuffix("_topic").replace("_", " "))
