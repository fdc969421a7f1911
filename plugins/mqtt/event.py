"""The mqtt event: something that happens, such as a button that is pressed."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import orjson

from hub.api import House, OneOrMany, TemplateField, Text
from plugins.mqtt.classes import known_class
from plugins.mqtt.decoding import NONE
from plugins.mqtt.feed import Feed, Reading
from plugins.mqtt.live import Live
from plugins.mqtt.meaning import Ignored, Unusable, tell
from plugins.mqtt.options import EntityOptions, Living
from plugins.mqtt.topics import SubscribeTopic

log = logging.getLogger(__name__)


class Event(EntityOptions):
    """Something that happens. Each message is an object with `event_type` and whatever goes with it.

    Messages that the broker kept are left out: what they tell happened before.
    """

    domain: ClassVar[str] = "event"
    default_name: ClassVar[str | None] = "MQTT Event"
    reserved: ClassVar[frozenset[str]] = frozenset({"event_type", "event_types"})

    state_topic: SubscribeTopic
    event_types: OneOrMany[Text]
    value_template: TemplateField | None = None
    device_class: Annotated[Text | None, known_class("event")] = None

    def attributes(self, house: House) -> Mapping[str, Any]:
        return {"event_types": list(self.event_types)}

    def happened(self, text: str) -> tuple[str, dict[str, Any]]:
        """Return the type of the event and what goes with it; raises `Ignored` or `Unusable`."""
        if not text or text in (NONE, "{}"):
            raise Ignored
        try:
            content = orjson.loads(text)
        except ValueError:
            raise Unusable(f"an event is a JSON object, not {text[:100]!r}") from None
        if not isinstance(content, dict) or "event_type" not in content:
            raise Unusable(f"an event has an event_type, which {text[:100]!r} has not")
        event_type = str(content.pop("event_type"))
        if event_type not in self.event_types:
            raise Unusable(f"{event_type!r} is none of its event_types")
        return event_type, content

    def make(self, house: House, feed: Feed) -> Living:
        return LiveEvent(house, feed, self)


class LiveEvent(Live[Event]):
    """Its state is the moment of the last event, in milliseconds, so that each event is a change."""

    _moment: str | None = None

    def __init__(self, house: House, feed: Feed, options: Event) -> None:
        self._last: Mapping[str, Any] = {"event_type": None}
        super().__init__(house, feed, options)

    def restore(self) -> None:
        remembered = self.house.memory.recall(self.name)
        if remembered is not None and "event_type" in remembered.attributes:
            self._moment = remembered.state
            self._last = remembered.attributes

    def wire(self) -> None:
        read = self.reader(self.options.value_template, strict=True)

        def came(reading: Reading) -> None:
            text = None if reading.message.retain else read(reading)
            if text is not None:
                self._came(text)

        self.listen("state_topic", self.options.state_topic, came)

    def _taken(self, extra: Mapping[str, Any]) -> dict[str, Any]:
        """Return what an event told beside its type, without what the entity says of itself."""
        options = self.options
        own = {"device_class": options.device_class, "icon": options.icon}
        taken = {name: value for name, value in extra.items() if own.get(name) is None}
        taken.pop("friendly_name", None)
        return taken

    def current(self) -> tuple[str | None, Mapping[str, Any]]:
        return self._moment, self._last

    def _came(self, text: str) -> None:
        try:
            event_type, extra = self.options.happened(text)
        except Ignored:
            return
        except Unusable as unusable:
            tell(self.name, unusable)
            return
        self._moment = self.house.clock.now().isoformat(timespec="milliseconds")
        self._last = {"event_type": event_type, **self._taken(extra)}
        self.house.memory.keep(self.name, self._moment, self._last)
        # At once and not with the other entities: two events in one message are two changes.
        self.show()


OPTIONS = Event
