"""Write states as Home Assistant's clients want them, piece by piece: a long time never fills the memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hub.storage.desk import PAGE
from hub.storage.history import TELLING_ATTRIBUTES
from hub.web.answers import dumps

Ask = Callable[..., Awaitable[Any]]
# The next microsecond: half of one more, as a time in seconds has no more digits.
BEYOND = 1.5e-6


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the states is wanted."""

    since: float
    until: float
    attributes: bool = True
    significant: bool = True
    short: bool = False
    """Whether all but the first and the last only say what they became, and when."""


async def written(ask: Ask, entity_ids: Sequence[str], asked: Asked) -> AsyncIterator[bytes]:
    """Yield a JSON list with a list of states for each entity of which there are any."""
    yield b"["
    begun = False
    for entity_id in entity_ids:
        opened = False
        async for piece in _entity(ask, entity_id, asked):
            if not opened:
                yield b",[" if begun else b"["
                opened = begun = True
            else:
                yield b","
            yield piece
        if opened:
            yield b"]"
    yield b"]"


async def _entity(ask: Ask, entity_id: str, asked: Asked) -> AsyncIterator[bytes]:
    """Yield some states at a time, with commas between them."""
    held: dict[str, Any] | None = None
    first = True
    async for rows in _rows(ask, entity_id, asked):
        wanted = [held, *rows] if held is not None else rows
        *told, held = wanted
        if told:
            yield _joined(entity_id, told, asked, whole_first=first)
            first = False
    if held is not None:
        yield dumps(_state(entity_id, held, asked, short=False))


async def _rows(ask: Ask, entity_id: str, asked: Asked) -> AsyncIterator[list[dict[str, Any]]]:
    given = {"entity_ids": [entity_id], "since": asked.since, "until": asked.since}
    before = (await ask("history.states", **given, attributes=True))[entity_id]
    if before:
        yield before
    texts_only = asked.significant and entity_id.partition(".")[0] not in TELLING_ATTRIBUTES
    since = asked.since
    while True:
        page = await ask("history.page", entity_id=entity_id, since=since, until=asked.until)
        rows = [row for row in page if not texts_only or row["changed"] == row["at"]]
        if rows:
            yield rows
        if len(page) < PAGE:
            return
        since = page[-1]["at"] + BEYOND


def _joined(entity_id: str, rows: list[dict[str, Any]], asked: Asked, *, whole_first: bool) -> bytes:
    states = [
        _state(entity_id, row, asked, short=asked.short and not (whole_first and number == 0))
        for number, row in enumerate(rows)
    ]
    return dumps(states)[1:-1]


def _state(entity_id: str, row: dict[str, Any], asked: Asked, *, short: bool) -> dict[str, Any]:
    state: dict[str, Any] = {"state": row["state"], "last_changed": iso(row["changed"])}
    if not short:
        attributes = row.get("attributes", {}) if asked.attributes else {}
        state |= {"entity_id": entity_id, "attributes": attributes, "last_updated": iso(row["at"])}
    return state


def iso(seconds: float) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).isoformat()
