"""timer: a countdown that rules start, and whose end they hear."""

from __future__ import annotations

import logging
import math
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal

from hub.api import (
    Bool,
    Detach,
    Domain,
    EntityInfo,
    House,
    HubError,
    NoData,
    Remembered,
    ServiceCall,
    ServiceData,
    ServiceRefused,
    nothing,
    seconds_of,
)
from plugins.helpers.durations import Difference, Duration
from plugins.helpers.living import Helper
from plugins.helpers.options import Helpers, Options

log = logging.getLogger(__name__)

_ZERO = timedelta()


class TimerOptions(Options):
    """A countdown of `duration`. With `restore` it goes on after a restart as if there had been none."""

    domain: ClassVar[str] = "timer"

    duration: Duration = _ZERO
    restore: Bool = False

    def info(self, key: str) -> EntityInfo:
        # Started again, it looks the same and yet something happened.
        return replace(super().info(key), force_update=True)

    def live(self, house: House, key: str) -> Helper:
        return _Timer(house, key, self)


class Timers(Helpers[TimerOptions]):
    """Timers, by name."""


class Start(ServiceData):
    """Start a timer, go on with a paused one, or begin anew; `duration` is for this time only."""

    duration: Duration = _ZERO


class Change(ServiceData):
    """Add to what remains of a running timer, or take away with a negative `duration`."""

    duration: Difference


class Timer(Domain):
    """Timers."""

    name: ClassVar[str] = "timer"
    services: ClassVar[dict[str, type[ServiceData]]] = {
        "start": Start,
        "pause": NoData,
        "cancel": NoData,
        "finish": NoData,
        "change": Change,
    }


class _Timer(Helper):
    _state: Literal["idle", "active", "paused"]
    _whole: timedelta  # how long it runs this time
    _left: timedelta | None  # what remained when it last began, or was paused
    _end: datetime | None  # while it runs

    def __init__(self, house: House, key: str, options: TimerOptions) -> None:
        commands = {
            "start": self._start,
            "pause": self._pause,
            "cancel": self._cancel,
            "finish": self._finish,
            "change": self._change,
        }
        super().__init__(house, options.info(key), commands)
        self._options = options
        self._planned: Detach = nothing
        self._rest()
        before = self.remembered() if options.restore else None
        if before is None or not self._restored(before):
            self._write()

    def remove(self) -> None:
        self._planned()
        super().remove()

    # --- commands ---

    def _start(self, call: ServiceCall) -> None:
        fields: Start = call.fields
        if fields.duration:
            self._left = self._whole = fields.duration
        elif not self._left:
            self._left = self._whole
        self._run(self._left, call)

    def _pause(self, call: ServiceCall) -> None:
        if self._end is None:
            return
        self._planned()
        self._left = self._end - self._now()
        self._end = None
        self._state = "paused"
        self._tell("paused", call)

    def _cancel(self, call: ServiceCall) -> None:
        if self._state == "idle":
            return
        self._rest()
        self._tell("cancelled", call)

    def _finish(self, call: ServiceCall) -> None:
        if self._state != "idle":
            self._over(self._end or self._now(), call)

    def _change(self, call: ServiceCall) -> None:
        fields: Change = call.fields
        if self._end is None:
            raise ServiceRefused(f"{self.entity_id} does not run, so it can't be changed")
        left = self._end + fields.duration - self._now()
        if left > self._whole:
            raise ServiceRefused(f"{self.entity_id} can't go beyond its duration, {_text(self._whole)}")
        if left < _ZERO:
            raise ServiceRefused(f"{self.entity_id} has less left than is to be taken away")
        self._left = left
        self._plan(left)
        self._tell("changed", call)

    # --- what happens ---

    def _run(self, left: timedelta, call: ServiceCall | None) -> None:
        event = "started" if self._state == "idle" else "restarted"
        self._state = "active"
        self._plan(left)
        self._tell(event, call)

    def _plan(self, left: timedelta) -> None:
        self._planned()
        self._end = end = self._now() + left
        self._planned = self.house.clock.call_later(left.total_seconds(), lambda: self._ended(end))

    def _ended(self, end: datetime) -> None:
        """Finish now, or when the house has started: before that no rule listens."""
        if self.house.started:
            self._over(end, None)
            return
        self._planned = self.house.bus.listen("homeassistant_started", lambda _: self._over(end, None))

    def _over(self, end: datetime, call: ServiceCall | None) -> None:
        self._rest()
        self._tell("finished", call, finished_at=_moment(end))

    def _rest(self) -> None:
        self._planned()
        self._planned = nothing
        self._state = "idle"
        self._whole = self._options.duration
        self._left = None
        self._end = None

    # --- telling ---

    def _tell(self, event: str, call: ServiceCall | None, **data: Any) -> None:
        """Write the state, then fire the event: who hears it finds the timer as it now is."""
        self._write(call)
        cause = call.cause if call is not None else None
        self.house.bus.emit(f"timer.{event}", {"entity_id": self.entity_id, **data}, cause)

    def _write(self, call: ServiceCall | None = None) -> None:
        attributes: dict[str, Any] = {"duration": _text(self._whole)}
        if self._end is not None:
            attributes["finishes_at"] = _moment(self._end)
        if self._left is not None:
            attributes["remaining"] = _text(self._left)
        if self._options.restore:
            attributes["restore"] = True
        self.show(self._state, attributes, call)

    def _now(self) -> datetime:
        return self.house.clock.now()

    # --- after a restart ---

    def _restored(self, before: Remembered) -> bool:
        """Take over what the timer was; False if it was idle, or that can't be told."""
        if before.state not in ("active", "paused"):
            return False
        try:
            self._take_over(before)
        except (HubError, KeyError, TypeError, ValueError) as error:
            log.warning("%s begins anew: what is remembered of it can't be used (%s)", self.entity_id, error)
            self._rest()
            return False
        return True

    def _take_over(self, before: Remembered) -> None:
        self._whole = timedelta(seconds=seconds_of(before.attributes["duration"]))
        if before.state == "paused":
            self._left = timedelta(seconds=seconds_of(before.attributes["remaining"]))
            self._state = "paused"
            self._write()
            return
        end = datetime.fromisoformat(before.attributes["finishes_at"])
        left = end - self._now()
        if left > _ZERO:
            self._state, self._left = "active", left
            self._run(left, None)
            return
        self._state, self._end = "active", end
        self._write()
        self._ended(end)


def _text(duration: timedelta) -> str:
    """Return `H:MM:SS`; of a part of a second the whole is told, so that nothing left means nothing."""
    minutes, seconds = divmod(math.ceil(duration.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
