"""The mqtt text: a text that people write, by command."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

import hub.api as api
from hub.api import Command, House, ServiceCall, ServiceRefused, TemplateField, refuse
from plugins.mqtt.feed import Feed
from plugins.mqtt.live import Live
from plugins.mqtt.options import Living, Pattern, StatefulOptions
from plugins.mqtt.topics import PublishTopic

log = logging.getLogger(__name__)
LONGEST = 255


class Text(StatefulOptions):
    """A text of `min` to `max` characters that fits `pattern`."""

    domain: ClassVar[str] = "text"
    default_name: ClassVar[str | None] = "MQTT Text"
    reserved: ClassVar[frozenset[str]] = frozenset({"max", "min", "mode", "pattern"})

    command_topic: PublishTopic
    command_template: TemplateField | None = None
    value_template: TemplateField | None = None
    min: Annotated[int, Field(ge=0)] = 0
    max: Annotated[int, Field(ge=0)] = LONGEST
    mode: Literal["text", "password"] = "text"
    pattern: Pattern | None = None

    @model_validator(mode="after")
    def _lengths(self) -> Text:
        if not self.min <= self.max <= LONGEST:
            raise refuse(f"max should be at least min and at most {LONGEST}")
        return self

    def attributes(self, house: House) -> Mapping[str, Any]:
        return {"mode": self.mode, "min": self.min, "max": self.max, "pattern": self.pattern}

    def problem(self, text: str) -> str:
        """Say why `text` can't be this entity's state; empty if it can."""
        if not self.min <= len(text) <= self.max:
            return f"{len(text)} characters are not from {self.min} to {self.max}"
        if self.pattern is not None and not re.match(self.pattern, text):
            return f"it does not fit the pattern {self.pattern}"
        return ""

    def make(self, house: House, feed: Feed) -> Living:
        return LiveText(house, feed, self)


class LiveText(Live[Text]):
    _text: str | None = None

    def commands(self) -> Mapping[str, Command]:
        return {"set_value": self._set}

    def wire(self) -> None:
        self.hear("state_topic", self.options.state_topic, self.options.value_template, self._came)

    def restore(self) -> None:
        remembered = self.house.memory.recall(self.name) if self.options.assumed else None
        if remembered is not None and remembered.state not in (api.UNKNOWN, api.UNAVAILABLE):
            self._text = remembered.state

    def current(self) -> tuple[str | None, Mapping[str, Any]]:
        return self._text, {}

    def _came(self, text: str) -> None:
        problem = self.options.problem(text)
        if problem:
            log.warning("%s: a text can't be used: %s", self.name, problem)
            return
        self._text = text
        self.touch()

    def _set(self, call: ServiceCall) -> None:
        value: str = call.fields.value
        problem = self.options.problem(value)
        if problem:
            raise ServiceRefused(f"{self.name}: {problem}")
        self.publish(self.options.command_topic, self.render(self.options.command_template, value))
        if self.options.assumed:
            self._text = value
            self.show_assumed(call)


OPTIONS = Text
