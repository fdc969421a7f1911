"""Move history from one store to another, by what every store can do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from hub.core.errors import HubError
from hub.core.store import Batch, CauseRow, Change, HistoryStore, Resolution

_END = 1 << 60
_PAGE = 5000
_RESOLUTIONS: tuple[Resolution, ...] = ("5minute", "hour")

Progress = Callable[[str, int, int], None]
"""Told what is being copied, how many entities are done, and how many there are."""


async def migrate(source: HistoryStore, target: HistoryStore, now: int, progress: Progress) -> int:
    """Copy all history into an empty store and compare the two; return how many changes there are.

    Raises `HubError` if the target holds history already, or does not hold what was copied.
    """
    contents = await source.load(now)
    try:
        if (await target.load(now)).entities:
            raise HubError(
                "the store to migrate to holds history already", remedy="Give it a new, empty database."
            )
        copy = _Copy(source, target)
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


class _Copy:
    def __init__(self, source: HistoryStore, target: HistoryStore) -> None:
        self._source = source
        self._target = target
        self._next_attributes = 1
        self._causes: set[int] = set()

    async def entity(self, name: str, entity: int) -> int:
        """Copy one entity's changes and statistics, and count them again where they are now."""
        numbers: dict[str, int] = {}
        begin, count = 0, 0
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
            raise HubError(f"{name}: {count} changes were copied, {len(times)} arrived")
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
            causes = await self._new_causes(row.cause for row, _ in page)
            await self._target.write(Batch(events=[row for row, _ in page], causes=causes))
            if len(rows) < _PAGE:
                return
            until = page[0][0].at

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
