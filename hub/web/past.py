"""What was: states, statistics and the logbook, for plots and lists. Each sees only what is theirs to see."""

from __future__ import annotations

import inspect
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Query

from hub.core.errors import HubError
from hub.core.history import Period
from hub.core.ports import House
from hub.mqtt import EmbeddedEngine
from hub.mqtt.rights import who_may
from hub.storage.desk import PAGE
from hub.web.answers import Json
from hub.web.login import Asker
from hub.web.need import ADMIN, PERSON, VIEWER, http
from hub.web.parts import Parts
from hub.web.period import BEYOND
from hub.web.who import Who

MOST_ENTITIES = 100
MOST_LINES = 2_000
MOST_ROWS = 100_000
DAY = 86_400.0
_SHORTEST = {"5minute": 300.0, "hour": 3600.0}
Moment = Annotated[float, Query(ge=0, le=1e11, description="Seconds since 1970")]
_EntityId = Annotated[str, Query(max_length=255, description="An entity id")]
Entities = Annotated[str, Query(max_length=10_000, description="Entity ids, with commas between them")]


class PastApi:
    """For the pages; Home Assistant's clients find theirs under its addresses."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._house: House = parts.house

    @http("GET", "/api/past/states", PERSON, summary="What entities were", tags=["history"])
    async def states(
        self, who: Asker, entities: Entities, since: Moment, until: Moment, most: int = 2_000
    ) -> Any:
        """Return for each entity its states as `[at, state]`, oldest first, at most so many of each."""
        wanted = _seen(who, entities)
        limit = min(max(2, most), 50_000)
        found = await self._house.history.states(wanted, since, max(since, until), most=limit)
        return Json({one: [[row.at, row.state] for row in found.get(one, ())] for one in wanted})

    @http("GET", "/api/past/statistics", PERSON, summary="Statistics of entities", tags=["history"])
    async def statistics(
        self, who: Asker, entities: Entities, since: Moment, until: Moment, period: Period = "hour"
    ) -> Any:
        """Return for each entity a row for each period, oldest first."""
        wanted = _seen(who, entities)
        if len(wanted) * (max(since, until) - since) / _SHORTEST.get(period, DAY) > MOST_ROWS:
            raise HubError(
                f"more than {MOST_ROWS} rows at once",
                remedy="Take a longer period, less time or fewer entities.",
            )
        found = await self._house.history.statistics(wanted, since, max(since, until), period=period)
        return Json({one: [asdict(row) for row in found.get(one, ())] for one in wanted})

    @http("GET", "/api/past/logbook", PERSON, summary="What happened, and because of what", tags=["history"])
    async def logbook(self, who: Asker, since: Moment, until: Moment, entities: Entities = "") -> Any:
        """Return what happened, oldest first."""
        wanted = _seen(who, entities) if entities else []
        if entities and not wanted:
            return Json([])
        lines = await self._house.history.logbook(
            since, max(since, until), entity_ids=wanted, most=MOST_LINES
        )
        shown = [
            line
            for line in lines
            if who.sees_all or (line.entity_id is not None and who.sees(line.entity_id))
        ]
        return Json([asdict(line) for line in shown])

    @http("GET", "/api/past/changes", PERSON, summary="All changes of an entity, by pages", tags=["history"])
    async def changes(self, who: Asker, entity: _EntityId, since: Moment, until: Moment) -> Any:
        """Return up to 5000 changes, oldest first; `next` is where the page after it begins."""
        who.must_see(entity)
        page = await self._parts.command("history.page", entity_id=entity, since=since, until=until)
        return Json({"changes": page, "next": page[-1]["at"] + BEYOND if len(page) == PAGE else None})

    @http("GET", "/api/past/energy", VIEWER, summary="What was used, and what it cost", tags=["energy"])
    async def energy(self, since: Moment, until: Moment, period: Period = "day") -> Any:
        """Return what the house used, device by device; refused where nothing is said about energy."""
        given = {"since": since, "until": max(since, until), "period": period}
        return Json(await self._parts.command("energy.report", **given))

    @http("GET", "/api/past/standby", VIEWER, summary="What uses power while it waits", tags=["energy"])
    async def standby(self, since: Moment, until: Moment) -> Any:
        """Return the devices that only wait, the dearest first, with what that costs in a year."""
        return Json(await self._parts.command("energy.standby", since=since, until=max(since, until)))

    @http("GET", "/api/past/peaks", VIEWER, summary="When the most was used", tags=["energy"])
    async def peaks(self, since: Moment, until: Moment, most: int = 10) -> Any:
        """Return the hours in which the most was used, the highest first, and what used it."""
        given = {"since": since, "until": max(since, until), "most": min(max(1, most), 1_000)}
        return Json(await self._parts.command("energy.peaks", **given))

    @http("GET", "/api/past/streams", VIEWER, summary="Streams of samples", tags=["telemetry"])
    async def streams(self) -> Any:
        """Return each stream of `telemetry:` with its rate, latest value, gaps and alarms."""
        return Json(await self._parts.command("telemetry.streams"))

    @http("GET", "/api/past/telemetry", VIEWER, summary="Samples of a stream", tags=["telemetry"])
    async def telemetry(
        self,
        name: Annotated[str, Query(max_length=200)],
        since: Moment,
        until: Moment,
        most: int = 2_000,
    ) -> Any:
        """Return at most so many `[at, value]` in which no peak is lost; a gap is a value of null."""
        given = {"since": since, "until": max(since, until), "most": min(max(4, most), 50_000)}
        return Json(await self._parts.command("telemetry.view", name=name, **given))

    @http("GET", "/api/notifications", VIEWER, summary="What somebody should know", tags=["notifications"])
    async def notifications(self) -> Any:
        """Return the notifications that hang on the board, the oldest first."""
        services = self._house.services
        if services.find("persistent_notification", "get") is None:
            return Json([])
        answer = services.call("persistent_notification", "get", {}, return_response=True)
        told: Any = await answer if inspect.isawaitable(answer) else answer
        return Json((told or {}).get("notifications", []))

    @http("GET", "/api/mqtt/visits", ADMIN, summary="Who came and went at the MQTT server", tags=["MQTT"])
    async def visits(self) -> Any:
        """Return the latest log-ins, those that were refused, and what somebody was not allowed."""
        return Json(await self._parts.command("mqtt.visits"))

    @http("GET", "/api/mqtt/access", ADMIN, summary="Who may see a topic", tags=["MQTT"])
    async def access(self, topic: Annotated[str, Query(min_length=1, max_length=1_024)]) -> Any:
        """Return each user, device and registry that may publish to a topic or get it."""
        configuration = self._parts.configuration()
        engine = configuration.engine if configuration is not None else None
        if engine is not None and not isinstance(engine, EmbeddedEngine):
            raise HubError("the MQTT server is not inside this hub", remedy="Ask the server itself.")
        users = engine.users if engine is not None else []
        return Json([asdict(one) for one in who_may(topic, users, self._parts.registrar())])


def _seen(who: Who, text: str) -> list[str]:
    wanted = list(dict.fromkeys(one.strip().lower() for one in text.split(",") if one.strip()))
    if len(wanted) > MOST_ENTITIES:
        raise HubError(f"more than {MOST_ENTITIES} entities at once", remedy="Ask for them in parts.")
    return [one for one in wanted if who.sees(one)]
