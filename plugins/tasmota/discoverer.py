"""Keep the books of all devices that announced themselves, and tell what is wrong with them."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

import orjson

from hub.api import Event, House, Message, together
from plugins.tasmota.announcement import Announcement, Unreadable, read
from plugins.tasmota.station import Station

log = logging.getLogger(__name__)

_TOPIC = re.compile(r"([A-Z0-9_-]+)/(config|sensors)")
_DEVICES, _ENTITIES = "device_registry_updated", "entity_registry_updated"


class Discoverer:
    """Devices by their MAC, as they write it: without colons, in capitals."""

    def __init__(self, house: House, prefix: str) -> None:
        self._house = house
        self._prefix = prefix
        self._announced: dict[str, Announcement] = {}
        self._sensors: dict[str, Mapping[str, Any]] = {}
        self._stations: dict[str, Station] = {}
        self._detach = together(
            [
                house.bus.listen(_ENTITIES, self._registry_changed),
                house.bus.listen(_DEVICES, self._device_changed),
                house.mqtt.subscribe(f"{prefix}/#", self.received),
            ]
        )

    def stop(self) -> None:
        self._detach()
        for station in self._stations.values():
            station.stop()
        self._stations.clear()

    def received(self, message: Message) -> None:
        """Take in what a device announced."""
        place = _TOPIC.fullmatch(message.topic.removeprefix(f"{self._prefix}/"))
        if place is None:
            log.warning("%s is no topic for an announcement", message.topic)
            return
        mac, what = place.groups()
        try:
            if what == "config":
                self._device_told(mac, message.payload)
            else:
                self._sensors_told(mac, message.payload)
        except Unreadable as error:
            log.warning("what was announced on %s can't be used: %s", message.topic, error)

    # --- devices -------------------------------------------------------------------------------------

    def _device_told(self, mac: str, payload: bytes) -> None:
        if not payload:
            self._forget(mac)
            return
        announcement = read(payload)
        if announcement.mac != mac:
            raise Unreadable(f"its MAC is {announcement.mac}")
        self._announced[mac] = announcement
        # Also a device that can't be used is shown, so that people find it.
        self._house.devices.add(announcement.device())
        trouble = self._trouble(announcement)
        if trouble:
            log.warning("%s", trouble)
        else:
            self._settle(announcement)
        self._retry()

    def _settle(self, announcement: Announcement) -> None:
        mac = announcement.mac
        station = self._stations.get(mac)
        if station is None:
            station = self._stations[mac] = Station(self._house, announcement)
        station.update(announcement, self._sensors.get(mac))

    def _trouble(self, announcement: Announcement) -> str:
        """Say why a device can't be used; empty if it can."""
        if announcement.command_topic == announcement.stat_topic:
            return f"{_described(announcement)} gets no entities: there is no %prefix% in its FullTopic"
        twin = self._twin(announcement)
        if twin is not None:
            both = f"{_described(twin)} and {_described(announcement)}"
            return (
                f"{both} share the topic {announcement.command_topic}: the latter gets no entities until it "
                "has a Topic of its own"
            )
        return ""

    def _twin(self, announcement: Announcement) -> Announcement | None:
        used = (station.announcement for mac, station in self._stations.items() if mac != announcement.mac)
        return next((other for other in used if other.command_topic == announcement.command_topic), None)

    def _retry(self) -> None:
        """Let those in whose trouble is over, now that another device has changed or gone."""
        for mac, announcement in self._announced.items():
            station = self._stations.get(mac)
            settled = station is not None and station.announcement is announcement
            if not settled and not self._trouble(announcement):
                self._settle(announcement)

    def _forget(self, mac: str) -> None:
        announcement = self._announced.pop(mac, None)
        if announcement is None:
            return
        station = self._stations.pop(mac, None)
        if station is not None:
            station.remove()
        else:
            self._forget_device(announcement)
        self._retry()

    def _forget_device(self, announcement: Announcement) -> None:
        info = announcement.device()
        device = self._house.devices.find(info.identifiers, info.connections)
        if device is not None and not self._house.registry.of_device(device.id):
            self._house.devices.remove(device.id)

    # --- sensors -------------------------------------------------------------------------------------

    def _sensors_told(self, mac: str, payload: bytes) -> None:
        self._sensors[mac] = _sample(payload)
        station = self._stations.get(mac)
        if station is not None:
            station.update(station.announcement, self._sensors[mac])

    # --- what people do ------------------------------------------------------------------------------

    def _registry_changed(self, event: Event) -> None:
        if event.data["action"] == "create":
            return
        for station in list(self._stations.values()):
            station.registry_changed(event)

    def _device_changed(self, event: Event) -> None:
        """Empty the topics of a device that people removed, so that it does not come back."""
        device_id = event.data["device_id"]
        if event.data["action"] != "remove" or self._house.devices.get(device_id) is not None:
            return
        for mac in [mac for mac, station in self._stations.items() if station.device_id == device_id]:
            self._stations.pop(mac).remove()
            del self._announced[mac]
            for what in ("config", *(("sensors",) if self._sensors.pop(mac, None) else ())):
                self._house.mqtt.publish(f"{self._prefix}/{mac}/{what}", "", retain=True)


def _described(announcement: Announcement) -> str:
    return f"{announcement.name} ({announcement.ip or announcement.mac})"


def _sample(payload: bytes) -> Mapping[str, Any]:
    """Return the sample of a sensor message in an announcement; empty if it takes back what there was."""
    if not payload:
        return {}
    try:
        content = orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        raise Unreadable("it is no JSON") from error
    sample = content.get("sn", {}) if isinstance(content, dict) else None
    if not isinstance(sample, dict):
        raise Unreadable("it has no object `sn`")
    return sample
