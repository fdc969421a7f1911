"""What the control socket answers about the past: plain data for the command line and for programs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any

from hub.core.errors import HubError, NotFound
from hub.core.history import History, Period, Recorded
from hub.storage.history import PAGE, KeptHistory

PREFIX = "history."
_PERIODS: tuple[Period, ...] = ("5minute", "hour", "day", "week", "month")


def history_commands(
    history: Callable[[], History], status: Callable[[], Awaitable[Mapping[str, Any]]] | None = None
) -> dict[str, Callable[..., Any]]:
    """Return the commands by name."""
    desk = HistoryDesk(history)
    return {
        f"{PREFIX}entities": desk.entities,
        f"{PREFIX}states": desk.states,
        f"{PREFIX}page": desk.page,
        f"{PREFIX}statistics": desk.statistics,
        f"{PREFIX}logbook": desk.logbook,
        **({f"{PREFIX}status": status} if status is not None else {}),
    }


class HistoryDesk:
    """Asks the history of one house. Times are seconds since 1970."""

    def __init__(self, history: Callable[[], History]) -> None:
        self._history = history

    async def entities(self) -> list[str]:
        return await self._history().entity_ids()

    async def states(
        self,
        entity_ids: list[str],
        since: float,
        until: float | None = None,
        most: int | None = None,
        significant: bool = False,
        attributes: bool = False,
    ) -> dict[str, list[dict[str, Any]]]:
        await self._known(entity_ids)
        found = await self._history().states(
            entity_ids, since, until, attributes=attributes, significant=significant, most=most
        )
        return {entity_id: [told(each) for each in found.get(entity_id, ())] for entity_id in entity_ids}

    async def page(self, entity_id: str, since: float, until: float) -> list[dict[str, Any]]:
        """Return the first changes in a range; if there are `PAGE` of them, ask again from the last on."""
        history = self._history()
        await self._known([entity_id])
        if isinstance(history, KeptHistory):
            async for page in history.pages(entity_id, since, until):
                return [told(each) for each in page]
        return []

    async def statistics(
        self, entity_ids: list[str], since: float, until: float | None = None, period: Period = "hour"
    ) -> dict[str, list[dict[str, Any]]]:
        if period not in _PERIODS:
            raise HubError(f"{period!r} is no period", remedy=f"Take one of {', '.join(_PERIODS)}.")
        await self._known(entity_ids)
        found = await self._history().statistics(entity_ids, since, until, period=period)
        return {entity_id: [asdict(each) for each in found.get(entity_id, ())] for entity_id in entity_ids}

    async def logbook(
        self,
        since: float,
        until: float | None = None,
        entity_ids: list[str] | None = None,
        most: int = 1000,
    ) -> list[dict[str, Any]]:
        await self._known(entity_ids or [])
        lines = await self._history().logbook(since, until, entity_ids=entity_ids or (), most=most)
        return [{**asdict(line), "text": str(line)} for line in lines]

    async def _known(self, entity_ids: list[str]) -> None:
        known = set(await self._history().entity_ids()) if entity_ids else set()
        for entity_id in entity_ids:
            if entity_id not in known:
                near = [each for each in known if each.partition(".")[2] == entity_id.partition(".")[2]]
                hint = f"Did you mean {near[0]}?" if near else "See `hub history` for what is recorded."
                raise NotFound(f"nothing was recorded of {entity_id!r}", remedy=hint)


def told(recorded: Recorded) -> dict[str, Any]:
    """Return a state as it was, as plain data."""
    data = asdict(recorded)
    if not recorded.attributes:
        del data["attributes"]
    return data


__all__ = ["PAGE", "PREFIX", "history_commands", "told"]
