"""The mqtt lawn_mower: a robot that mows the lawn."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from hub.api import Bool, Command, House, ServiceCall, TemplateField
from plugins.mqtt.feed import Feed
from plugins.mqtt.live import Live
from plugins.mqtt.options import CommandOptions, Living
from plugins.mqtt.topics import PublishTopic, SubscribeTopic

log = logging.getLogger(__name__)

_ACTIVITIES = frozenset({"docked", "error", "mowing", "paused", "returning"})
_ORDERS = {"start_mowing": "mowing", "pause": "paused", "dock": "docked"}


class LawnMower(CommandOptions):
    """A robot lawn mower."""

    domain: ClassVar[str] = "lawn_mower"
    default_name: ClassVar[str | None] = "MQTT Lawn Mower"

    optimistic: Bool = False
    activity_state_topic: SubscribeTopic | None = None
    activity_value_template: TemplateField | None = None
    start_mowing_command_topic: PublishTopic | None = None
    start_mowing_command_template: TemplateField | None = None
    pause_command_topic: PublishTopic | None = None
    pause_command_template: TemplateField | None = None
    dock_command_topic: PublishTopic | None = None
    dock_command_template: TemplateField | None = None

    @property
    def assumed(self) -> bool:
        return self.optimistic or self.activity_state_topic is None

    def describe(self) -> Mapping[str, Any]:
        return {"assumed_state": self.assumed}

    def make(self, house: House, feed: Feed) -> Living:
        return LiveLawnMower(house, feed, self)


class LiveLawnMower(Live[LawnMower]):
    _activity: str | None = None

    def commands(self) -> Mapping[str, Command]:
        topics = {order: getattr(self.options, f"{order}_command_topic") for order in _ORDERS}
        return {order: partial(self._order, order) for order, topic in topics.items() if topic is not None}

    def wire(self) -> None:
        options = self.options
        self.hear("activity", options.activity_state_topic, options.activity_value_template, self._came)

    def restore(self) -> None:
        remembered = self.house.memory.recall(self.name) if self.options.assumed else None
        if remembered is not None and remembered.state in _ACTIVITIES:
            self._activity = remembered.state

    def current(self) -> tuple[str | None, Mapping[str, Any]]:
        return self._activity, {}

    def _came(self, text: str) -> None:
        if not text:
            return
        if text.lower() != "none" and text not in _ACTIVITIES:
            log.error("%s: %.100r is no activity of a lawn_mower", self.name, text)
            return
        self._activity = None if text.lower() == "none" else text
        self.touch()

    def _order(self, order: str, call: ServiceCall) -> None:
        topic = getattr(self.options, f"{order}_command_topic")
        self.publish(topic, self.render(getattr(self.options, f"{order}_command_template"), order))
        if self.options.assumed:
            self._activity = _ORDERS[order]
            self.show_assumed(call)


OPTIONS = LawnMower
