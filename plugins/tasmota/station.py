"""One device: its topics, whether it is there, and its living entities."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import orjson

from hub.api import Detach, EntityEntry, Event, House, HubError, Message, nothing, together
from plugins.tasmota.announcement import Announcement
from plugins.tasmota.buttons import HAPPENED, presses_of
from plugins.tasmota.census import parts_of
from plugins.tasmota.ear import listen
from plugins.tasmota.live import PLATFORM, Live, Part
from plugins.tasmota.wire import Channel, Wire

log = logging.getLogger(__name__)

# A device that comes back tells so several times; it is asked how it is when it has calmed down.
_CALM_SECONDS = 1.0

_TELE = {"STATE": Channel.STATE, "SENSOR": Channel.SENSOR}
_STAT = {
    "RESULT": (Channel.RESULT, None),
    "STATUS1": (Channel.PARAMETERS, "StatusPRM"),
    "STATUS2": (Channel.FIRMWARE, "StatusFWR"),
    "STATUS10": (Channel.SENSOR, "StatusSNS"),
    "STATUS11": (Channel.STATUS, "StatusSTS"),
}


class Station:
    """A device that announced itself."""

    def __init__(self, house: House, announcement: Announcement) -> None:
        self._house = house
        self._wire = Wire(house, announcement)
        self.device_id = house.devices.add(announcement.device()).id
        self._lives: dict[tuple[str, str], Live[Any]] = {}
        self._online = False
        self._ask_later: Detach = nothing
        self._unsubscribe: Detach = nothing
        self._connection = house.mqtt.listen_connection(lambda connected: self._show_availability())

    @property
    def announcement(self) -> Announcement:
        return self._wire.announcement

    @property
    def available(self) -> bool:
        """Whether the device is there; one that sleeps between its reports counts as there."""
        return self._house.mqtt.connected and (self._online or bool(self.announcement.deep_sleep))

    # --- life ----------------------------------------------------------------------------------------

    def update(self, announcement: Announcement, sensors: Mapping[str, Any] | None) -> None:
        """Take over what the device announces now; entities that it no longer has go away."""
        before, self._wire.announcement = self.announcement, announcement
        self._presses = presses_of(announcement)
        renamed = before.device() != announcement.device()
        parts = {part.key: part for part in parts_of(announcement, sensors)}
        for key in [key for key in self._lives if key not in parts]:
            self._lives.pop(key).stop(forget=True)
        for key, part in parts.items():
            self._take(key, part, renamed)
        self._sweep(parts, sensors)
        self._show_availability()
        if self._unsubscribe is nothing or _topics(before) != _topics(announcement):
            self._unsubscribe()
            self._unsubscribe = self._subscribe()

    def stop(self) -> None:
        """Leave the house; what the registry knows stays."""
        self._detach()
        for live in reversed(self._lives.values()):
            live.stop()
        self._lives.clear()

    def remove(self) -> None:
        """Take the device and its entities out of the house and the registry."""
        self._detach()
        lives, self._lives = list(self._lives.values()), {}
        for live in lives:
            live.stop(forget=True)
        self._sweep({}, {})
        if not self._house.registry.of_device(self.device_id):
            self._house.devices.remove(self.device_id)

    def _detach(self) -> None:
        self._ask_later()
        self._connection()
        self._unsubscribe()

    def _take(self, key: tuple[str, str], part: Part, renamed: bool) -> None:
        live = self._lives.get(key)
        if live is None:
            self._add(part)
        elif live.part != part or renamed:
            live.update(part)

    def _add(self, part: Part) -> None:
        try:
            live = part.make(self._wire)
        except HubError as error:  # the other entities still come
            log.error("%s: a %s is left out: %s", self.announcement.name, part.domain, error)
            return
        self._lives[part.key] = live
        live.start(self.available)
        if self.available:
            self._ask_soon()

    def _sweep(self, parts: Mapping[tuple[str, str], Part], sensors: Mapping[str, Any] | None) -> None:
        """Forget the entities that the device had in an earlier life of the hub, and has no more."""
        registry = self._house.registry
        for entry in registry.of_device(self.device_id):
            if entry.platform != PLATFORM or (entry.domain, entry.unique_id) in parts:
                continue
            if sensors is not None or not _is_reading(entry, self.announcement):
                registry.remove(entry.entity_id)

    # --- what people do to entities ------------------------------------------------------------------

    def registry_changed(self, event: Event) -> None:
        """Follow people who rename an entity, switch it on or off, or remove it."""
        data = event.data
        entity_id = data.get("old_entity_id", data["entity_id"])
        live = next((live for live in self._lives.values() if live.entity.entity_id == entity_id), None)
        if live is None:
            return
        if data["action"] == "remove":
            if self._house.registry.get(entity_id) is None:
                del self._lives[live.part.key]
                live.stop()
        elif "old_entity_id" in data or "disabled_by" in data.get("changes", {}):
            live.enter_again(self.available)
            self._ask_soon()
        elif "name" in data.get("changes", {}):
            live.update(live.part)

    # --- what the device tells -----------------------------------------------------------------------

    def _subscribe(self) -> Detach:
        tele, stat = self.announcement.tele_topic, self.announcement.stat_topic
        wanted: list[tuple[str, Callable[[Message], None]]] = [
            *((tele + name, partial(self._told, channel, None)) for name, channel in _TELE.items()),
            *((stat + name, partial(self._told, *way)) for name, way in _STAT.items()),
        ]
        if not self.announcement.deep_sleep:
            wanted.append((f"{tele}LWT", self._presence_told))
        return together([listen(self._house, self.device_id, topic, callback) for topic, callback in wanted])

    def _told(self, channel: Channel, section: str | None, message: Message) -> None:
        content = _object(message.payload)
        if section is not None:
            content = content.get(section)
        if not isinstance(content, dict):
            return
        for live in list(self._lives.values()):
            if channel in live.channels and live.entity.enabled:
                try:
                    live.hear(channel, content)
                except Exception:  # one entity's bug must not silence the others
                    log.exception("%s could not use a message on %s", live.entity.entity_id, message.topic)
        # What the broker kept happened before.
        if channel is Channel.RESULT and not message.retain:
            self._press(content)

    def _press(self, content: Mapping[str, Any]) -> None:
        for press in self._presses:
            if press.is_in(content):
                told = {
                    "mac": self.announcement.mac,
                    "source": press.subtype,
                    "event": press.action,
                    "device_id": self.device_id,
                    "type": press.type,
                }
                self._house.bus.emit(HAPPENED, told)

    # --- whether it is there -------------------------------------------------------------------------

    def _presence_told(self, message: Message) -> None:
        told = message.payload.decode(errors="replace")
        if told == self.announcement.online:
            self._online = True
            self._ask_soon()
        elif told == self.announcement.offline:
            self._online = False
        self._show_availability()

    def _show_availability(self) -> None:
        available = self.available
        for live in self._lives.values():
            live.entity.set_available(available)

    def _ask_soon(self) -> None:
        for live in self._lives.values():
            live.asked()
        self._ask_later()
        self._ask_later = self._house.clock.call_later(_CALM_SECONDS, self._ask)

    def _ask(self) -> None:
        lives = [live for live in self._lives.values() if live.entity.enabled]
        for command, argument in dict.fromkeys(live.part.poll for live in lives if live.part.poll):
            self._wire.send(command, argument)


def _topics(announcement: Announcement) -> tuple[str, str, bool]:
    return announcement.tele_topic, announcement.stat_topic, bool(announcement.deep_sleep)


def _is_reading(entry: EntityEntry, announcement: Announcement) -> bool:
    return entry.domain == "sensor" and entry.unique_id.startswith(f"{announcement.mac}_sensor_")


def _object(payload: bytes) -> Any:
    try:
        content = orjson.loads(payload)
    except orjson.JSONDecodeError:
        return {}
    return content if isinstance(content, dict) else {}
