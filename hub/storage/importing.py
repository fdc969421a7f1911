"""Bring the past of a Home Assistant into a store of history: states, and statistics for ever.

All may be done again: what is there already stays once. Where both have statistics of a meter, its sum goes
on from Home Assistant's to ours without a jump.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import orjson

from hub.core.store import MICRO, Batch, Contents, HistoryStore, Resolution, Series, StatisticRow
from hub.storage.batches import series_of, text_of
from hub.storage.home_assistant import Described, HomeAssistantFile, Kept, Taken
from hub.storage.migration import Progress

_END = 1 << 60
_PAGE = 5000
_RESOLUTIONS: tuple[Resolution, ...] = ("hour", "5minute")


@dataclass(slots=True)
class Imported:
    """What came in."""

    entities: int = 0
    states: int = 0
    statistics: int = 0
    left_out: list[str] = field(default_factory=list)
    """Entities that the recorder is told not to keep."""


async def import_history(
    file: HomeAssistantFile,
    store: HistoryStore,
    now: int,
    wanted: Callable[[str], bool],
    progress: Progress,
) -> Imported:
    """Read a file of Home Assistant's recorder into a store. Raises `HubError`."""
    contents = await store.load(now)
    try:
        return await _Import(file, store, contents, wanted).run(progress)
    finally:
        await store.end(now)


class _Import:
    def __init__(
        self,
        file: HomeAssistantFile,
        store: HistoryStore,
        contents: Contents,
        wanted: Callable[[str], bool],
    ) -> None:
        self._file = file
        self._store = store
        self._wanted = wanted
        self._numbers = dict(contents.entities)
        self._series = {series.entity for series in contents.series}
        self._next_attributes = max((number for number, _, _ in contents.attributes), default=0) + 1
        self._told = Imported()

    async def run(self, progress: Progress) -> Imported:
        entities, described = await self._file.entities(), await self._file.described()
        names = sorted({*entities, *described})
        self._told.left_out = [name for name in names if not self._wanted(name)]
        names = [name for name in names if self._wanted(name)]
        for done, name in enumerate(names):
            progress(name, done, len(names))
            number = await self._number(name)
            if name in entities:
                await self._states(name, number, entities[name])
            if name in described:
                await self._statistics(number, described[name])
            self._told.entities += 1
        progress("", len(names), len(names))
        return self._told

    async def _number(self, name: str) -> int:
        number = self._numbers.get(name)
        if number is None:
            number = self._numbers[name] = max(self._numbers.values(), default=0) + 1
            await self._store.write(Batch(entities=[(number, name)]))
        return number

    # --- states ---

    async def _states(self, name: str, number: int, theirs: int) -> None:
        sets: dict[str, int] = {}
        last = -1
        attributes: str | None = None
        async for page in self._file.states(theirs):
            begin, end = round(page[0].at * MICRO), round(page[-1].at * MICRO)
            there, _ = await self._store.readings(number, begin, end + _PAGE)
            known = set(there)
            batch = Batch()
            for row in page:
                at = max(round(row.at * MICRO), last + 1)
                last = at
                attributes = row.attributes or attributes
                if at not in known:
                    self._change(number, at, row, sets, batch)
            if batch.changes:
                await self._store.write(batch)
                self._told.states += len(batch.changes)
        if number not in self._series and attributes is not None:
            await self._describe(series_of(number, name, _object(attributes)))

    def _change(self, number: int, at: int, row: Kept, sets: dict[str, int], batch: Batch) -> None:
        set_number = None
        if row.attributes is not None:
            data = row.attributes if _object(row.attributes) else "{}"
            set_number = sets.get(data)
            if set_number is None:
                set_number = sets[data] = self._next_attributes
                self._next_attributes += 1
                batch.attributes.append((set_number, number, data))
        changed = None if row.changed is None else round(row.changed * MICRO)
        state = text_of(row.state) if row.state is not None else None
        batch.changes.append((number, at, state, set_number, None, None if changed == at else changed))

    async def _describe(self, series: Series | None) -> None:
        if series is not None:
            self._series.add(series.entity)
            await self._store.write(Batch(series=[series]))

    # --- statistics ---

    async def _statistics(self, number: int, described: Described) -> None:
        kind: Series = Series(
            number, "total_increasing" if described.has_sum else "measurement", described.unit
        )
        if number not in self._series:
            await self._describe(kind)
        shift: float | None = None
        for resolution in _RESOLUTIONS:
            rows = await self._file.statistics(resolution, described.id)
            if not rows:
                continue
            if described.has_sum and shift is None:
                shift = await self._shift(resolution, number, rows)
            made = [_row(number, row, shift or 0.0) for row in rows]
            for at in range(0, len(made), _PAGE):
                await self._store.save_statistics(resolution, made[at : at + _PAGE])
            self._told.statistics += len(made)

    async def _shift(self, resolution: Resolution, number: int, rows: Sequence[Taken]) -> float:
        """Return what their sums are raised by, so that the first of ours that follows goes on from them."""
        last = next((row for row in reversed(rows) if row.sum is not None), None)
        ours = await self._store.statistics(resolution, [number], rows[-1].start + 1, _END)
        first = next((row for row in ours if row.sum is not None), None)
        if last is None or last.sum is None or first is None or first.sum is None:
            return 0.0
        moved = (first.last or 0.0) - (last.state or 0.0)
        return first.sum - max(0.0, moved) - last.sum


def _row(number: int, row: Taken, shift: float) -> StatisticRow:
    told = row.sum + shift if row.sum is not None else None
    last = row.state if row.state is not None else row.mean
    return StatisticRow(number, row.start, row.mean, row.min, row.max, last, told)


def _object(data: str) -> dict[str, object]:
    try:
        found = orjson.loads(data)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
