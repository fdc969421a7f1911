"""Tell what was discovered, device by device, and which devices are ghosts: announced, but gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from hub.api import UNAVAILABLE, UNKNOWN, House
from plugins.mqtt.discoverer import Discoverer, Found, Held
from plugins.mqtt.ears import EarOptions
from plugins.mqtt.options import EntityOptions
from plugins.mqtt.residents import Resident

_DAY = 86400.0
_SILENT = (UNKNOWN, UNAVAILABLE)


@dataclass(slots=True)
class Announcer:
    """A device as its announcements show it."""

    key: str
    status: str = "in use"
    parts: list[EntityOptions | EarOptions] = field(default_factory=list)
    entities: list[str] = field(default_factory=list)
    topics: dict[str, None] = field(default_factory=dict)
    device_id: str | None = None

    @property
    def name(self) -> str:
        named = [part.device.name for part in self.parts if part.device is not None and part.device.name]
        return next(iter(named), None) or next(iter(self.entities), self.key)

    def told(self, name: str) -> str | None:
        """Return what the announcements say of the device: its model, its maker."""
        values = (getattr(part.device, name) for part in self.parts if part.device is not None)
        return next((value for value in values if value), None)

    @property
    def origin(self) -> str | None:
        origins = [part.origin for part in self.parts if part.origin is not None]
        if not origins:
            return None
        return " ".join(filter(None, (origins[0].name, origins[0].sw_version)))

    @property
    def reports(self) -> bool:
        """Whether anything of it is ever heard."""
        return any(_listens(part) for part in self.parts)


def _listens(part: EntityOptions | EarOptions) -> bool:
    names = [name for name in type(part).model_fields if name.endswith("state_topic") or name == "topic"]
    heard = any(getattr(part, name) for name in names)
    return heard or bool(isinstance(part, EntityOptions) and part.availability_topics)


class Overview:
    """What there is, and since when nothing was heard of it."""

    def __init__(self, house: House, discoverer: Discoverer) -> None:
        self._house = house
        self._discoverer = discoverer
        self._began = house.clock.timestamp()

    def announcers(self) -> list[Announcer]:
        devices: dict[str, Announcer] = {}
        for found in self._discoverer.found:
            device = devices.setdefault(found.device, Announcer(found.device))
            self._put(device, found)
        for held in self._discoverer.held:
            device = devices.setdefault(held.device, Announcer(held.device))
            _put_held(device, held, self._discoverer.decided(held.device))
        return sorted(devices.values(), key=lambda device: (device.name.lower(), device.key))

    def _put(self, device: Announcer, found: Found) -> None:
        device.parts.append(found.thing.options)
        device.topics[found.topic] = None
        device.device_id = device.device_id or found.device_id
        if isinstance(found.thing, Resident):
            device.entities.append(found.thing.live.entity.entity_id)

    def row(self, device: Announcer) -> dict[str, Any]:
        """Return a device as plain data."""
        heard = self.last_heard(device)
        return {
            "device": device.key,
            "name": device.name,
            "status": device.status,
            "manufacturer": device.told("manufacturer"),
            "model": device.told("model"),
            "sw_version": device.told("sw_version"),
            "origin": device.origin,
            "device_id": device.device_id,
            "entities": device.entities,
            "topics": list(device.topics),
            "last_heard": None if heard is None else _iso(heard),
        }

    def last_heard(self, device: Announcer) -> float | None:
        """Return when one of its entities last had a state, also before this start."""
        moments = (self._heard(entity_id) for entity_id in device.entities)
        return max((moment for moment in moments if moment is not None), default=None)

    def _heard(self, entity_id: str) -> float | None:
        state = self._house.states.get(entity_id)
        if state is not None and state.state not in _SILENT:
            return state.reported
        remembered = self._house.memory.recall(entity_id)
        return remembered.saved if remembered is not None and remembered.saved else None

    def ghosts(self, days: float) -> list[dict[str, Any]]:
        """Return the devices of which nothing was heard for so many days, with the reason in words."""
        found = []
        for device in self.announcers():
            reason = self._ghostly(device, days * _DAY)
            if reason:
                found.append({**self.row(device), "why": reason})
        return found

    def _ghostly(self, device: Announcer, longest: float) -> str:
        if device.status != "in use" or not device.reports or not device.entities:
            return ""
        now, heard = self._house.clock.timestamp(), self.last_heard(device)
        if heard is None:
            if now - self._began < min(longest, _DAY):
                return ""
            return f"nothing was ever heard of it; the hub listens since {_iso(self._began)}"
        if now - heard < longest:
            return ""
        return f"nothing was heard of it since {_iso(heard)}"

    def matching(self, whom: str) -> list[Announcer]:
        """Return the devices of this key, name, topic or entity id."""
        wanted = whom.strip().lower()
        return [device for device in self.announcers() if wanted in _names(device)]


def _put_held(device: Announcer, held: Held, decided: str) -> None:
    device.status = "rejected" if decided == "rejected" else "waits"
    device.parts.append(held.options)
    device.topics[held.message.topic] = None


def _names(device: Announcer) -> Iterable[str]:
    names = [device.key, device.name, *device.topics, *device.entities, device.device_id or ""]
    return {name.lower() for name in names}


def _iso(timestamp: float) -> str:
    return datetime.fromtimestamp(timestamp, UTC).isoformat(timespec="seconds")


def rows(overview: Overview) -> list[Mapping[str, Any]]:
    return [overview.row(device) for device in overview.announcers()]
