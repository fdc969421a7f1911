"""The states of the house, under Home Assistant's addresses."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from hub.core.errors import HubError, NotFound
from hub.core.ports import House
from hub.web.answers import Json, dumps, mapping_of
from hub.web.bodies import body, mapping, text
from hub.web.login import Asker
from hub.web.need import ADMIN, PERSON, http
from hub.web.parts import Parts

_STATES = {"tags": ["states"]}


class StatesApi:
    """Each sees only what is theirs to see; an entity that is not is answered like one that is not there."""

    def __init__(self, parts: Parts) -> None:
        self._house: House = parts.house

    @http("GET", "/api/states", PERSON, summary="All states", **_STATES)
    async def all(self, who: Asker) -> Any:
        states = self._house.states
        if who.sees_all:
            return Json([state.as_dict() for state in states])
        return Json([state.as_dict() for state in states if who.sees(state.entity_id)])

    @http("GET", "/api/states/{entity_id}", PERSON, summary="One state", **_STATES)
    async def one(self, entity_id: str, who: Asker) -> Any:
        state = self._house.states.get(entity_id.lower())
        if state is None or not who.sees(state.entity_id):
            raise NotFound("Entity not found.")
        return Json(state.as_dict())

    @http(
        "POST",
        "/api/states/{entity_id}",
        ADMIN,
        summary="Show a state",
        **_STATES,
        openapi_extra=body(
            {"state": text("What it is to show"), "attributes": mapping("In the place of those it had")},
            required=["state"],
        ),
    )
    async def show(self, entity_id: str, request: Request, who: Asker) -> Any:
        """Show a state. It changes what the house shows, nothing else: to switch things, call a service."""
        data = await mapping_of(request)
        if not isinstance(data.get("state"), str | int | float | bool):
            raise HubError("No state specified.", remedy='Send {"state": "on"}.')
        attributes = data.get("attributes") or {}
        if not isinstance(attributes, dict):
            raise HubError("the attributes should be a JSON object")
        entity_id = entity_id.lower()
        is_new = entity_id not in self._house.states
        state = self._house.states.set(
            entity_id,
            _spelled(data["state"]),
            attributes,
            force=data.get("force_update") is True,
            cause=who.cause(),
        )
        headers = {"Location": f"/api/states/{state.entity_id}"}
        return Json(state.as_dict(), 201 if is_new else 200, headers=headers)

    @http("DELETE", "/api/states/{entity_id}", ADMIN, summary="Forget a state", **_STATES)
    async def forget(self, entity_id: str, who: Asker) -> Any:
        """Forget what an entity shows. One that lives shows itself again with its next message."""
        if not self._house.states.remove(entity_id.lower(), who.cause()):
            raise NotFound("Entity not found.")
        return Json({"message": "Entity removed."})


def _spelled(value: Any) -> str:
    if isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else dumps(value).decode()
