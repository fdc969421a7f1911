"""The mqtt binary_sensor: a reading that is on or off."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from hub.api import Bool, Detach, House, TemplateField, Text, nothing
from plugins.mqtt.classes import known_class
from plugins.mqtt.decoding import NONE
from plugins.mqtt.expiring import Expiring
from plugins.mqtt.feed import Feed, Reading
from plugins.mqtt.options import EntityOptions, Living, Payload
from plugins.mqtt.topics import SubscribeTopic, Whole

log = logging.getLogger(__name__)


class BinarySensor(EntityOptions):
    """A reading that is on or off."""

    domain: ClassVar[str] = "binary_sensor"
    default_name: ClassVar[str | None] = "MQTT Binary sensor"
    only_tells: ClassVar[bool] = True

    state_topic: SubscribeTopic
    value_template: TemplateField | None = None
    payload_on: Payload = "ON"
    payload_off: Payload = "OFF"
    device_class: Annotated[Text | None, known_class("binary_sensor")] = None
    off_delay: Annotated[Whole, Field(ge=0)] | None = None
    expire_after: Annotated[Whole, Field(ge=0)] | None = None
    force_update: Bool = False

    def describe(self) -> Mapping[str, Any]:
        return {"force_update": self.force_update}

    def states(self) -> dict[str, str | None]:
        """Return which payload means which state."""
        return {NONE: None, self.payload_off: "off", self.payload_on: "on"}

    def make(self, house: House, feed: Feed) -> Living:
        return LiveBinarySensor(house, feed, self)


class LiveBinarySensor(Expiring[BinarySensor]):
    """Shows what comes; with `off_delay` it goes off by itself."""

    _state: str | None = None
    _stop_delay: Detach = staticmethod(nothing)

    def wire(self) -> None:
        options = self.options
        self.prepare_expiry(options.expire_after)
        self._states = options.states()
        read = self.reader(options.value_template)

        def came(reading: Reading) -> None:
            text = read(reading)
            if text is not None:
                self._take(text)
            self.renew_expiry(self._state)

        self.listen("state_topic", options.state_topic, came)

    def _take(self, text: str) -> None:
        if text not in self._states:
            if text.strip():
                log.info("%s: %.100r is neither its payload for on nor that for off", self.name, text)
            return
        self._state = self._states[text]
        self._stop_delay()
        if self._state == "on" and self.options.off_delay is not None:
            self._stop_delay = self.house.clock.call_later(self.options.off_delay, self._go_off)
        if self.options.json_attributes_topic is not None:
            self.touch()
        else:
            self.entity.write(self._state)

    def _go_off(self) -> None:
        self._state = "off"
        self.show()

    def restored(self, state: str) -> None:
        self._state = state

    def current(self) -> tuple[str | None, Mapping[str, Any]]:
        return self._state, {}

    def stop(self, *, forget: bool = False) -> None:
        self._stop_delay()
        super().stop(forget=forget)


OPTIONS = BinarySensor
