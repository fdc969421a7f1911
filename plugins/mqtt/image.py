"""The mqtt image: a picture, or the address of one, that comes on a topic."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import model_validator

from hub.api import House, TemplateField, Text, refuse
from plugins.mqtt.feed import Feed, Reading
from plugins.mqtt.live import Live
from plugins.mqtt.options import EntityOptions, Living
from plugins.mqtt.pictures import picture
from plugins.mqtt.topics import SubscribeTopic

log = logging.getLogger(__name__)


class Image(EntityOptions):
    """A picture; its state is when the last one came."""

    domain: ClassVar[str] = "image"
    default_name: ClassVar[str | None] = "MQTT Image"
    reserved: ClassVar[frozenset[str]] = frozenset({"access_token", "content_type", "image_url"})

    image_topic: SubscribeTopic | None = None
    image_encoding: Literal["b64", "raw"] | None = None
    content_type: Text | None = None
    url_topic: SubscribeTopic | None = None
    url_template: TemplateField | None = None

    @model_validator(mode="after")
    def _one_topic(self) -> Image:
        if (self.image_topic is None) == (self.url_topic is None):
            raise refuse("an image needs image_topic or url_topic, not both")
        if self.url_topic is not None and self.content_type is not None:
            raise refuse("content_type goes with image_topic only")
        return self

    def make(self, house: House, feed: Feed) -> Living:
        return LiveImage(house, feed, self)


class LiveImage(Live[Image]):
    """`picture` is the last picture, `url` the last address."""

    picture: bytes | None = None
    url: str | None = None
    _moment: str | None = None

    def wire(self) -> None:
        options = self.options
        self.listen("image_topic", options.image_topic, self._picture_came)
        self.hear("url_topic", options.url_topic, options.url_template, self._url_came)

    def current(self) -> tuple[str | None, Mapping[str, Any]]:
        return self._moment, {"image_url": self.url} if self.url is not None else {}

    @property
    def content_type(self) -> str:
        return self.options.content_type or "image/jpeg"

    def _picture_came(self, reading: Reading) -> None:
        try:
            self.picture = picture(reading.message.payload, in_base64=self.options.image_encoding == "b64")
        except ValueError as error:
            log.error("%s: %s", self.name, error)
            self.picture = None
        self._stamp()

    def _url_came(self, text: str) -> None:
        if not text.startswith(("http://", "https://")):
            log.error("%s: %.100r is no address of a picture", self.name, text)
            return
        self.url = text
        self._stamp()

    def _stamp(self) -> None:
        self._moment = self.house.clock.now().isoformat()
        self.touch()


OPTIONS = Image
