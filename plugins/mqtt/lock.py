"""The mqtt lock: a door lock, by command."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any, ClassVar

from hub.api import Command, House, ServiceCall, ServiceRefused, TemplateField
from plugins.mqtt.feed import Feed
from plugins.mqtt.live import Live
from plugins.mqtt.options import Living, Pattern, Payload, StatefulOptions
from plugins.mqtt.topics import PublishTopic

log = logging.getLogger(__name__)


class Lock(StatefulOptions):
    """A door lock; with `code_format` its commands need a code that fits."""

    domain: ClassVar[str] = "lock"
    default_name: ClassVar[str | None] = "MQTT Lock"
    reserved: ClassVar[frozenset[str]] = frozenset({"changed_by", "code_format"})

    command_topic: PublishTopic
    command_template: TemplateField | None = None
    value_template: TemplateField | None = None
    code_format: Pattern | None = None
    payload_lock: Payload = "LOCK"
    payload_unlock: Payload = "UNLOCK"
    payload_open: Payload | None = None
    payload_reset: Payload = "None"
    state_jammed: Payload = "JAMMED"
    state_locked: Payload = "LOCKED"
    state_locking: Payload = "LOCKING"
    state_open: Payload = "OPEN"
    state_opening: Payload = "OPENING"
    state_unlocked: Payload = "UNLOCKED"
    state_unlocking: Payload = "UNLOCKING"

    def attributes(self, house: House) -> Mapping[str, Any]:
        return {"code_format": self.code_format} if self.code_format is not None else {}

    def states(self) -> dict[str, str | None]:
        """Return which payload means which state; the first that is named wins."""
        states: dict[str, str | None] = {self.payload_reset: None}
        for state in ("jammed", "opening", "locking", "open", "unlocking", "locked", "unlocked"):
            states.setdefault(getattr(self, f"state_{state}"), state)
        return states

    def make(self, house: House, feed: Feed) -> Living:
        return LiveLock(house, feed, self)


class LiveLock(Live[Lock]):
    _state: str | None = None

    def commands(self) -> Mapping[str, Command]:
        commands: dict[str, Command] = {
            "lock": lambda call: self._order(self.options.payload_lock, "locked", call),
            "unlock": lambda call: self._order(self.options.payload_unlock, "unlocked", call),
        }
        if self.options.payload_open is not None:
            commands["open"] = lambda call: self._order(self.options.payload_open or "", "open", call)
        return commands

    def wire(self) -> None:
        self._states = self.options.states()
        self.hear("state_topic", self.options.state_topic, self.options.value_template, self._came)

    def restore(self) -> None:
        if self.options.assumed:
            self._state = "unlocked"

    def current(self) -> tuple[str | None, Mapping[str, Any]]:
        return self._state, {}

    def _came(self, text: str) -> None:
        if text in self._states:
            self._state = self._states[text]
            self.touch()
        elif text.strip():
            log.debug("%s: %.100r is none of its states", self.name, text)

    def _order(self, payload: str, state: str, call: ServiceCall) -> None:
        code: str | None = call.fields.code
        pattern = self.options.code_format
        if pattern is not None and not re.match(pattern, code or ""):
            raise ServiceRefused(f"{self.name} needs a code that fits {pattern}")
        self.publish(
            self.options.command_topic, self.render(self.options.command_template, payload, code=code)
        )
        if self.options.assumed:
            self._state = state
            self.show_assumed(call)


OPTIONS = Lock
