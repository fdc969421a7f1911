"""Template binary sensors, with delays and with on-states that end by themselves."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import ClassVar

from hub.api import (
    Begun,
    Detach,
    Duration,
    DurationField,
    HubError,
    Remembered,
    TemplateField,
    Text,
    is_true,
    kept_timers,
    nothing,
)
from plugins.template_entities.live import GONE, Failed, Live, Results
from plugins.template_entities.options import EntityOptions

log = logging.getLogger(__name__)
DELAY, AUTO_OFF = "delay", "auto_off"


class BinarySensorOptions(EntityOptions):
    """A binary sensor that is on while a template is true. `auto_off` needs triggers."""

    domain: ClassVar[str] = "binary_sensor"

    state: TemplateField
    device_class: Text | None = None
    unit_of_measurement: Text | None = None
    delay_on: DurationField | None = None
    delay_off: DurationField | None = None
    auto_off: DurationField | None = None


class LiveBinarySensor(Live[BinarySensorOptions]):
    default_name: ClassVar[str] = "Template Binary Sensor"
    _on: bool | None = None
    _goal: bool | None = None
    _delay: Detach | None = None
    _auto_off: Detach = staticmethod(nothing)
    _left: Mapping[str, Begun] = {}

    def start(self, *, restored: bool = True) -> None:
        options = self.options
        told = (options.state, options.delay_on, options.delay_off, options.auto_off)
        self._timers = kept_timers(self.house, self.entity_id, told)
        self._left = {begun.key: begun for begun in self._timers.left()}
        super().start(restored=restored)
        if self.triggered and (delayed := self._left.get(DELAY)) is not None:
            self._later(delayed.facts["goal"], self._rest_of(delayed))

    def restore(self, before: Remembered) -> None:
        options = self.options
        delayed = options.delay_on is not None or options.delay_off is not None
        if before.state in GONE or not (self.triggered or delayed):
            return
        self._on = before.state == "on"
        if self.triggered:
            self.restore_looks(before)
            if self._on:
                self._plan_off(self._left.get(AUTO_OFF))

    def stop(self) -> None:
        self.gone()
        super().stop()

    def gone(self) -> None:
        self._stop_delay()
        self._auto_off()

    def state(self) -> str | None:
        return None if self._on is None else "on" if self._on else "off"

    def update(self, results: Results) -> None:
        if "state" not in results:
            return
        result = results["state"]
        if isinstance(result, Failed):
            if not self.triggered:
                self._stop_delay()
                self._on = None
            return
        goal = None if result is None else is_true(result)
        if self.triggered:
            self._renewed(goal)
        else:
            self._changed(goal)

    def _rest_of(self, begun: Begun) -> float:
        return max(0.0, begun.due - self.house.clock.timestamp())

    def _changed(self, goal: bool | None) -> None:
        """Take what the template gives now; it gave something else before."""
        before, self._left = self._left.get(DELAY), {}
        self._stop_delay()
        if goal == self._on:
            return
        try:
            seconds = self._seconds(goal)
            if seconds and before is not None and before.facts["goal"] == goal:
                seconds = self._rest_of(before)
        except HubError as error:
            log.error("%s: its delay: %s", self.entity_id, error)
            seconds = None
        if seconds is None or seconds <= 0:
            self._on = goal
        else:
            self._later(goal, seconds)

    def _renewed(self, goal: bool | None) -> None:
        """Take what the template gave for a trigger, perhaps the same as before."""
        try:
            seconds = self._seconds(goal)
        except HubError as error:
            log.warning("%s: its delay: %s", self.entity_id, error)
            return
        if self._delay is not None and seconds is not None and goal == self._goal:
            return
        self.gone()
        if self._on == goal or not seconds:
            self._become(goal)
        else:
            self._later(goal, seconds)

    def _seconds(self, goal: bool | None) -> float | None:
        if goal is None and not self.triggered:
            return None
        return self._of(self.options.delay_on if goal else self.options.delay_off)

    def _of(self, duration: Duration | None) -> float | None:
        if duration is None:
            return None
        return duration.seconds({"this": self.this(), **self.script_variables})

    def _later(self, goal: bool | None, seconds: float) -> None:
        self._goal = goal
        self._delay = self._timers.begin(DELAY, seconds, {"goal": goal}, self._over)

    def _over(self) -> None:
        self._delay = None
        self._become(self._goal)
        self.show()

    def _become(self, goal: bool | None) -> None:
        self._on = goal
        if goal and self.triggered:
            self._plan_off()

    def _plan_off(self, before: Begun | None = None) -> None:
        try:
            seconds = self._of(self.options.auto_off)
        except HubError as error:
            log.warning("%s: auto_off: %s", self.entity_id, error)
            return
        if seconds is not None:
            left = seconds if before is None else self._rest_of(before)
            self._auto_off = self._timers.begin(AUTO_OFF, left, {}, self._off)

    def _off(self) -> None:
        self._on = False
        self.show()

    def _stop_delay(self) -> None:
        if self._delay is not None:
            self._delay()
            self._delay = None
        else:
            self._timers.drop(DELAY)
