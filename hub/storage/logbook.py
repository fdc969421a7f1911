"""Tell what happened, and because of what: lines for people, made of rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import orjson

from hub.core.events import AUTOMATION_TRIGGERED, HUB_STARTED, HUB_STOP, SCRIPT_STARTED
from hub.core.history import Happening
from hub.core.state import UNAVAILABLE, UNKNOWN
from hub.core.store import MICRO, CauseRow, EventRow, HistoryStore, Logged
from hub.storage.recorder import LOGBOOK_ENTRY
from hub.storage.words import became

# Their states only say that they are there; what they do is told by their events.
_SILENT = ("automation", "script", "zone", "sun", "persistent_notification", "tag", "counter")
_SHOWN_EVENTS = (
    AUTOMATION_TRIGGERED,
    SCRIPT_STARTED,
    HUB_STARTED,
    HUB_STOP,
    LOGBOOK_ENTRY,
    "safety_acted",
)
_NO_STATE = (UNAVAILABLE, UNKNOWN, None)
_DEEPEST = 8
_END_OF_TIME = 1 << 62

NameOf = Callable[[str], str]


class Logbook:
    """Reads one store."""

    def __init__(self, store: HistoryStore, name_of: NameOf) -> None:
        self._store = store
        self._name_of = name_of
        self._causes: dict[int, CauseRow] = {}
        self._names: dict[str, str] = {}

    async def lines(
        self,
        since: float,
        until: float,
        entity_ids: Collection[str],
        most: int,
        hidden: Callable[[str], bool],
    ) -> list[Happening]:
        """Return at most `most` lines, oldest first. What changes all the time is told only if asked for."""
        known = await self._store.entities()
        if entity_ids:
            numbers = {known[entity_id]: entity_id for entity_id in entity_ids if entity_id in known}
        else:
            measured = {series.entity for series in await self._store.series()}
            numbers = {
                number: entity_id
                for entity_id, number in known.items()
                if number not in measured and not _is_silent(entity_id) and not hidden(entity_id)
            }
        begin, end = int(since * MICRO), int(until * MICRO)
        logged = await self._store.logged(list(numbers), begin, end, most)
        events = await self._store.events(_SHOWN_EVENTS, begin, end, most)
        wanted = set(entity_ids)
        events = [pair for pair in events if not wanted or _entity_of(pair[0]) in wanted]
        await self._fetch_causes([*(row.cause for row in logged), *(cause for _, cause in events)])
        await self._fetch_names(known, [*numbers.values(), *(link.origin for link in self._causes.values())])
        lines = [*await self._changes(logged, numbers), *(self._event(*pair) for pair in events)]
        lines.sort(key=lambda line: line.at)
        return lines[-most:]

    async def _changes(self, logged: Sequence[Logged], numbers: Mapping[int, str]) -> list[Happening]:
        """Tell what changed; that a state is as it was before a silence tells nothing."""
        lines = []
        was: dict[int, str | None] = {}
        for row in logged:
            if row.entity not in was:
                before = await self._store.change_before(row.entity, row.at)
                was[row.entity] = before[0].state if before is not None else None
            before_state, was[row.entity] = was[row.entity], row.state
            if row.state == UNKNOWN or row.state == before_state:
                was[row.entity] = before_state
                continue
            if row.state in _NO_STATE:
                # What it was before the silence is what the next state is compared with.
                was[row.entity] = before_state
                if row.state is None:
                    continue
            lines.append(self._change(row, numbers[row.entity]))
        return lines

    def _change(self, row: Logged, entity_id: str) -> Happening:
        attributes: dict[str, Any] = orjson.loads(row.attributes) if row.attributes else {}
        name = str(attributes.get("friendly_name") or self._name(entity_id))
        because, by = self._why(row.cause, entity_id)
        context = row.cause.context if row.cause is not None else None
        message = became(entity_id, row.state, attributes)
        return Happening(row.at / MICRO, name, message, because, by, entity_id, row.state, context)

    def _event(self, event: EventRow, cause: CauseRow | None) -> Happening:
        data = orjson.loads(event.data)
        entity_id = data.get("entity_id")
        because, by = self._why(cause, entity_id)
        name, message = self._told(event.type, data, entity_id)
        if event.type == "safety_acted":
            because = str(data.get("reason", ""))
        context = cause.context if cause is not None else None
        return Happening(event.at / MICRO, name, message, because, by, entity_id, None, context)

    def _told(self, kind: str, data: Mapping[str, Any], entity_id: str | None) -> tuple[str, str]:
        if kind == HUB_STARTED:
            return "Hearth", "started"
        if kind == HUB_STOP:
            return "Hearth", "stopped"
        if kind == LOGBOOK_ENTRY:
            return str(data.get("name", "")), str(data.get("message", ""))
        name = str(data.get("name") or (self._name(entity_id) if entity_id else kind))
        if kind == "safety_acted":
            return name, f"was made {data.get('safe_state', 'safe')} for safety"
        return name, "ran"

    def _why(self, cause: CauseRow | None, entity_id: str | None) -> tuple[str, str]:
        """Return because of what it happened, and by whom it was done."""
        because = by = user = ""
        for link in self._chain(cause):
            because = because or link.because
            if not by and link.origin and link.origin != entity_id:
                by = self._by(link.origin)
            user = user or link.user or ""
        return because, by or user

    def _by(self, origin: str) -> str:
        domain, dot, _ = origin.partition(".")
        return f"{domain} {self._name(origin)}" if dot and " " not in origin else origin

    def _chain(self, cause: CauseRow | None) -> Iterable[CauseRow]:
        for _ in range(_DEEPEST):
            if cause is None:
                return
            yield cause
            cause = self._causes.get(cause.parent) if cause.parent is not None else None

    async def _fetch_causes(self, first: Iterable[CauseRow | None]) -> None:
        """Fetch the causes behind these, link by link."""
        links = [cause for cause in first if cause is not None]
        for _ in range(_DEEPEST):
            self._causes.update((link.id, link) for link in links)
            missing = {link.parent for link in links if link.parent is not None} - self._causes.keys()
            if not missing:
                return
            links = await self._store.causes(sorted(missing))

    async def _fetch_names(self, known: Mapping[str, int], wanted: Iterable[str]) -> None:
        """Learn the names of entities that are not there now: those they had last."""
        for entity_id in dict.fromkeys(wanted):
            name = self._name_of(entity_id)
            if not name and entity_id in known:
                last = await self._store.change_before(known[entity_id], _END_OF_TIME)
                name = _friendly(last[1]) if last is not None else ""
            if name:
                self._names[entity_id] = name

    def _name(self, entity_id: str) -> str:
        return self._names.get(entity_id) or entity_id.partition(".")[2].replace("_", " ")


def _friendly(attributes: str | None) -> str:
    return str(orjson.loads(attributes).get("friendly_name", "")) if attributes else ""


def _is_silent(entity_id: str) -> bool:
    return entity_id.partition(".")[0] in _SILENT


def _entity_of(event: EventRow) -> str | None:
    found = orjson.loads(event.data).get("entity_id")
    return found if isinstance(found, str) else None
