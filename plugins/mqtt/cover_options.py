"""The options of an mqtt cover."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import model_validator

from hub.api import Bool, TemplateField, Text, refuse
from plugins.mqtt.classes import known_class
from plugins.mqtt.decoding import NONE
from plugins.mqtt.options import CommandOptions, Payload
from plugins.mqtt.ranges import to_percent
from plugins.mqtt.topics import PublishTopic, SubscribeTopic

log = logging.getLogger(__name__)

_TEMPLATES = {
    "value_template": "state_topic",
    "position_template": "position_topic",
    "set_position_template": "set_position_topic",
    "tilt_command_template": "tilt_command_topic",
    "tilt_status_template": "tilt_status_topic",
}
STOPPED = "stopped"


class CoverOptions(CommandOptions):
    """A shutter, a blind, a garage door. Without topics that tell, its state is assumed."""

    domain: ClassVar[str] = "cover"
    default_name: ClassVar[str | None] = "MQTT Cover"
    reserved: ClassVar[frozenset[str]] = frozenset({"current_position", "current_tilt_position"})

    optimistic: Bool = False
    command_topic: PublishTopic | None = None
    payload_open: Payload | None = "OPEN"
    payload_close: Payload | None = "CLOSE"
    payload_stop: Payload | None = "STOP"
    device_class: Annotated[Text | None, known_class("cover")] = None

    state_topic: SubscribeTopic | None = None
    value_template: TemplateField | None = None
    state_open: Payload = "open"
    state_opening: Payload = "opening"
    state_closed: Payload = "closed"
    state_closing: Payload = "closing"
    state_stopped: Payload = "stopped"

    position_topic: SubscribeTopic | None = None
    position_template: TemplateField | None = None
    set_position_topic: PublishTopic | None = None
    set_position_template: TemplateField | None = None
    position_open: int = 100
    position_closed: int = 0

    tilt_command_topic: PublishTopic | None = None
    tilt_command_template: TemplateField | None = None
    tilt_status_topic: SubscribeTopic | None = None
    tilt_status_template: TemplateField | None = None
    tilt_min: int = 0
    tilt_max: int = 100
    tilt_opened_value: int = 100
    tilt_closed_value: int = 0
    tilt_optimistic: Bool = False
    payload_stop_tilt: Payload | None = "STOP"

    @model_validator(mode="after")
    def _topics_belong(self) -> CoverOptions:
        if self.set_position_topic and not self.position_topic:
            raise refuse("set_position_topic goes with position_topic only")
        for template, topic in _TEMPLATES.items():
            if getattr(self, template) is not None and getattr(self, topic) is None:
                raise refuse(f"{template} goes with {topic} only")
        if self.position_open == self.position_closed or self.tilt_min == self.tilt_max:
            raise refuse("a range needs two different ends")
        return self

    @property
    def assumed(self) -> bool:
        told = (self.position_topic, self.state_topic, self.tilt_status_topic)
        return self.optimistic or not any(told)

    @property
    def tilt_assumed(self) -> bool:
        return self.tilt_optimistic or self.tilt_status_topic is None

    def describe(self) -> Mapping[str, Any]:
        return {"assumed_state": self.assumed}

    def states(self) -> dict[str, str | None]:
        """Return which payload means which state; `stopped` is open or closed, as the position says."""
        states: dict[str, str | None] = {NONE: None}
        for state in ("closed", "open", "closing", "opening", STOPPED):
            states[getattr(self, f"state_{state}")] = state
        return states

    def position(self, value: float) -> int:
        """Return the percentage open that the device's own number is."""
        return min(100, max(0, to_percent(self.position_closed + 1, self.position_open, value)))

    def tilt(self, value: float) -> int:
        return to_percent(self.tilt_min + 1, self.tilt_max, value)

    def tilt_in_range(self, value: float) -> bool:
        return min(self.tilt_min, self.tilt_max) <= value <= max(self.tilt_min, self.tilt_max)

    def variables(self) -> dict[str, Any]:
        """What stands in templates about positions."""
        names = ("position_open", "position_closed", "tilt_min", "tilt_max")
        return {name: getattr(self, name) for name in names}
