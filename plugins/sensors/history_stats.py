"""The platform history_stats: how long, how often or what part of a time an entity was in a state."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field, PrivateAttr, model_validator

from hub.api import (
    Detach,
    EntityId,
    EntityInfo,
    House,
    HubError,
    OneOrMany,
    Period,
    StateChanged,
    StateText,
    TemplateField,
    Text,
    refuse,
)
from plugins.sensors.live import ComputedPlatform, Live, Timer

log = logging.getLogger(__name__)
_REFRESH = 60.0
_HOUR = 3600.0
_UNITS = {"time": "h", "ratio": "%", "count": None}


class HistoryStats(ComputedPlatform):
    """Looks back over the time that two of `start`, `end` and `duration` give."""

    name: Text = "unnamed statistics"
    entity_id: EntityId
    state: OneOrMany[StateText]
    start: TemplateField | None = None
    end: TemplateField | None = None
    duration: Period | None = None
    type: Literal["time", "ratio", "count"] = "time"
    state_class: Literal["measurement", "total_increasing"] | None = "measurement"
    min_state_duration: Annotated[Period | None, Field(description="A shorter stay does not count.")] = None
    _states: frozenset[str] = PrivateAttr()

    @model_validator(mode="after")
    def _two_of_three(self) -> Self:
        if sum(each is not None for each in (self.start, self.end, self.duration)) != 2:
            raise refuse("history_stats needs two of start, end and duration")
        if self.type == "ratio" and self.state_class == "total_increasing":
            raise refuse("a ratio does not only grow", "Take state_class: measurement.")
        return self

    def model_post_init(self, context: Any) -> None:
        self._states = frozenset(self.state)

    def window(self) -> tuple[float, float]:
        """Return start and end in seconds since 1970; raises `HubError` for what is no time."""
        start = _moment("start", self.start.render()) if self.start is not None else None
        end = _moment("end", self.end.render()) if self.end is not None else None
        length = self.duration.total_seconds() if self.duration is not None else 0.0
        if start is None:
            assert end is not None
            start = end - length
        return start, end if end is not None else start + length

    def counts(self, state: str) -> bool:
        return state in self._states

    def add(self, house: House) -> Detach:
        return _LiveHistory(house, self).stop


class _LiveHistory(Live):
    """It keeps what the entity was since the start of the time that it looks at."""

    def __init__(self, house: House, options: HistoryStats) -> None:
        kind = options.type
        fixed = {"state_class": options.state_class} if options.state_class is not None else {}
        info = EntityInfo(
            "sensor",
            "history_stats",
            unique_id=options.unique_id,
            name=options.name,
            unit_of_measurement=_UNITS[kind],
            device_class="duration" if kind == "time" else None,
            icon="mdi:chart-line",
            attributes=fixed,
        )
        super().__init__(house, info)
        self._options = options
        state = house.states.get(options.entity_id)
        self._was: list[tuple[float, str]] = (
            [] if state is None else [(state.last_changed.timestamp(), state.state)]
        )
        self._known_since = house.clock.timestamp()
        self._timer = Timer(house)
        self._failed = ""
        self.until_stopped(self._timer.stop)
        self.on_change(options.entity_id, self._changed)
        self.at_start(self._refresh)

    def _changed(self, event: StateChanged) -> None:
        text = event.new.state if event.new is not None else ""
        self._was.append((self.house.clock.timestamp(), text))
        self._refresh()

    def _refresh(self) -> None:
        self._timer.begin(_REFRESH, self._refresh)
        try:
            start, end = self._options.window()
        except HubError as error:
            if str(error) != self._failed:
                log.error("%s: %s", self.entity_id, error)
            self._failed = str(error)
            self.write(None)
            return
        self._failed = ""
        if start < self._known_since:
            self.house.tasks.spawn(self._remember(start, self._known_since), f"history of {self.entity_id}")
            self._known_since = start
        self._forget(start)
        self._tell(start, end)

    async def _remember(self, since: float, until: float) -> None:
        """Ask the history what the entity was before the hub looked."""
        entity_id = self._options.entity_id
        found = await self.house.history.states([entity_id], since, until)
        before = [(each.at, each.state) for each in found.get(entity_id, [])]
        if before:
            self._was = [*before, *((at, text) for at, text in self._was if at > before[-1][0])]
            self._refresh()

    def _forget(self, start: float) -> None:
        while len(self._was) > 1 and self._was[1][0] <= start:
            del self._was[0]

    def _tell(self, start: float, end: float) -> None:
        now = self.house.clock.timestamp()
        if start > now:
            self.write(None)
            return
        seconds, times = self._sum(start, min(end, now))
        kind = self._options.type
        if kind == "count":
            self.write(str(times))
        elif kind == "ratio":
            self.write(round(100 * seconds / (end - start), 1) if end > start else None)
        else:
            self.write(round(seconds / _HOUR, 2), {"value": _in_words(seconds)})

    def _sum(self, start: float, end: float) -> tuple[float, int]:
        """Return for how long and how often the entity was in a state that counts."""
        shortest = self._options.min_state_duration
        least = shortest.total_seconds() if shortest is not None else 0.0
        seconds, times = 0.0, 0
        since: float | None = None
        for at, text in [*self._was, (end, "")]:
            at = min(max(at, start), end)
            if since is None:
                since = at if self._options.counts(text) else None
            elif not self._options.counts(text):
                stay = at - since
                if stay >= least and since < end:
                    seconds, times = seconds + stay, times + 1
                since = None
        return seconds, times


def _moment(what: str, value: Any) -> float:
    if isinstance(value, datetime):
        return value.timestamp()
    try:
        return float(value)
    except (TypeError, ValueError):
        pass
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise HubError(f"{what} should be a time with its zone, but is {value!r}")
    return moment.timestamp()


def _in_words(seconds: float) -> str:
    """Write a length of time as `1d 2h 3m`."""
    minutes = round(seconds / 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days}d {hours}h {rest}m"
    return f"{hours}h {rest}m" if hours else f"{rest}m"
