"""Services and events, under Home Assistant's addresses."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from hub.core.events import Event
from hub.core.ports import House
from hub.core.services import Service
from hub.domains import EntitySchema
from hub.web.answers import Json, mapping_of
from hub.web.bodies import body, mapping
from hub.web.calling import call, may_call
from hub.web.login import Asker
from hub.web.need import ADMIN, PERSON, VIEWER, http
from hub.web.parts import Parts
from hub.web.who import Who

_TARGET = {"entity_id": {"description": "One entity, or several, or all", "type": ["string", "array"]}}


class ServicesApi:
    """What can be called, and calling it; events that can be listened to, and firing them."""

    def __init__(self, parts: Parts) -> None:
        self._house: House = parts.house

    @http("GET", "/api/services", PERSON, summary="All services", tags=["services"])
    async def all(self, who: Asker) -> Any:
        return Json(
            [{"domain": name, "services": told} for name, told in described(self._house, who).items()]
        )

    @http(
        "POST",
        "/api/services/{domain}/{service}",
        PERSON,
        summary="Call a service",
        tags=["services"],
        openapi_extra=body(_TARGET)
        | {
            "parameters": [
                {
                    "name": "return_response",
                    "in": "query",
                    "description": "Return what the service answers, beside the states it changed",
                    "allowEmptyValue": True,
                    "schema": {"type": "string"},
                }
            ]
        },
    )
    async def call(self, domain: str, service: str, request: Request, who: Asker) -> Any:
        """Call a service with the body as its data; the answer has the states that it changed."""
        data = await mapping_of(request)
        wanted = "return_response" in request.query_params
        response, changed, _ = await call(self._house, who, domain, service, data, return_response=wanted)
        states = [state.as_dict() for state in changed]
        return Json({"changed_states": states, "service_response": response or {}} if wanted else states)

    @http("GET", "/api/events", VIEWER, summary="Event types that are listened to", tags=["events"])
    async def events(self) -> Any:
        return Json(
            [{"event": name, "listener_count": count} for name, count in self._house.bus.listeners().items()]
        )

    @http(
        "POST",
        "/api/events/{event_type}",
        ADMIN,
        summary="Fire an event",
        tags=["events"],
        openapi_extra=body({"any": mapping("What the event carries")}),
    )
    async def fire(self, event_type: str, request: Request, who: Asker) -> Any:
        data = await mapping_of(request)
        self._house.bus.fire(Event(event_type, data, who.cause()))
        return Json({"message": f"Event {event_type} fired."})


def described(house: House, who: Who) -> dict[str, dict[str, Any]]:
    """Return the services that somebody may call, by domain and name, as Home Assistant describes them."""
    found: dict[str, dict[str, Any]] = {}
    for service in sorted(house.services.items(), key=lambda one: (one.domain, one.name)):
        if may_call(house, who, service):
            found.setdefault(service.domain, {})[service.name] = _about(service)
    return found


def _about(service: Service) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": service.name.replace("_", " ").capitalize(),
        "description": service.description,
        "fields": _fields(service.model),
    }
    if isinstance(service.schema, EntitySchema):
        told["target"] = {"entity": [{"domain": [service.domain]}]}
    if service.response != "none":
        told["response"] = {"optional": service.response == "optional"}
    return told


def _fields(model: Any) -> dict[str, Any]:
    fields = getattr(model, "model_fields", {})
    return {
        name: {"required": field.is_required(), "description": field.description or ""}
        for name, field in fields.items()
    }
