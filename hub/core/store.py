"""What a store of history is given and gives. All in whole microseconds since 1970 (UTC), and by number.

The layout is one, whatever the store: entities and sets of attributes have numbers, which the recorder
gives out, so that a change is a short row. A store only keeps rows and finds them again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

MICRO = 1_000_000
Resolution = Literal["5minute", "hour"]
COPYING = -1
SECONDS: dict[Resolution, int] = {"5minute": 300, "hour": 3600}


class Change(NamedTuple):
    """A state as it became; `state` None is an entity that went, `changed` None is the same as `at`."""

    entity: int
    at: int
    state: str | None
    attributes: int | None = None
    cause: int | None = None
    changed: int | None = None


ChangeRow = tuple[int, int, str | None, int | None, int | None, int | None]
"""A `Change` as it is written: there are many, and a plain tuple is made five times faster."""


class CauseRow(NamedTuple):
    """What made something happen: a person, an automation, a script, and in words because of what."""

    id: int
    at: int
    context: str
    parent: int | None
    user: str | None
    origin: str
    because: str


class EventRow(NamedTuple):
    """An event; `data` is JSON."""

    at: int
    type: str
    data: str
    cause: int | None


class Series(NamedTuple):
    """An entity with statistics: how its readings are to be taken together, and their unit."""

    entity: int
    kind: Literal["measurement", "measurement_angle", "total", "total_increasing"]
    unit: str


class StatisticRow(NamedTuple):
    """One entity over one period that begins at `start` (seconds)."""

    entity: int
    start: int
    mean: float | None
    min: float | None
    max: float | None
    last: float | None
    sum: float | None


@dataclass(slots=True)
class Batch:
    """What is to be written in one transaction."""

    entities: list[tuple[int, str]] = field(default_factory=list)
    attributes: list[tuple[int, int, str]] = field(default_factory=list)
    """Number, entity, JSON."""
    causes: list[CauseRow] = field(default_factory=list)
    changes: list[ChangeRow] = field(default_factory=list)
    events: list[EventRow] = field(default_factory=list)
    series: list[Series] = field(default_factory=list)


@dataclass(slots=True)
class Contents:
    """What the recorder must know of a store to go on with it."""

    entities: dict[str, int] = field(default_factory=dict)
    attributes: list[tuple[int, int, str]] = field(default_factory=list)
    """The latest sets: number, entity, JSON."""
    last_cause: int = 0
    series: list[Series] = field(default_factory=list)
    compiled: int = 0
    """Statistics are made up to here (seconds); `COPYING` while history is being copied into the store."""
    stopped: int | None = None
    """When the last recording ended (seconds); None if it ended without a word."""
    last: int = 0
    """The time of the latest change."""


class Logged(NamedTuple):
    """A change of state text with its cause, for the logbook."""

    entity: int
    at: int
    state: str | None
    attributes: str | None
    cause: CauseRow | None


class HistoryStore(Protocol):
    """Keeps history. Every method raises `StoreFailed`, or `StoreBroken` if its file is damaged."""

    async def load(self, now: int) -> Contents:
        """Say what there is, and mark (seconds) that a recording begins."""
        ...

    async def write(self, batch: Batch) -> None:
        """Write all of a batch or nothing."""
        ...

    async def end(self, now: int) -> None:
        """Mark (seconds) that the recording ends well."""
        ...

    async def close(self) -> None: ...

    # --- asked ---

    async def entities(self) -> dict[str, int]: ...

    async def changes(
        self, entity: int, since: int, until: int, *, most: int, text_only: bool = False
    ) -> list[tuple[Change, str | None]]:
        """Return at most `most` changes with `since <= at < until`, oldest first, with attributes as JSON.

        With `text_only` those are left out in which only attributes changed.
        """
        ...

    async def change_before(self, entity: int, at: int) -> tuple[Change, str | None] | None:
        """Return the last change before `at`."""
        ...

    async def readings(self, entity: int, since: int, until: int) -> tuple[list[int], list[str | None]]:
        """Return times and states in a range, oldest first, in the cheapest way."""
        ...

    async def logged(self, entities: Sequence[int], since: int, until: int, most: int) -> list[Logged]:
        """Return the newest `most` changes of state text of these entities, oldest first."""
        ...

    async def events(
        self, types: Sequence[str], since: int, until: int, most: int
    ) -> list[tuple[EventRow, CauseRow | None]]:
        """Return the newest `most` events of these types (all, if none is given), oldest first."""
        ...

    async def causes(self, ids: Sequence[int]) -> list[CauseRow]: ...

    # --- statistics ---

    async def series(self) -> list[Series]: ...

    async def save_statistics(
        self, resolution: Resolution, rows: Sequence[StatisticRow], compiled: int | None = None
    ) -> None:
        """Write statistics, and up to when (seconds) they are made now."""
        ...

    async def statistics(
        self, resolution: Resolution, entities: Sequence[int], since: int, until: int
    ) -> list[StatisticRow]:
        """Return rows with `since <= start < until` (seconds), by entity and time."""
        ...

    async def statistic_before(
        self, resolution: Resolution, entity: int, before: int
    ) -> StatisticRow | None: ...

    # --- retention ---

    async def purge(self, entity: int, before: int, most: int) -> int:
        """Delete at most `most` changes of an entity before a time, the oldest first; return how many."""
        ...

    async def purge_attributes(self, entity: int) -> int:
        """Delete the sets of attributes of an entity that no change has any more."""
        ...

    async def purge_others(self, before: int, most: int) -> int:
        """Delete at most `most` events and causes before a time; return how many."""
        ...

    async def purge_statistics(self, before: int, most: int) -> int:
        """Delete at most `most` 5-minute statistics before a time (seconds); return how many."""
        ...

    async def give_back(self) -> None:
        """Give some of the space that became free back to the disk."""
        ...

    # --- care ---

    async def check(self) -> str:
        """Look at everything that is kept; return what is wrong with it, or nothing."""
        ...

    async def snapshot(self, target: Path) -> None:
        """Write a consistent copy to a file, in one moment of time and beside all other work."""
        ...

    async def size(self) -> int:
        """Return how many bytes are taken on the disk, 0 if that is not known."""
        ...
