"""The shapes of what the house remembers for long: states as they were, statistics, and what happened.

Times are seconds since 1970 (UTC).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Period = Literal["5minute", "hour", "day", "week", "month"]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What an entity was from `at` on; `changed` is since when its state had this text."""

    at: float
    state: str
    changed: float
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Statistic:
    """One entity over one period: `mean` is weighted by time, `sum` grows over resets of a meter."""

    start: float
    end: float
    mean: float | None = None
    min: float | None = None
    max: float | None = None
    last: float | None = None
    sum: float | None = None
    change: float | None = None
    """How much `sum` grew in this period."""


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of the logbook: who, what, and because of what, in words."""

    at: float
    name: str
    message: str
    because: str = ""
    by: str = ""
    """The automation, script or person that began it."""
    entity_id: str | None = None
    state: str | None = None
    context_id: str | None = None

    def __str__(self) -> str:
        return f"{self.name} {self.message}" + (f" because {self.because}" if self.because else "")


class History(Protocol):
    """Ask what was. Every answer includes what happened up to now."""

    async def entity_ids(self) -> list[str]:
        """Return the ids of all entities of which something is kept."""
        ...

    async def units(self, entity_ids: Iterable[str]) -> dict[str, str]:
        """Return the units of entities that have statistics."""
        ...

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
        """Return what each entity was, oldest first; the first is what it was at `since`, if that is kept.

        With `significant`, changes of attributes alone are left out, except where they matter (`climate`).
        With `most`, at most so many are given for each entity: of numbers the extremes are kept, and a
        long range is answered from statistics.
        """
        ...

    async def statistics(
        self,
        entity_ids: Iterable[str],
        since: float,
        until: float | None = None,
        *,
        period: Period = "hour",
    ) -> dict[str, list[Statistic]]:
        """Return the statistics of each entity, oldest first; days, weeks and months are the house's own."""
        ...

    async def logbook(
        self,
        since: float,
        until: float | None = None,
        *,
        entity_ids: Iterable[str] = (),
        most: int = 1000,
    ) -> list[Happening]:
        """Return what happened, oldest first; if it is more than `most`, the newest of it."""
        ...


class NoHistory:
    """Remembers nothing (`History`)."""

    async def entity_ids(self) -> list[str]:
        return []

    async def units(self, entity_ids: Iterable[str]) -> dict[str, str]:
        return {}

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
        return {}

    async def statistics(
        self,
        entity_ids: Iterable[str],
        since: float,
        until: float | None = None,
        *,
        period: Period = "hour",
    ) -> dict[str, list[Statistic]]:
        return {}

    async def logbook(
        self,
        since: float,
        until: float | None = None,
        *,
        entity_ids: Iterable[str] = (),
        most: int = 1000,
    ) -> list[Happening]:
        return []
