"""The mqtt cover: shutters, blinds and garage doors, by state or by position, with slats that tilt."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import orjson

from hub.api import Command, House, ServiceCall
from plugins.mqtt.cover_options import STOPPED, CoverOptions
from plugins.mqtt.feed import Feed
from plugins.mqtt.live import Live
from plugins.mqtt.options import Living
from plugins.mqtt.ranges import from_percent

log = logging.getLogger(__name__)


class Cover(CoverOptions):
    """A shutter, a blind, a garage door. Without topics that tell, its state is assumed."""

    def make(self, house: House, feed: Feed) -> Living:
        return LiveCover(house, feed, self)


class LiveCover(Live[Cover]):
    _told: str | None = None
    _position: int | None = None
    _tilt: int | None = None
    _tilt_told = False
    _opened_last = True

    # --- what comes ----------------------------------------------------------------------------------

    def wire(self) -> None:
        options = self.options
        self._states = options.states()
        position = options.position_template
        self.hear("position", options.position_topic, position, self._position_came, options.variables())
        self.hear("state", options.state_topic, options.value_template, self._state_came)
        tilt = options.tilt_status_template
        self.hear("tilt", options.tilt_status_topic, tilt, self._tilt_came, options.variables())

    def _state_came(self, text: str) -> None:
        if not text:
            return
        if text not in self._states:
            log.warning("%s: %.100r is none of its states", self.name, text)
            return
        told = self._states[text]
        if told == STOPPED and self.options.position_topic is None:
            told = "closed" if self._told in ("closed", "closing") else "open"
        self._told = told
        self.touch()

    def _position_came(self, text: str) -> None:
        if not text:
            return
        told: Any = text
        content = _object(text)
        if content is not None:
            if "position" not in content:
                log.warning("%s: position_template gave an object without position", self.name)
                return
            told = content["position"]
            if "tilt_position" in content:
                self._tilt_told = True
                self._tilt_came(content["tilt_position"])
        try:
            self._position = self.options.position(float(told))
        except (TypeError, ValueError):
            log.warning("%s: %.100r is no position", self.name, told)
            return
        if self.options.state_topic is None:
            self._told = "closed" if self._position == 0 else "open"
        self.touch()

    def _tilt_came(self, told: Any) -> None:
        if told == "":
            return
        try:
            value = round(float(told))
        except (TypeError, ValueError):
            log.warning("%s: %.100r is no tilt", self.name, told)
            return
        if not self.options.tilt_in_range(value):
            log.warning("%s: the tilt %s is out of its range", self.name, value)
            return
        self._tilt = self.options.tilt(value)
        self.touch()

    def current(self) -> tuple[str | None, Mapping[str, Any]]:
        shown: dict[str, Any] = {}
        if self._position is not None:
            shown["current_position"] = self._position
        if self._tilt is not None:
            shown["current_tilt_position"] = self._tilt
        state = self._state()
        if state in ("opening", "closing"):
            self._opened_last = state == "opening"
        return state, shown

    def _state(self) -> str | None:
        # Decided when the whole message is read, so that state and position may come in either order.
        if self._told == STOPPED:
            self._told = "closed" if self._position == 0 else "open"
        return self._told

    # --- what is commanded ---------------------------------------------------------------------------

    def commands(self) -> Mapping[str, Command]:
        options = self.options
        commands: dict[str, Command] = {}
        if options.command_topic is not None:
            able = {
                "open_cover": (options.payload_open, self._open),
                "close_cover": (options.payload_close, self._close),
                "stop_cover": (options.payload_stop, self._stop),
            }
            commands |= {name: command for name, (payload, command) in able.items() if payload is not None}
        if "open_cover" in commands and "close_cover" in commands:
            commands["toggle"] = self._toggle
        if options.set_position_topic is not None:
            commands["set_cover_position"] = self._set_position
        if options.tilt_command_topic is not None:
            commands |= {
                "open_cover_tilt": lambda call: self._tilt_to_end(options.tilt_opened_value, call),
                "close_cover_tilt": lambda call: self._tilt_to_end(options.tilt_closed_value, call),
                "stop_cover_tilt": self._stop_tilt,
                "set_cover_tilt_position": self._set_tilt,
                "toggle_cover_tilt": self._toggle_tilt,
            }
        return commands

    def _open(self, call: ServiceCall) -> None:
        self._send(self.options.payload_open)
        self._assume("open", 100, call)

    def _close(self, call: ServiceCall) -> None:
        self._send(self.options.payload_close)
        self._assume("closed", 0, call)

    def _stop(self, call: ServiceCall) -> None:
        self._send(self.options.payload_stop)

    def _toggle(self, call: ServiceCall) -> None:
        state = self._state()
        if state in ("opening", "closing") and self.options.payload_stop is not None:
            self._stop(call)
        elif state in ("closed", "closing"):
            self._open(call)
        elif self._position == 100 or state == "opening" or self._opened_last:
            self._close(call)
        else:
            self._open(call)

    def _send(self, payload: str | None) -> None:
        if self.options.command_topic is not None and payload is not None:
            self.publish(self.options.command_topic, payload)

    def _assume(self, state: str, position: int, call: ServiceCall) -> None:
        if not self.options.assumed:
            return
        self._told = state
        if self.options.position_topic is not None:
            self._position = position
        self.show_assumed(call)

    def _set_position(self, call: ServiceCall) -> None:
        options, percent = self.options, call.fields.position
        assert options.set_position_topic is not None
        value = round(from_percent(options.position_closed + 1, options.position_open, percent))
        payload = self.render(options.set_position_template, value, position=percent, **options.variables())
        self.publish(options.set_position_topic, payload)
        if options.assumed:
            self._told = "closed" if percent <= options.position_closed else "open"
            self._position = percent
            self.show_assumed(call)

    def _tilt_to_end(self, value: int, call: ServiceCall) -> None:
        self._send_tilt(value, value)
        self._assume_tilt(self.options.tilt(value), call)

    def _set_tilt(self, call: ServiceCall) -> None:
        options, percent = self.options, call.fields.tilt_position
        self._send_tilt(round(from_percent(options.tilt_min + 1, options.tilt_max, percent)), percent)
        self._assume_tilt(percent, call)

    def _stop_tilt(self, call: ServiceCall) -> None:
        assert self.options.tilt_command_topic is not None
        self.publish(self.options.tilt_command_topic, self.options.payload_stop_tilt or "")

    def _toggle_tilt(self, call: ServiceCall) -> None:
        options = self.options
        closed = self._tilt is not None and self._tilt <= options.tilt(options.tilt_closed_value)
        self._tilt_to_end(options.tilt_opened_value if closed else options.tilt_closed_value, call)

    def _send_tilt(self, value: int, shown: int) -> None:
        options = self.options
        assert options.tilt_command_topic is not None
        payload = self.render(
            options.tilt_command_template, value, tilt_position=shown, **options.variables()
        )
        self.publish(options.tilt_command_topic, payload)

    def _assume_tilt(self, percent: int, call: ServiceCall) -> None:
        if self.options.tilt_optimistic or (self.options.tilt_assumed and not self._tilt_told):
            self._tilt = percent
            self.show_assumed(call)


def _object(text: str) -> dict[str, Any] | None:
    try:
        content = orjson.loads(text)
    except ValueError:
        return None
    return content if isinstance(content, dict) and content else None


OPTIONS = Cover
