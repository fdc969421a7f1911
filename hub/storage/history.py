"""Answer what was (`hub.core.history.History`), from a store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from hub.core.clock import Clock
from hub.core.history import Happening, Period, Recorded, Statistic
from hub.core.settings import Settings
from hub.core.state import UNAVAILABLE
from hub.core.store import MICRO, SECONDS, Change, HistoryStore, StatisticRow
from hub.storage.logbook import Logbook, NameOf
from hub.storage.sampling import extremes, latest, numbers
from hub.storage.statistics import together

PAGE = 5000
# Of these, attributes alone say something.
TELLING_ATTRIBUTES = ("climate", "device_tracker", "humidifier", "person", "sun", "water_heater", "weather")
# A piece of a plot must hold so many statistics that its peaks come from them and not from their edges.
_ROWS_IN_A_PIECE = 2

Ready = Callable[[], Awaitable[HistoryStore]]


class KeptHistory:
    """History in a store; `ready` gives the store with everything in it that happened so far."""

    def __init__(
        self,
        ready: Ready,
        clock: Clock,
        settings: Settings,
        name_of: NameOf = lambda _: "",
        hidden: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._ready = ready
        self._clock = clock
        self._settings = settings
        self._name_of = name_of
        self._hidden = hidden

    def _now(self) -> float:
        """Return the end of what was, with what happens in this very moment."""
        return self._clock.timestamp() + 1

    async def entity_ids(self) -> list[str]:
        return sorted(await (await self._ready()).entities())

    async def units(self, entity_ids: Iterable[str]) -> dict[str, str]:
        """See `History.units`."""
        store = await self._ready()
        known = await store.entities()
        units = {series.entity: series.unit for series in await store.series()}
        return {each: units[known[each]] for each in entity_ids if known.get(each) in units}

    # --- states ---

    async def states(
        self,
        entity_ids: Iterable[str],
        since: float,
        until: float | None = None,
        *,
        attributes: bool = False,
        significant: bool = False,
        most: int | None = None,
    ) -> dict[str, list[Recorded]]:
        """See `History.states`. Entities of which nothing is kept are left out."""
        store = await self._ready()
        known = await store.entities()
        until = self._now() if until is None else until
        found = {}
        for entity_id in dict.fromkeys(entity_ids):
            number = known.get(entity_id)
            if number is None:
                continue
            if most is not None and not attributes:
                recorded = await self._plotted(store, number, since, until, most)
            else:
                text_only = significant and entity_id.partition(".")[0] not in TELLING_ATTRIBUTES
                recorded = await self._all(store, number, since, until, attributes, text_only)
                if most is not None:
                    recorded = [recorded[at] for at in latest([each.at for each in recorded], most)]
            if recorded:
                found[entity_id] = recorded
        return found

    async def pages(
        self, entity_id: str, since: float, until: float, *, attributes: bool = True
    ) -> AsyncIterator[list[Recorded]]:
        """Yield all that is kept of an entity, in pages that never fill the memory."""
        store = await self._ready()
        number = (await store.entities()).get(entity_id)
        begin, end = int(since * MICRO), int(until * MICRO)
        while number is not None:
            rows = await store.changes(number, begin, end, most=PAGE)
            if rows:
                yield [_recorded(change, data if attributes else None) for change, data in rows]
            if len(rows) < PAGE:
                return
            begin = rows[-1][0].at + 1

    async def _all(
        self,
        store: HistoryStore,
        number: int,
        since: float,
        until: float,
        attributes: bool,
        text_only: bool,
    ) -> list[Recorded]:
        begin, end = int(since * MICRO), int(until * MICRO)
        found = []
        before = await store.change_before(number, begin)
        if before is not None:
            found.append(_recorded(before[0], before[1] if attributes else None, at=since))
        while True:
            rows = await store.changes(number, begin, end, most=PAGE, text_only=text_only)
            found += [_recorded(change, data if attributes else None) for change, data in rows]
            if len(rows) < PAGE:
                return found
            begin = rows[-1][0].at + 1

    async def _plotted(
        self, store: HistoryStore, number: int, since: float, until: float, most: int
    ) -> list[Recorded]:
        """Return few points that make the same plot."""
        times: list[float] = []
        states: list[str | None] = []
        begin = since
        if (until - since) / max(1, most // 2) >= _ROWS_IN_A_PIECE * SECONDS["5minute"]:
            rows, fine_from = await _coarse_and_fine(store, number, since, until)
            for row in rows:
                width = SECONDS["5minute" if row.start >= fine_from else "hour"]
                low, high = (row.min, row.max) if row.min is not None else (row.last, row.last)
                for share, value in ((0.25, low), (0.75, high)):
                    if value is not None:
                        times.append(row.start + share * width)
                        states.append(f"{value:.10g}")
                begin = row.start + width
        if not times:
            before = await store.change_before(number, int(since * MICRO))
            if before is not None:
                times.append(since)
                states.append(before[0].state)
        raw_times, raw_states = await store.readings(number, int(begin * MICRO), int(until * MICRO))
        times += [at / MICRO for at in raw_times]
        states += raw_states
        return [
            Recorded(times[at], state, times[at])
            for at in _chosen(times, states, most)
            if (state := states[at] if states[at] is not None else UNAVAILABLE) is not None
        ]

    _fine_from = 0

    async def _rows(self, store: HistoryStore, number: int, since: float, until: float) -> list[StatisticRow]:
        """Return 5-minute statistics, and before they begin those of hours."""
        fine = await store.statistics("5minute", [number], int(since), int(until))
        self._fine_from = fine[0].start if fine else int(until)
        if self._fine_from - since < SECONDS["hour"]:
            return fine
        return [*await store.statistics("hour", [number], int(since), self._fine_from), *fine]

    # --- statistics ---

    async def statistics(
        self,
        entity_ids: Iterable[str],
        since: float,
        until: float | None = None,
        *,
        period: Period = "hour",
    ) -> dict[str, list[Statistic]]:
        """See `History.statistics`. What is not over yet counts up to the last five minutes."""
        store = await self._ready()
        known = await store.entities()
        until = self._now() if until is None else until
        angles = {each.entity for each in await store.series() if each.kind == "measurement_angle"}
        found = {}
        for entity_id in dict.fromkeys(entity_ids):
            number = known.get(entity_id)
            if number is None:
                continue
            spans = Spans(period, self._settings.time_zone)
            begin = spans.start(since)
            rows = await self._statistic_rows(store, number, begin, until, fine=period == "5minute")
            # An hour in which the range begins has in its sum what comes after that.
            over = int(begin) - SECONDS["hour"] + 1
            before = await store.statistic_before("hour", number, over)
            if before is None or period == "5minute":
                before = await store.statistic_before("5minute", number, int(begin)) or before
            told = _grouped(rows, spans, before, angle=number in angles)
            if told:
                found[entity_id] = told
        return found

    async def _statistic_rows(
        self, store: HistoryStore, number: int, since: float, until: float, *, fine: bool
    ) -> list[StatisticRow]:
        if fine:
            return await store.statistics("5minute", [number], int(since), int(until))
        hours = await store.statistics("hour", [number], int(since), int(until))
        rest = hours[-1].start + SECONDS["hour"] if hours else int(since)
        return [*hours, *await store.statistics("5minute", [number], rest, int(until))]

    # --- logbook ---

    async def logbook(
        self,
        since: float,
        until: float | None = None,
        *,
        entity_ids: Iterable[str] = (),
        most: int = 1000,
    ) -> list[Happening]:
        """See `History.logbook`."""
        until = self._now() if until is None else until
        logbook = Logbook(await self._ready(), self._name_of)
        return await logbook.lines(since, until, set(entity_ids), most, self._hidden)


class Spans:
    """Cuts time into periods; days, weeks and months as a time zone has them."""

    def __init__(self, period: Period, zone: ZoneInfo) -> None:
        self._period = period
        self._zone = zone

    def start(self, at: float) -> float:
        """Return when the period began in which `at` lies."""
        if self._period in ("5minute", "hour"):
            width = SECONDS["5minute" if self._period == "5minute" else "hour"]
            return at // width * width
        day = datetime.fromtimestamp(at, self._zone).replace(hour=0, minute=0, second=0, microsecond=0)
        if self._period == "week":
            day -= timedelta(days=day.weekday())
        elif self._period == "month":
            day = day.replace(day=1)
        return day.timestamp()

    def end(self, start: float) -> float:
        """Return when the period ends that began at `start`."""
        if self._period in ("5minute", "hour"):
            return start + SECONDS["5minute" if self._period == "5minute" else "hour"]
        day = datetime.fromtimestamp(start, self._zone)
        if self._period == "month":
            return (day.replace(day=1) + timedelta(days=32)).replace(day=1).timestamp()
        return (day + timedelta(days=7 if self._period == "week" else 1)).timestamp()


async def _coarse_and_fine(
    store: HistoryStore, number: int, since: float, until: float
) -> tuple[list[StatisticRow], int]:
    """Return 5-minute statistics and, before they begin, those of hours; and where they begin."""
    fine = await store.statistics("5minute", [number], int(since), int(until))
    fine_from = fine[0].start if fine else int(until)
    if fine_from - since < SECONDS["hour"]:
        return fine, fine_from
    return [*await store.statistics("hour", [number], int(since), fine_from), *fine], fine_from


def _grouped(
    rows: Sequence[StatisticRow], spans: Spans, before: StatisticRow | None, *, angle: bool
) -> list[Statistic]:
    groups: list[tuple[float, float, list[StatisticRow]]] = []
    for row in rows:
        if not groups or row.start >= groups[-1][1]:
            start = spans.start(row.start)
            groups.append((start, spans.end(start), []))
        groups[-1][2].append(row)
    told = []
    total = before.sum if before is not None else None
    for start, end, parts in groups:
        whole = together(parts, int(start), angle=angle)
        change = whole.sum - (total or 0.0) if whole.sum is not None else None
        total = whole.sum if whole.sum is not None else total
        told.append(Statistic(start, end, whole.mean, whole.min, whole.max, whole.last, whole.sum, change))
    return told


def _chosen(times: Sequence[float], states: Sequence[str | None], most: int) -> list[int]:
    """Choose points: of numbers the extremes, of texts the latest. A silence between numbers stays one."""
    if len(times) <= most:
        return list(range(len(times)))
    values = numbers(states)
    if None not in values:
        return extremes(times, values, most)  # type: ignore[arg-type]  # looked at just now
    known = [at for at, value in enumerate(values) if value is not None]
    if len(known) < len(values) / 2:
        return latest(times, most)
    gone = [at for at, value in enumerate(values) if value is None]
    gaps = [at for at in gone if at == 0 or values[at - 1] is not None][-most // 4 :]
    inside = [value for value in values if value is not None]
    points = extremes([times[at] for at in known], inside, most - len(gaps))
    return sorted([*gaps, *(known[at] for at in points)])


def _recorded(change: Change, attributes: str | None, *, at: float | None = None) -> Recorded:
    changed = (change.at if change.changed is None else change.changed) / MICRO
    data: dict[str, Any] = orjson.loads(attributes) if attributes else {}
    state = change.state if change.state is not None else UNAVAILABLE
    return Recorded(change.at / MICRO if at is None else at, state, changed, data)
