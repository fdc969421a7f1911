"""The mqtt device_tracker: where somebody's device is."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import model_validator

from hub.api import House, TemplateField, refuse
from plugins.mqtt.feed import Feed
from plugins.mqtt.live import Live
from plugins.mqtt.options import EntityOptions, Living, Payload
from plugins.mqtt.topics import SubscribeTopic
from plugins.mqtt.zones import zone_at

log = logging.getLogger(__name__)

_POSITION = ("latitude", "longitude", "gps_accuracy")


class DeviceTracker(EntityOptions):
    """A device that tells where it is: home, not home, the name of a place, or its position as attributes."""

    domain: ClassVar[str] = "device_tracker"
    default_name: ClassVar[str | None] = None

    state_topic: SubscribeTopic | None = None
    value_template: TemplateField | None = None
    payload_home: Payload = "home"
    payload_not_home: Payload = "not_home"
    payload_reset: Payload = "None"
    source_type: Literal["gps", "router", "bluetooth", "bluetooth_le"] = "gps"

    @model_validator(mode="after")
    def _told_somehow(self) -> DeviceTracker:
        if self.state_topic is None and self.json_attributes_topic is None:
            raise refuse("a device_tracker needs state_topic or json_attributes_topic")
        return self

    def meaning(self, text: str) -> str | None:
        """Return the place that a message names; None lets the position tell."""
        known = {self.payload_home: "home", self.payload_not_home: "not_home", self.payload_reset: None}
        return known.get(text, text)

    def make(self, house: House, feed: Feed) -> Living:
        return LiveDeviceTracker(house, feed, self)


class LiveDeviceTracker(Live[DeviceTracker]):
    _place: str | None = None

    def __init__(self, house: House, feed: Feed, options: DeviceTracker) -> None:
        self._position: dict[str, float] = {}
        super().__init__(house, feed, options)

    def wire(self) -> None:
        self.hear("state_topic", self.options.state_topic, self.options.value_template, self._came)

    def current(self) -> tuple[str | None, Mapping[str, Any]]:
        told = {"source_type": self.options.source_type, **self._position}
        if self._place is not None or not self._position:
            return self._place, told
        latitude, longitude, accuracy = (self._position[name] for name in _POSITION)
        return zone_at(self.house, latitude, longitude, accuracy), told

    def take_attributes(self, attributes: Mapping[str, Any]) -> None:
        if "latitude" in attributes or "longitude" in attributes:
            self._place = None
            self._position = self._read_position(attributes)
        rest = {name: value for name, value in attributes.items() if name not in _POSITION}
        super().take_attributes(rest)

    def _came(self, text: str) -> None:
        if text.strip():
            self._place = self.options.meaning(text)
            self.touch()

    def _read_position(self, attributes: Mapping[str, Any]) -> dict[str, float]:
        latitude, longitude = attributes.get("latitude"), attributes.get("longitude")
        if not _is_number(latitude) or not _is_number(longitude):
            log.warning("%s: its position is incomplete: %s, %s", self.name, latitude, longitude)
            return {}
        accuracy = attributes.get("gps_accuracy", 0)
        if not _is_number(accuracy):
            log.warning("%s: %.100r is no gps_accuracy", self.name, accuracy)
            accuracy = 0
        return {"latitude": latitude, "longitude": longitude, "gps_accuracy": accuracy}


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


OPTIONS = DeviceTracker
