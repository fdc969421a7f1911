"""The topics of a device in the house: what it says and is told, with the latest payloads."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from hub.core.errors import HubError
from hub.core.heard import Heard
from hub.web.parts import Parts

SHOWN = 4_096
"""Bytes of a payload that are shown."""
_LONGEST = 1 << 16
_SHORT = {"stat_t": "state", "cmd_t": "command", "avty_t": "availability", "json_attr_t": "attributes"}
_Told = dict[str, Any]


async def topics_of(parts: Parts, device_id: str) -> list[_Told]:
    """Return the device's topics, with the latest payload of each as far as it is known."""
    house = parts.house
    listeners = [device_id, *(one.entity_id for one in house.registry.of_device(device_id))]
    heard = {filter: latest for who in listeners for filter, latest in house.hearing.of(who).items()}
    named = dict([*await _announced(parts, device_id), *_named(parts, device_id)])
    return [
        await _about(parts, topic, named.get(topic), heard.get(topic)) for topic in sorted({*heard, *named})
    ]


async def _about(parts: Parts, topic: str, direction: str | None, heard: Heard | None) -> _Told:
    kept = next((one for one in await _retained(parts, topic, shown=SHOWN)), None)
    told: _Told = {"topic": topic, "direction": direction, "retained": kept is not None, "payload": None}
    if kept is not None:
        told |= {key: kept[key] for key in ("payload", "payload_base64", "owner") if key in kept}
    if heard is not None:
        told |= {**_shown(heard.payload), "at": heard.at}
    return told


async def _retained(parts: Parts, filter: str, **more: Any) -> list[_Told]:
    if "mqtt.retained" not in parts.commands:
        return []
    try:
        found: list[_Told] = await parts.command("mqtt.retained", filter=filter, **more)
    except HubError:  # another server's
        return []
    return found


def _shown(payload: bytes) -> dict[str, str]:
    shown = payload[:SHOWN]
    try:
        # The cut may have gone through a character.
        return {"payload": shown.decode(errors="strict" if len(payload) <= SHOWN else "ignore")}
    except UnicodeDecodeError:
        return {"payload_base64": base64.b64encode(shown).decode()}


def _named(parts: Parts, device_id: str) -> Iterator[tuple[str, str]]:
    """Yield the topics that the YAML names for the device's entities."""
    unique_ids = {one.unique_id for one in parts.house.registry.of_device(device_id)}
    configuration = parts.configuration()
    for part in configuration.parts if configuration is not None else ():
        for one in _mappings(part.source):
            if one.get("unique_id") in unique_ids:
                yield from _topics_in(one)


async def _announced(parts: Parts, device_id: str) -> list[tuple[str, str]]:
    """Return the topics that a device announced itself."""
    device = parts.house.devices.get(device_id)
    names = {name for _, name in device.identifiers} if device is not None else set()
    if not names:
        return []
    told = await _retained(parts, "#", containing=sorted(names), shown=_LONGEST)
    return [
        pair
        for message in told
        if str(message["topic"]).endswith("/config")
        for one in _mappings(_json(message.get("payload")))
        if names & _identifiers(one)
        for pair in _topics_in(one)
    ]


def _identifiers(told: Mapping[str, Any]) -> set[str]:
    about = told.get("device") or told.get("dev") or {}
    found = about.get("identifiers") or about.get("ids") or () if isinstance(about, dict) else ()
    return {found} if isinstance(found, str) else set(map(str, found))


def _json(payload: Any) -> Any:
    try:
        return orjson.loads(payload or b"null")
    except orjson.JSONDecodeError:  # also of one that was cut
        return None


def _mappings(data: Any, depth: int = 6) -> Iterator[Mapping[str, Any]]:
    if depth and isinstance(data, Mapping):
        yield data
        for value in data.values():
            yield from _mappings(value, depth - 1)
    elif depth and isinstance(data, list):
        for value in data:
            yield from _mappings(value, depth - 1)


def _topics_in(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    base = str(data.get("~", ""))
    for key, value in data.items():
        if isinstance(value, str) and (key.endswith(("_topic", "_t")) or key == "topic"):
            direction = key.removesuffix("_topic").removesuffix("_t").replace("_", " ")
            yield value.replace("~", base), _SHORT.get(key, direction)
