"""The section `homie:`: listen to devices that describe themselves, and announce what they have."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

import orjson
from pydantic import AfterValidator

from hub.api import Bool, Detach, House, HubError, Integration, Message, Text, nothing, refuse, together
from plugins.homie.properties import Property, of_attributes, of_description

log = logging.getLogger(__name__)
_BEGIN = "homeassistant_start"
_CALM = 0.5
_THERE = "{{ 'online' if value in ('ready', 'alert', 'sleeping') else 'offline' }}"
_ATTRIBUTE = re.compile(r"(?:[^/]+/){0,2}\$[a-z/-]+")


def _root(value: str) -> str:
    if not value or value.endswith("/") or {"+", "#", "\0"} & set(value):
        raise refuse(f"{value!r} can't begin a topic", "Write a word, such as homie, without wildcards.")
    return value


class HomieIntegration(Integration):
    """Devices of the Homie convention below `<root>/<device>` (version 4) and `<root>/5/<device>`."""

    always: ClassVar[bool] = True

    enabled: Bool = True
    root: Annotated[Text, AfterValidator(_root)] = "homie"

    def start(self, house: House) -> Detach:
        if not self.enabled:
            return nothing
        listener = _Listener(house, self.root)
        if house.started:
            listener.begin()
            return listener.stop
        # What announces entities for others is there when everything is set up.
        return together([house.bus.listen(_BEGIN, lambda event: listener.begin()), listener.stop])


@dataclass(slots=True)
class _Device:
    base: str
    told: dict[str, str] = field(default_factory=dict)
    announced: dict[str, str] = field(default_factory=dict)
    later: Detach = nothing


class _Listener:
    """Gathers what devices tell of themselves; when one has fallen silent for a moment it is announced."""

    def __init__(self, house: House, root: str) -> None:
        self._house = house
        self._root = root
        self._devices: dict[str, _Device] = {}
        self._stops: list[Detach] = []

    def begin(self) -> None:
        if self._stops:
            return
        # Attributes only: the values go to the entities themselves.
        filters = ["+/+", "+/+/+", "+/+/+/+", "5/+/+"]
        self._stops = [self._house.mqtt.subscribe(f"{self._root}/{filter}", self._came) for filter in filters]

    def stop(self) -> None:
        for stop in (*self._stops, *(device.later for device in self._devices.values())):
            stop()
        self._stops = []

    def _came(self, message: Message) -> None:
        below = message.topic[len(self._root) + 1 :]
        version, _, rest = below.partition("/")
        fifth = version == "5"
        id, _, attribute = (rest if fifth else below).partition("/")
        if _ATTRIBUTE.fullmatch(attribute) is None or (fifth and attribute != "$description"):
            return
        base = f"{self._root}/5/{id}" if fifth else f"{self._root}/{id}"
        device = self._devices.setdefault(base, _Device(base))
        text = message.payload.decode(errors="replace")
        if text:
            device.told[attribute] = text
        else:
            device.told.pop(attribute, None)
        if attribute != "$state":
            device.later()
            device.later = self._house.clock.call_later(_CALM, lambda: self._announce(device))

    def _announce(self, device: _Device) -> None:
        described = device.told.get("$description")
        try:
            description = _object(described) if described is not None else {}
        except ValueError as error:
            log.warning("%s/$description can't be used: %s", device.base, error)
            return
        parts = (
            of_description(device.base, description)
            if described is not None
            else of_attributes(device.base, device.told)
        )
        shared = self._shared(device, description)
        for key in [key for key in device.announced if key not in parts]:
            self._tell(device, device.announced.pop(key), key, None)
        for key, part in parts.items():
            self._announce_part(device, key, part, shared)

    def _announce_part(self, device: _Device, key: str, part: Property, shared: Mapping[str, Any]) -> None:
        component, options = part.entity()
        before = device.announced.get(key)
        if before not in (None, component):
            self._tell(device, str(before), key, None)
        device.announced[key] = component
        unique_id = f"{device.base}/{key}".replace("/", "-")
        self._tell(device, component, key, {**options, **shared, "unique_id": unique_id})

    def _tell(self, device: _Device, component: str, key: str, config: dict[str, Any] | None) -> None:
        told = {"component": component, "id": f"homie:{device.base}/{key}", "config": config}
        try:
            self._house.services.call("mqtt", "announce", told)
        except HubError as error:
            log.error("%s/%s can't be announced: %s", device.base, key, error)

    def _shared(self, device: _Device, description: Mapping[str, Any]) -> dict[str, Any]:
        id = device.base.rpartition("/")[2]
        told = device.told
        about = {
            "identifiers": [f"homie-{id}"],
            "name": description.get("name") or told.get("$name") or id,
            "model": description.get("type") or told.get("$implementation"),
            "sw_version": told.get("$fw/version"),
            "via_device": f"homie-{description['parent']}" if description.get("parent") else None,
        }
        return {
            "device": {key: value for key, value in about.items() if value},
            "availability": {"topic": f"{device.base}/$state", "value_template": _THERE},
            "origin": {"name": f"Homie {description.get('homie') or told.get('$homie') or ''}".strip()},
        }


def _object(text: str) -> dict[str, Any]:
    content = orjson.loads(text)
    if not isinstance(content, dict):
        raise ValueError("it is JSON, but no object")
    return content
