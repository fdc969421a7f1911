"""The mqtt camera: pictures that come on a topic."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from hub.api import House
from plugins.mqtt.feed import Feed, Reading
from plugins.mqtt.live import Live
from plugins.mqtt.options import EntityOptions, Living
from plugins.mqtt.pictures import picture
from plugins.mqtt.topics import SubscribeTopic

log = logging.getLogger(__name__)


class Camera(EntityOptions):
    """A camera whose pictures come as messages."""

    domain: ClassVar[str] = "camera"
    default_name: ClassVar[str | None] = "MQTT Camera"
    reserved: ClassVar[frozenset[str]] = frozenset(
        {"access_token", "brand", "model_name", "motion_detection"}
    )

    topic: SubscribeTopic
    image_encoding: Literal["b64"] | None = None

    def make(self, house: House, feed: Feed) -> Living:
        return LiveCamera(house, feed, self)


class LiveCamera(Live[Camera]):
    """Idle, whatever comes; `picture` is the last one."""

    picture: bytes | None = None

    def wire(self) -> None:
        self.listen("topic", self.options.topic, self._came)

    def current(self) -> tuple[str | None, Mapping[str, Any]]:
        return "idle", {}

    def _came(self, reading: Reading) -> None:
        try:
            self.picture = picture(reading.message.payload, in_base64=self.options.image_encoding is not None)
        except ValueError as error:
            log.error("%s: %s", self.name, error)


OPTIONS = Camera
