"""The mqtt switch: on or off, by command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from hub.api import Command, House, ServiceCall, TemplateField, Text
from plugins.mqtt.classes import known_class
from plugins.mqtt.decoding import NONE
from plugins.mqtt.feed import Feed
from plugins.mqtt.live import Live
from plugins.mqtt.options import Living, Payload, StatefulOptions
from plugins.mqtt.topics import PublishTopic


class Switch(StatefulOptions):
    """A switch; its state is what the device says, or assumed if there is no state topic."""

    domain: ClassVar[str] = "switch"
    default_name: ClassVar[str | None] = "MQTT Switch"

    command_topic: PublishTopic
    command_template: TemplateField | None = None
    value_template: TemplateField | None = None
    payload_on: Payload = "ON"
    payload_off: Payload = "OFF"
    state_on: Payload | None = None
    state_off: Payload | None = None
    device_class: Annotated[Text | None, known_class("switch")] = None

    def states(self) -> dict[str, str | None]:
        """Return which payload means which state."""
        return {
            self.state_on or self.payload_on: "on",
            self.state_off or self.payload_off: "off",
            NONE: None,
        }

    def make(self, house: House, feed: Feed) -> Living:
        return LiveSwitch(house, feed, self)


class LiveSwitch(Live[Switch]):
    _state: str | None = None

    def commands(self) -> Mapping[str, Command]:
        return {"turn_on": self._turn_on, "turn_off": self._turn_off}

    def wire(self) -> None:
        self._states = self.options.states()
        self.hear("state_topic", self.options.state_topic, self.options.value_template, self._came)

    def restore(self) -> None:
        remembered = self.house.memory.recall(self.name) if self.options.assumed else None
        if remembered is not None and remembered.state in ("on", "off"):
            self._state = remembered.state

    def current(self) -> tuple[str | None, Mapping[str, Any]]:
        return self._state, {}

    def _came(self, text: str) -> None:
        if text in self._states:
            self._state = self._states[text]
            self.touch()

    def _turn_on(self, call: ServiceCall) -> None:
        self._turn("on", self.options.payload_on, call)

    def _turn_off(self, call: ServiceCall) -> None:
        self._turn("off", self.options.payload_off, call)

    def _turn(self, state: str, payload: str, call: ServiceCall) -> None:
        self.publish(self.options.command_topic, self.render(self.options.command_template, payload))
        if self.options.assumed:
            self._state = state
            self.show_assumed(call)


OPTIONS = Switch
