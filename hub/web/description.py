"""The OpenAPI documents: what the API takes and gives, for programs that write programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from hub import __version__
from hub.web.answers import Json
from hub.web.need import PERSON, Need, http, route_of

_SECURITY = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A long-lived token: `hub user token create NAME --name … --scope …`.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "hub_session",
        "description": "A log-in of a browser; changes need the header `X-CSRF-Token` as well.",
    },
}
_PROBLEM = {
    "type": "object",
    "required": ["problem", "remedy", "message"],
    "properties": {
        "problem": {"type": "string", "description": "What is wrong"},
        "remedy": {"type": "string", "description": "How to mend it"},
        "message": {
            "type": "string",
            "description": "The problem again, where Home Assistant's clients look",
        },
    },
}
_TROUBLES = {
    "400": "What was sent is no good",
    "401": "Nobody is logged in",
    "403": "Not allowed",
    "404": "There is no such thing",
    "413": "Too much at once",
    "429": "Too many wrong tries",
}


class Description:
    """The documents, made when they are first asked for."""

    def __init__(self, app: Callable[[], FastAPI]) -> None:
        self._app = app
        self._made: dict[str, dict[str, Any]] = {}

    @http("GET", "/api/openapi.json", PERSON, summary="This document", tags=["hub"])
    async def own(self) -> Any:
        return Json(self._document("/api", "Hearth"))

    @http("GET", "/iot-devices/v1/openapi.json", PERSON, summary="IoT Core's API here", tags=["hub"])
    async def iot(self) -> Any:
        return Json(self._document("/iot-", "Hearth, as IoT Core"))

    def _document(self, prefix: str, title: str) -> dict[str, Any]:
        made = self._made.get(prefix)
        if made is None:
            made = self._made[prefix] = describe(self._app(), prefix, title)
        return made


def describe(app: FastAPI, prefix: str, title: str) -> dict[str, Any]:
    """Return the document of the routes below a prefix."""
    routes = [
        route
        for route in app.router.routes
        if isinstance(route, APIRoute) and route.include_in_schema and route.path.startswith(prefix)
    ]
    document = get_openapi(title=title, version=__version__, routes=routes)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = _PROBLEM
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    document["components"]["securitySchemes"] = _SECURITY
    for route in routes:
        for method in route.methods or ():
            operation = document["paths"][route.path_format].get(method.lower())
            declared = route_of(route.endpoint)
            if operation is not None and declared is not None:
                _complete(operation, declared.need)
    return document


def _complete(operation: dict[str, Any], need: Need) -> None:
    answers = operation["responses"]
    answers.pop("422", None)
    problem = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status, words in _TROUBLES.items():
        answers.setdefault(status, {"description": words, "content": problem})
    if need.public:
        return
    operation["security"] = [{"session": []}] if need.browser_only else [{"token": []}, {"session": []}]
    operation["description"] = f"{operation.get('description', '')}\n\nNeeds: {need.what}.".strip()
