"""Move history from one store to another, by what every store can do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from hub.core.errors import HubError
from hub.core.store import COPYING, Batch, CauseRow, Change, Contents, EventRow, HistoryStore, Resolution

_END = 1 << 60
_PAGE = 5000
_RESOLUTIONS: tuple[Resolution, ...] = ("5minute", "hour")

Progress = Callable[[str, int, int], None]
"""Told what is being copied, how many entities are done, and how many there are."""


async def migrate(source: HistoryStore, target: HistoryStore, now: int, progress: Progress) -> int:
    """Copy all history into an empty store and compare the two; return how many changes there are.

    A copy that was broken off is taken up again where it ended. Raises `HubError` if the target holds another
    history, or does not hold what was copied.
    """
    contents = await source.load(now)
    try:
        there = await target.load(now)
        _refuse_other(contents, there)
        copy = _Copy(source, target, there)
        await target.save_statistics("5minute", [], COPYING)
        await target.write(
            Batch(
                entities=[(number, name) for name, number in contents.entities.items()],
                series=list(contents.series),
            )
        )
        total = 0
        for done, (name, entity) in enumerate(sorted(contents.entities.items())):
            progress(name, done, len(contents.entities))
            total += await copy.entity(name, entity)
        progress("events", len(contents.entities), len(contents.entities))
        await copy.events()
        await target.save_statistics("5minute", [], contents.compiled)
        await target.end(now)
    finally:
        await source.end(now)
    return total


def _refuse_other(contents: Contents, there: Contents) -> None:
    """Refuse a store with history in it that is not a part of this one."""
    if contents.compiled == COPYING:
        raise HubError(
            "the store to migrate from is itself a copy that was broken off",
            remedy="Finish that migration first.",
        )
    if not there.entities:
        return
    strange = [name for name, number in there.entities.items() if contents.entities.get(name) != number]
    if there.compiled != COPYING or strange:
        raise HubError(
            "the store to migrate to holds history already", remedy="Give it a new, empty database."
        )


class _Copy:
    def __init__(self, source: HistoryStore, target: HistoryStore, there: Contents) -> None:
        self._source = source
        self._target = target
        self._again = bool(there.entities)
        self._next_attributes = max((number for number, _, _ in there.attributes), default=0) + 1
        self._causes: set[int] = set()

    async def entity(self, name: str, entity: int) -> int:
        """Copy one entity's changes and statistics, and count them again where they are now."""
        numbers: dict[str, int] = {}
        begin, count = 0, 0
        if self._again:  # what came is whole up to its last row
            last = await self._target.change_before(entity, _END)
            begin = last[0].at + 1 if last is not None else 0
            count = len((await self._source.readings(entity, 0, begin))[0])
        while True:
            rows = await self._source.changes(entity, begin, _END, most=_PAGE)
            if rows:
                await self._target.write(await self._batch(entity, rows, numbers))
                count += len(rows)
            if len(rows) < _PAGE:
                break
            begin = rows[-1][0].at + 1
        for resolution in _RESOLUTIONS:
            statistics = await self._source.statistics(resolution, [entity], 0, _END)
            for at in range(0, len(statistics), _PAGE):
                await self._target.save_statistics(resolution, statistics[at : at + _PAGE])
        times, _ = await self._target.readings(entity, 0, _END)
        if len(times) != count:
            raise HubError(
                f"{name}: {count} changes were copied, {len(times)} arrived",
                remedy="Begin anew with an empty database.",
            )
        return count

    async def events(self) -> None:
        """Copy events, the newest first."""
        until = _END
        while True:
            rows = await self._source.events([], 0, until, _PAGE)
            if not rows:
                return
            # Events of the oldest moment may go on beyond this page: they come with the next one.
            first = rows[0][0].at
            page = rows if len(rows) < _PAGE else [row for row in rows if row[0].at > first] or rows
            events = await self._missing([row for row, _ in page])
            causes = await self._new_causes(row.cause for row in events)
            await self._target.write(Batch(events=events, causes=causes))
            if len(rows) < _PAGE:
                return
            until = page[0][0].at

    async def _missing(self, events: list[EventRow]) -> list[EventRow]:
        """Return those that a copy that was broken off did not bring yet."""
        if not self._again:
            return events
        found = await self._target.events([], events[0].at, events[-1].at + 1, 2 * _PAGE)
        there = Counter((row.at, row.type, row.data) for row, _ in found)
        missing = []
        for row in events:
            key = (row.at, row.type, row.data)
            if there[key]:
                there[key] -= 1
            else:
                missing.append(row)
        return missing

    async def _batch(
        self, entity: int, rows: Sequence[tuple[Change, str | None]], numbers: dict[str, int]
    ) -> Batch:
        batch = Batch(causes=await self._new_causes(change.cause for change, _ in rows))
        for change, data in rows:
            number = None
            if data is not None:
                number = numbers.get(data)
                if number is None:
                    number = numbers[data] = self._next_attributes
                    self._next_attributes += 1
                    batch.attributes.append((number, entity, data))
            batch.changes.append(
                (change.entity, change.at, change.state, number, change.cause, change.changed)
            )
        return batch

    async def _new_causes(self, ids: Iterable[int | None]) -> list[CauseRow]:
        """Return causes that were not copied yet, with those behind them."""
        found: list[CauseRow] = []
        wanted = {id for id in ids if id is not None} - self._causes
        while wanted:
            rows = await self._source.causes(sorted(wanted))
            self._causes |= wanted
            found += rows
            wanted = {row.parent for row in rows if row.parent is not None} - self._causes
        return found
