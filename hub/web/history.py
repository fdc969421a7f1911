"""What was: states and the logbook, under Home Assistant's addresses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import StreamingResponse

from hub.core.errors import HubError
from hub.core.history import Happening, History
from hub.core.ports import House
from hub.web.answers import Json
from hub.web.login import Asker
from hub.web.need import PERSON, http
from hub.web.parts import Parts
from hub.web.period import Asked, iso, written
from hub.web.who import Who

_TAGS = {"tags": ["history"]}
DAY = 86_400.0
MOST_LINES = 10_000
MOST_ENTITIES = 100


class HistoryApi:
    """Of what somebody may not see nothing is told, as if nothing had been recorded."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._house: House = parts.house

    @property
    def _history(self) -> History:
        return self._house.history

    @http("GET", "/api/history/entities", PERSON, summary="What is recorded", **_TAGS)
    async def entities(self, who: Asker) -> Any:
        return Json(who.seen(await self._history.entity_ids()))

    async def _lines(
        self, who: Who, since: str | None, until: str | None, entity_ids: list[str] | None
    ) -> list[Happening]:
        start, end = self._range(since, until)
        wanted = _seen(who, entity_ids) if entity_ids else []
        if entity_ids and not wanted:
            return []
        found = await self._history.logbook(start, end, entity_ids=wanted, most=MOST_LINES)
        if who.sees_all:
            return found
        return [one for one in found if one.entity_id is not None and who.sees(one.entity_id)]

    # Home Assistant's.

    @http("GET", "/api/history/period", PERSON, summary="States of the last day", **_TAGS)
    async def last_day(self, request: Request, who: Asker, filter_entity_id: str = "") -> Any:
        return await self._period(None, request, who)

    @http("GET", "/api/history/period/{start}", PERSON, summary="States since a time", **_TAGS)
    async def since(self, start: str, request: Request, who: Asker, filter_entity_id: str = "") -> Any:
        """Return for each entity of `filter_entity_id` the list of its states."""
        return await self._period(start, request, who)

    async def _period(self, start: str | None, request: Request, who: Who) -> StreamingResponse:
        asked = request.query_params
        entity_ids = [one for one in asked.get("filter_entity_id", "").lower().split(",") if one]
        if not entity_ids:
            raise HubError("filter_entity_id is missing", remedy="Name the entities, with commas.")
        since = self._time(start) if start is not None else self._now() - DAY
        until = self._time(asked["end_time"]) if "end_time" in asked else since + DAY
        known = set(await self._history.entity_ids())
        wanted = [one for one in _seen(who, entity_ids) if one in known]
        told = Asked(
            since,
            until,
            attributes="no_attributes" not in asked,
            significant=asked.get("significant_changes_only", "1") != "0",
            short="minimal_response" in asked,
        )
        pieces = written(self._parts.command, wanted, told)
        return StreamingResponse(pieces, media_type="application/json")

    @http("GET", "/api/logbook", PERSON, summary="What happened in the last day", **_TAGS)
    async def logbook(self, request: Request, who: Asker, entity: str = "", end_time: str = "") -> Any:
        return await self._logbook(None, who, entity, end_time)

    @http("GET", "/api/logbook/{start}", PERSON, summary="What happened since a time", **_TAGS)
    async def logbook_since(
        self, start: str, request: Request, who: Asker, entity: str = "", end_time: str = ""
    ) -> Any:
        return await self._logbook(start, who, entity, end_time)

    async def _logbook(self, start: str | None, who: Who, entity: str, end_time: str) -> Json:
        entity_ids = [one for one in entity.lower().split(",") if one] or None
        if start is not None and not end_time:
            end_time = str(self._time(start) + DAY)
        lines = await self._lines(who, start, end_time or None, entity_ids)
        return Json([_as_entry(line) for line in lines])

    # Times.

    def _now(self) -> float:
        return self._house.clock.timestamp()

    def _range(self, since: str | None, until: str | None) -> tuple[float, float | None]:
        start = self._now() - DAY if since is None else self._time(since)
        end = None if until is None else self._time(until)
        if end is not None and end < start:
            raise HubError("`until` is before `since`")
        return start, end

    def _time(self, text: str) -> float:
        return timestamp_of(text, self._house)


def timestamp_of(text: str, house: House) -> float:
    """Read an RFC 3339 time, in the house's zone if it names none, or seconds. Raises `HubError`."""
    try:
        return _sane(float(text))
    except ValueError:
        pass
    try:
        # A + that was not encoded in the address came as a space.
        moment = datetime.fromisoformat(text.strip().replace(" ", "+") if "T" in text else text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=house.settings.time_zone)
        return _sane(moment.timestamp())
    except (ValueError, OverflowError):
        raise HubError(f"{text[:50]!r} is no time", remedy="Write it as 2026-05-01T12:00:00Z.") from None


def _sane(seconds: float) -> float:
    if not 0 <= seconds < 1e11:  # also not a number
        raise HubError(f"{seconds} is no time in seconds since 1970")
    return seconds


def _seen(who: Who, entity_ids: Sequence[str]) -> list[str]:
    named = [one.strip().lower() for text in entity_ids for one in text.split(",") if one.strip()]
    if len(named) > MOST_ENTITIES:
        raise HubError(f"{len(named)} entities at once", remedy=f"Ask for at most {MOST_ENTITIES}.")
    return who.seen(dict.fromkeys(named))


def _as_entry(line: Happening) -> dict[str, Any]:
    told: dict[str, Any] = {"when": iso(line.at), "name": line.name, "message": line.message}
    if line.because:
        told["message"] = f"{line.message} because {line.because}"
    more = {
        "entity_id": line.entity_id,
        "state": line.state,
        "context_id": line.context_id,
        "context_name": line.by or None,
    }
    told |= {name: value for name, value in more.items() if value is not None}
    if line.entity_id is not None:
        told["domain"] = line.entity_id.partition(".")[0]
    return told
