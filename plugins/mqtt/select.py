"""The mqtt select: one of several options, by command."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from hub.api import Command, House, OneOrMany, ServiceCall, ServiceRefused, TemplateField, Text
from plugins.mqtt.feed import Feed
from plugins.mqtt.live import Live
from plugins.mqtt.options import Living, StatefulOptions
from plugins.mqtt.topics import PublishTopic

log = logging.getLogger(__name__)


class Select(StatefulOptions):
    """One of several options."""

    domain: ClassVar[str] = "select"
    default_name: ClassVar[str | None] = "MQTT Select"
    reserved: ClassVar[frozenset[str]] = frozenset({"options"})

    command_topic: PublishTopic
    command_template: TemplateField | None = None
    value_template: TemplateField | None = None
    options: OneOrMany[Text]

    def attributes(self, house: House) -> Mapping[str, Any]:
        return {"options": list(self.options)}

    def make(self, house: House, feed: Feed) -> Living:
        return LiveSelect(house, feed, self)


class LiveSelect(Live[Select]):
    _option: str | None = None

    def commands(self) -> Mapping[str, Command]:
        return {
            "select_option": lambda call: self._choose(call.fields.option, call),
            "select_first": lambda call: self._choose(self.options.options[0], call),
            "select_last": lambda call: self._choose(self.options.options[-1], call),
            "select_next": partial(self._step, 1),
            "select_previous": partial(self._step, -1),
        }

    def wire(self) -> None:
        self.hear("state_topic", self.options.state_topic, self.options.value_template, self._came)

    def restore(self) -> None:
        remembered = self.house.memory.recall(self.name) if self.options.assumed else None
        if remembered is not None and remembered.state in self.options.options:
            self._option = remembered.state

    def current(self) -> tuple[str | None, Mapping[str, Any]]:
        return self._option if self._option in self.options.options else None, {}

    def _came(self, text: str) -> None:
        if not text.strip():
            return
        if text in self.options.options:
            self._option = text
        elif text.lower() == "none":
            self._option = None
        else:
            log.error("%s: %.100r is none of its options", self.name, text)
            return
        self.touch()

    def _choose(self, option: str, call: ServiceCall) -> None:
        options = self.options
        if option not in options.options:
            known = ", ".join(options.options)
            raise ServiceRefused(f"{self.name} has no option {option!r}", remedy=f"There are: {known}.")
        self.publish(options.command_topic, self.render(options.command_template, option))
        if options.assumed:
            self._option = option
            self.show_assumed(call)

    def _step(self, step: int, call: ServiceCall) -> None:
        options = self.options.options
        if self._option not in options:
            self._choose(options[0] if step > 0 else options[-1], call)
            return
        index = options.index(self._option) + step
        if not call.fields.cycle:
            index = min(max(index, 0), len(options) - 1)
        self._choose(options[index % len(options)], call)


OPTIONS = Select
