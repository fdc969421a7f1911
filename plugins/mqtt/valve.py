"""The mqtt valve: of water or gas, open or closed or by position."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import orjson
from pydantic import model_validator

from hub.api import Bool, Command, House, ServiceCall, TemplateField, Text, refuse
from plugins.mqtt.classes import known_class
from plugins.mqtt.decoding import NONE
from plugins.mqtt.feed import Feed
from plugins.mqtt.live import Live
from plugins.mqtt.options import Living, Payload, StatefulOptions
from plugins.mqtt.ranges import from_percent, to_percent
from plugins.mqtt.topics import PublishTopic

log = logging.getLogger(__name__)

_WITHOUT_POSITION = ("payload_close", "payload_open", "state_closed", "state_open")


class Valve(StatefulOptions):
    """A valve; with `reports_position` its commands and its states are numbers."""

    domain: ClassVar[str] = "valve"
    default_name: ClassVar[str | None] = "MQTT Valve"
    reserved: ClassVar[frozenset[str]] = frozenset({"current_position"})

    command_topic: PublishTopic | None = None
    command_template: TemplateField | None = None
    value_template: TemplateField | None = None
    device_class: Annotated[Text | None, known_class("valve")] = None
    reports_position: Bool = False
    position_closed: int = 0
    position_open: int = 100
    payload_open: Payload | None = "OPEN"
    payload_close: Payload | None = "CLOSE"
    payload_stop: Payload | None = None
    state_open: Payload = "open"
    state_opening: Payload = "opening"
    state_closed: Payload = "closed"
    state_closing: Payload = "closing"

    @model_validator(mode="after")
    def _fits_together(self) -> Valve:
        odd = [name for name in _WITHOUT_POSITION if name in self.model_fields_set]
        if self.reports_position and odd:
            raise refuse(f"{' and '.join(odd)} can't go with reports_position")
        if self.position_open == self.position_closed:
            raise refuse("a range needs two different ends")
        return self

    def states(self) -> dict[str, str | None]:
        """Return which payload means which state."""
        states: dict[str, str | None] = {NONE: None}
        for state in ("closed", "open", "closing", "opening"):
            states[getattr(self, f"state_{state}")] = state
        return states

    def moving(self, text: object) -> str | None:
        return {self.state_opening: "opening", self.state_closing: "closing"}.get(str(text))

    def variables(self) -> dict[str, Any]:
        return {"position_open": self.position_open, "position_closed": self.position_closed}

    def make(self, house: House, feed: Feed) -> Living:
        return LiveValve(house, feed, self)


class LiveValve(Live[Valve]):
    _state: str | None = None
    _position: int | None = None
    _opened_last = True

    def wire(self) -> None:
        options = self.options
        self._states = options.states()
        self.hear("state", options.state_topic, options.value_template, self._came, options.variables())

    def _came(self, text: str) -> None:
        if not text:
            return
        content = _object(text)
        wanted = "position" if self.options.reports_position else "state"
        if content is not None and wanted not in content:
            log.warning("%s: a message without %s: %.100s", self.name, wanted, text)
            return
        if self.options.reports_position:
            position, state = (text, text) if content is None else (content["position"], content.get("state"))
            self._position_came(position, state, alone=content is None)
        else:
            self._state_came(text if content is None else content["state"])

    def _state_came(self, text: str | None) -> None:
        if text not in self._states:
            log.warning("%s: %.100r is none of its states", self.name, text)
            return
        self._state = self._states[str(text)]
        self.touch()

    def _position_came(self, position: Any, state: Any, *, alone: bool) -> None:
        if state == NONE:
            self._position = None
            self.touch()
            return
        moving = self.options.moving(state)
        if moving is not None:
            self._state = moving
        if moving is None or not alone:
            self._read_position(position, moving)
        self.touch()

    def _read_position(self, position: Any, moving: str | None) -> None:
        options = self.options
        try:
            percent = to_percent(options.position_closed + 1, options.position_open, float(position))
        except (TypeError, ValueError):
            log.warning("%s: %.100r is no position", self.name, position)
            return
        self._position = min(max(percent, 0), 100)
        if moving is None and self._position in (0, 100):
            self._state = None

    def current(self) -> tuple[str | None, Mapping[str, Any]]:
        state = self._state
        if state in ("opening", "closing"):
            self._opened_last = state == "opening"
        if not self.options.reports_position:
            return state, {}
        if state not in ("opening", "closing"):
            state = None if self._position is None else "closed" if self._position == 0 else "open"
        return state, {"current_position": self._position}

    def commands(self) -> Mapping[str, Command]:
        options = self.options
        if options.command_topic is None:
            return {}
        commands: dict[str, Command] = {}
        if options.payload_open is not None:
            commands["open_valve"] = self._open
        if options.payload_close is not None:
            commands["close_valve"] = self._close
        if "open_valve" in commands and "close_valve" in commands:
            commands["toggle"] = self._toggle
        if options.payload_stop is not None:
            commands["stop_valve"] = self._stop
        if options.reports_position:
            commands["set_valve_position"] = lambda call: self._go_to(call.fields.position, call)
        return commands

    def _open(self, call: ServiceCall) -> None:
        self._order(self.options.payload_open, "open", 100, call)

    def _close(self, call: ServiceCall) -> None:
        self._order(self.options.payload_close, "closed", 0, call)

    def _order(self, payload: str | None, state: str, percent: int, call: ServiceCall) -> None:
        if self.options.reports_position:
            self._go_to(percent, call)
            return
        self._send(payload)
        if self.options.assumed:
            self._state = state
            self.show_assumed(call)

    def _stop(self, call: ServiceCall) -> None:
        self._send(self.options.payload_stop)

    def _toggle(self, call: ServiceCall) -> None:
        state = self.current()[0]
        if state in ("opening", "closing") and self.options.payload_stop is not None:
            self._stop(call)
        elif state in ("closed", "closing"):
            self._open(call)
        elif self._position == 100 or state == "opening" or self._opened_last:
            self._close(call)
        else:
            self._open(call)

    def _go_to(self, percent: int, call: ServiceCall) -> None:
        options = self.options
        value = round(from_percent(options.position_closed + 1, options.position_open, percent))
        self._send(value, position=percent, **options.variables())
        if options.assumed:
            self._state = None
            self._position = percent
            self.show_assumed(call)

    def _send(self, value: Any, **variables: Any) -> None:
        if self.options.command_topic is not None and value is not None:
            payload = self.render(self.options.command_template, value, **variables)
            self.publish(self.options.command_topic, payload)


def _object(text: str) -> dict[str, Any] | None:
    try:
        content = orjson.loads(text)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


OPTIONS = Valve
