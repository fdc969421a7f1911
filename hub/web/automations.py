"""Automations and scripts: which there are, what they did or why not, and what they wait for."""

from __future__ import annotations

from typing import Any

from hub.automation.automation import Automation
from hub.automation.trace import why_of
from hub.core.errors import NotFound
from hub.core.ports import House
from hub.web.answers import Json
from hub.web.calling import call
from hub.web.login import Asker
from hub.web.need import PERSON, http
from hub.web.parts import Parts
from hub.web.who import Who

_TAGS = {"tags": ["automations"]}


class AutomationsApi:
    """An automation is seen by whoever sees its entity, and run by whoever operates it."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._house: House = parts.house

    @http("GET", "/api/automations", PERSON, summary="All automations", **_TAGS)
    async def all(self, who: Asker) -> Any:
        """All automations with their state, when they ran last, and with what outcome."""
        found = await self._parts.command("automation.list")
        return Json([self._about(one) for one in found if who.sees(one["entity_id"])])

    @http("GET", "/api/automations/{name}", PERSON, summary="One automation", **_TAGS)
    async def one(self, name: str, who: Asker) -> Any:
        """One automation as its YAML declares it, and what each of its triggers waits for now."""
        automation = self._seen(name, who)
        found = await self._parts.command("automation.list")
        about = next(one for one in found if one["entity_id"] == automation.entity_id)
        told = await self._parts.command("automation.explain", name=automation.entity_id)
        return Json(
            {**self._about(about), "waits_for": told["triggers"], "declared": self._declared(automation)}
        )

    @http("GET", "/api/automations/{name}/explain", PERSON, summary="What it waits for", **_TAGS)
    async def explain(self, name: str, who: Asker) -> Any:
        automation = self._seen(name, who)
        return Json(await self._parts.command("automation.explain", name=automation.entity_id))

    @http("GET", "/api/automations/{name}/traces", PERSON, summary="What it did, or why not", **_TAGS)
    async def traces(self, name: str, who: Asker, limit: int = 50) -> Any:
        """The latest runs, and triggers that led to none, newest first; without their steps."""
        entity_id = self._entity_id(name, who)
        found = await self._parts.command("automation.trace", name=entity_id)
        short = [
            {**{key: value for key, value in one.items() if key != "steps"}, "why": why_of(one)}
            for one in reversed(found)
        ]
        return Json(short[: max(0, limit)])

    @http("GET", "/api/automations/{name}/traces/{run}", PERSON, summary="One run, step by step", **_TAGS)
    async def trace(self, name: str, run: int, who: Asker) -> Any:
        entity_id = self._entity_id(name, who)
        for trace in await self._parts.command("automation.trace", name=entity_id, number=run):
            return Json(trace)
        raise NotFound(f"there is no run {run} of {name} any more")

    @http("POST", "/api/automations/{name}/run", PERSON, summary="Run it now", **_TAGS)
    async def run(self, name: str, who: Asker, skip_condition: bool = True) -> Any:
        """Run the actions, as if a trigger had fired; the conditions are asked only if you say so."""
        automation = self._seen(name, who)
        data = {"entity_id": automation.entity_id, "skip_condition": skip_condition}
        await call(self._house, who, "automation", "trigger", data)
        return Json({})

    @http("POST", "/api/automations/{name}/enable", PERSON, summary="Switch it on", **_TAGS)
    async def enable(self, name: str, who: Asker) -> Any:
        return await self._switch(name, who, "turn_on")

    @http("POST", "/api/automations/{name}/disable", PERSON, summary="Switch it off", **_TAGS)
    async def disable(self, name: str, who: Asker) -> Any:
        return await self._switch(name, who, "turn_off")

    async def _switch(self, name: str, who: Who, service: str) -> Json:
        automation = self._seen(name, who)
        await call(self._house, who, "automation", service, {"entity_id": automation.entity_id})
        state = self._house.states.get(automation.entity_id)
        return Json(state.as_dict() if state is not None else {})

    def _seen(self, name: str, who: Who) -> Automation:
        try:
            automation = self._parts.engine.automation(name)
        except NotFound:
            # The names that it knows are not for everybody.
            raise NotFound(f"no automation is called {name!r}") from None
        if not who.sees(automation.entity_id):
            raise NotFound(f"no automation is called {name!r}")
        return automation

    def _entity_id(self, name: str, who: Who) -> str:
        """Return the entity of an automation or script."""
        if name.startswith("script.") and name in self._house.states and who.sees(name):
            return name
        return self._seen(name, who).entity_id

    def _about(self, told: dict[str, Any]) -> dict[str, Any]:
        try:
            model = self._parts.engine.automation(told["entity_id"]).model
        except NotFound:  # it was refused: the list says so
            return {**told, "id": None, "mode": None, "description": ""}
        return {**told, "id": model.id, "mode": model.mode, "description": model.description or ""}

    def _declared(self, automation: Automation) -> Any:
        return self._parts.engine.source_of(automation)
