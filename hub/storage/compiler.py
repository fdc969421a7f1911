"""Make statistics of what was recorded: every five minutes, and every hour of these.

They are made of the rows in the store, not of what passes by: what a killed hub left undone is made up
for at the next start.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence

import orjson

from hub.core.clock import Detach, nothing
from hub.core.ports import House
from hub.core.store import MICRO, SECONDS, HistoryStore, Series, StatisticRow
from hub.storage.recorder import Recorder
from hub.storage.sampling import number, numbers
from hub.storage.statistics import Carried, Reading, summarise, together

log = logging.getLogger("hub.recorder")

FIVE = SECONDS["5minute"]
HOUR = SECONDS["hour"]
# After the period is over: what was on its way by then is written.
_LATER = 5.0
# So much of the past is taken at once.
_AT_ONCE = 24 * HOUR
_ROWS_AT_ONCE = 2000
_READINGS_AT_ONCE = 1 << 30


class Compiler:
    """Makes the statistics of one recorder's store."""

    def __init__(self, house: House, recorder: Recorder) -> None:
        self._house = house
        self._recorder = recorder
        self._carried: dict[int, Carried] = {}
        self._store: HistoryStore | None = None
        self._made = 0
        self._turn = asyncio.Lock()

    async def compile(self) -> bool:
        """Make what is due; tell whether an hour was finished. Raises `StoreFailed`."""
        async with self._turn:
            await self._recorder.flush()
            store = self._recorder.store
            if store is None:
                return False
            if store is not self._store:
                self._store = store
                self._carried.clear()
                self._made = self._recorder.compiled or _floor(self._recorder.started, FIVE)
                await store.save_statistics("5minute", [], self._made)
            until = _floor(self._house.clock.timestamp(), FIVE)
            began = self._made
            while self._made < until:
                end = min(until, _floor(self._made, HOUR) + _AT_ONCE)
                await self._range(store, self._made, end)
                self._made = end
            return _floor(began, HOUR) < _floor(until, HOUR)

    async def _range(self, store: HistoryStore, start: int, end: int) -> None:
        rows: list[StatisticRow] = []
        all_series = await store.series()
        for series in all_series:
            rows += await self._entity(store, series, start, end)
            if len(rows) > _ROWS_AT_ONCE:
                await store.save_statistics("5minute", rows)
                rows.clear()
                await asyncio.sleep(0)
        await store.save_statistics("5minute", rows, end)
        await self._hours(store, all_series, start, end)

    async def _entity(self, store: HistoryStore, series: Series, start: int, end: int) -> list[StatisticRow]:
        carried = self._carried.get(series.entity)
        if carried is None:
            carried = self._carried[series.entity] = await self._found(store, series, start)
        readings = await _readings(store, series, start, end)
        made = []
        at = 0
        for begin in self._periods(start, end):
            since = at
            while at < len(readings) and readings[at].at < begin + FIVE:
                at += 1
            if self._was_away_at(begin):
                carried.value = None
            row = summarise(series, readings[since:at], carried, begin, begin + FIVE)
            if row is not None:
                made.append(row)
        return made

    def _periods(self, start: int, end: int) -> Iterator[int]:
        """Yield the periods in which something was recorded."""
        ended = self._recorder.resumed_from
        began = self._recorder.started
        for begin in range(start, end, FIVE):
            if ended is None or begin <= ended or begin + FIVE > began:
                yield begin

    def _was_away_at(self, begin: int) -> bool:
        """Tell whether this is the period in which the hub started, and it began without the hub."""
        ended = self._recorder.resumed_from
        return ended is not None and ended < begin <= self._recorder.started < begin + FIVE

    async def _found(self, store: HistoryStore, series: Series, start: int) -> Carried:
        """Return what the period before `start` handed on, as far as it is kept."""
        row = await store.statistic_before("5minute", series.entity, start)
        if row is None:
            row = await store.statistic_before("hour", series.entity, start)
        carried = Carried(None, row.last, row.sum) if row is not None else Carried()
        if start > self._recorder.started or self._recorder.resumed_from is not None:
            before = await store.change_before(series.entity, start * MICRO)
            carried.value = number(before[0].state) if before is not None else None
        return carried

    async def _hours(self, store: HistoryStore, all_series: Sequence[Series], start: int, end: int) -> None:
        first, last = _floor(start, HOUR), _floor(end, HOUR)
        if first >= last:
            return
        angles = {series.entity for series in all_series if series.kind == "measurement_angle"}
        for series in all_series:
            rows = await store.statistics("5minute", [series.entity], first, last)
            by_hour: dict[int, list[StatisticRow]] = {}
            for row in rows:
                by_hour.setdefault(_floor(row.start, HOUR), []).append(row)
            hours = [together(parts, hour, angle=series.entity in angles) for hour, parts in by_hour.items()]
            if hours:
                await store.save_statistics("hour", hours)


async def _readings(store: HistoryStore, series: Series, start: int, end: int) -> list[Reading]:
    if series.kind == "total":
        return await _readings_with_resets(store, series, start, end)
    times, states = await store.readings(series.entity, start * MICRO, end * MICRO)
    return [Reading(at / MICRO, value) for at, value in zip(times, numbers(states), strict=True)]


async def _readings_with_resets(store: HistoryStore, series: Series, start: int, end: int) -> list[Reading]:
    """Read a total that says itself when it began anew, by another `last_reset`."""
    before = await store.change_before(series.entity, start * MICRO)
    reset = _last_reset(before[1]) if before is not None else None
    readings = []
    for change, attributes in await store.changes(
        series.entity, start * MICRO, end * MICRO, most=_READINGS_AT_ONCE
    ):
        now = _last_reset(attributes)
        value = number(change.state)
        readings.append(Reading(change.at / MICRO, value, now is not None and reset not in (None, now)))
        reset = now if value is not None and now is not None else reset
    return readings


def _last_reset(attributes: str | None) -> str | None:
    if attributes is None or '"last_reset"' not in attributes:
        return None
    value = orjson.loads(attributes).get("last_reset")
    return str(value) if value is not None else None


def _floor(seconds: float, width: int) -> int:
    return int(seconds // width) * width


class Rounds:
    """Does something every five minutes, shortly after they are over."""

    def __init__(self, house: House, work: asyncio.Event) -> None:
        self._clock = house.clock
        self._work = work
        self._timer: Detach = nothing
        self._plan()

    def stop(self) -> None:
        self._timer()

    def _plan(self) -> None:
        now = self._clock.timestamp()
        self._timer = self._clock.call_later(_floor(now, FIVE) + FIVE + _LATER - now, self._due)

    def _due(self) -> None:
        self._work.set()
        self._plan()
